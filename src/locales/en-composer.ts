/** What the composer says while it is at another message. */
export const words = {
  replyTo: (name: string) => `Reply to ${name}`,
  editMessage: 'Edit message',
  endReply: 'Do not reply',
  endEdit: 'Do not change it',
  save: 'Save',
};
