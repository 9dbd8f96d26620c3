/** What a message list says once it is used. */
export const words = {
  jump: 'Jump to latest',
  gap: 'Some messages are missing here',
  loadGap: 'Load them',
};
