import { bytes } from './bytes.js';
import { count } from './count.js';

/** What messages say that have more than plain words. */
export const words = {
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Not copied',
  picture: 'Picture',
  pictureAndMore: (name: string, more: number) => `${name}, ${count(more, 'more picture')}`,
  bytes,
  youReacted: 'you reacted',
  /** By their type on the wire. */
  reactions: {
    like: 'Thumbs up',
    love: 'Heart',
    haha: 'Laughing',
    celebrate: 'Party popper',
    eyes: 'Eyes',
    thanks: 'Folded hands',
    wow: 'Surprised',
    sad: 'Sad',
    angry: 'Angry',
  },
};
