import { bytes } from './bytes.js';

/** What the composer says while it is at another message, and of files. */
export const words = {
  replyTo: (name: string) => `Reply to ${name}`,
  editMessage: 'Edit message',
  endReply: 'Do not reply',
  endEdit: 'Do not change it',
  save: 'Save',

  /** Those who may be meant behind an `@`. */
  people: 'People',

  attach: 'Attach files',
  files: 'Files to send',
  uploading: (name: string) => `Uploading ${name}`,
  uploaded: (name: string) => `${name} is ready to send`,
  notUploaded: (name: string) => `${name} was not uploaded`,
  removeFile: (name: string) => `Remove ${name}`,
  tryFile: (name: string) => `Upload ${name} again`,
  tooManyFiles: (most: number) => `A message takes at most ${most} files`,
  fileTooLarge: (name: string) => `${name} is too large`,
  fileNotAllowed: 'This file type is not allowed',
  fileFailed: 'Not uploaded',
  size: bytes,
};
