import { Type } from 'typebox';
import { object, optional } from './fields.js';
import type { Operation } from './operation.js';

const Uploaded = object({ file: Type.String() });
const Address = object({ url: Type.String({ minLength: 1, description: 'the address of an upload' }) });

export const UploadFile = {
  name: 'UploadFile',
  summary: 'Keeps a file, for a user',
  form: true,
  answer: Uploaded,
} satisfies Operation;

export const UploadImage = {
  name: 'UploadImage',
  summary: 'Keeps an image, for a user',
  form: true,
  answer: object({
    file: Type.String(),
    thumb_url: optional(Type.String()),
    original_width: optional(Type.Integer()),
    original_height: optional(Type.Integer()),
  }),
} satisfies Operation;

export const DeleteFile = {
  name: 'DeleteFile',
  summary: 'Deletes a file',
  query: Address,
  answer: object({}),
} satisfies Operation;

export const DeleteImage = {
  name: 'DeleteImage',
  summary: 'Deletes an image',
  query: Address,
  answer: object({}),
} satisfies Operation;

const IN_CHANNEL = { UploadFile, UploadImage, DeleteFile, DeleteImage };

/** The same for the messages of a channel. */
export const inChannel = <Name extends keyof typeof IN_CHANNEL>(name: Name) => ({
  ...IN_CHANNEL[name],
  id: name.replace('File', 'ChannelFile').replace('Image', 'ChannelImage'),
  summary: IN_CHANNEL[name].summary.replace(/, for a user|$/, ' of a channel'),
});
