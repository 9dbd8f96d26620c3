/** What a message list says once it is used. */
export const words = {
  jump: 'Jump to latest',
  gap: 'Some messages are missing here',
  loadGap: 'Load them',

  // What can be done with a message
  menu: 'Message actions',
  react: 'Add a reaction',
  more: 'More actions',
  reply: 'Reply',
  copyText: 'Copy text',
  edit: 'Edit',
  delete: 'Delete',
  deleteAsk: 'Delete this message for everyone?',
  cancel: 'Cancel',
};
