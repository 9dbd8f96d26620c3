import { count } from './count.js';

/** What messages say that have more than plain words. */
export const words = {
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Not copied',
  picture: 'Picture',
  pictureAndMore: (name: string, more: number) => `${name}, ${count(more, 'more picture')}`,
  /** A file's size: kB below a megabyte. */
  bytes: (bytes: number, locale: string) =>
    bytes < 1e6
      ? `${Math.max(1, Math.round(bytes / 1000)).toLocaleString(locale)} KB`
      : `${(bytes / 1e6).toLocaleString(locale, { maximumFractionDigits: 1 })} MB`,
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
