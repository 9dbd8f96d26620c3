/** What a visitor may keep to themselves. */
export const words = {
  title: 'Privacy',
  typing: 'Show when I am typing',
  reads: 'Show what I have read',
  delivered: 'Show what has reached me',
  /** It is so here already; the server has not heard of it yet. */
  notSaved: 'Not saved yet. It is tried again when you are back online.',
  refused: 'This could not be changed',
};
