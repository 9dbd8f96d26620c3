import { fileTypeFromBuffer } from 'file-type';
import { badInput, shown } from './errors.js';

/** A kind of content that is taken, as it is served again. */
export interface UploadType {
  mime: string;
  /** Without a dot. */
  extension: string;
}

/** Shown in the page; nothing in them runs. SVG and HTML are none of them. */
const IMAGES: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/bmp': 'bmp',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/heif': 'heif',
};

/** Only ever downloaded. */
const FILES: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/gzip': 'gz',
  'application/x-7z-compressed': '7z',
  'application/x-tar': 'tar',
  'application/rtf': 'rtf',
  'application/epub+zip': 'epub',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/x-m4a': 'm4a',
  'audio/aac': 'aac',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'audio/ogg': 'oga',
  'audio/webm': 'weba',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
  'video/matroska': 'mkv',
  'video/ogg': 'ogv',
};

/** The pictures that are taken, for clients to tell before they upload. */
export const IMAGE_TYPES = Object.keys(IMAGES);

/** Of a file's beginning, to tell its type by. */
export const HEAD_BYTES = 64 * 1024;

export function isImage(mime: string): boolean {
  return Object.hasOwn(IMAGES, mime);
}

/**
 * The type by the bytes alone: neither the name nor what the sender says of it counts.
 *
 * @throws {ApiError} 4 for a type that is not on the list.
 */
export async function typeOf(head: Uint8Array, kind: 'file' | 'image'): Promise<UploadType> {
  const found = await fileTypeFromBuffer(head);
  // Parameters are no part of the type: `audio/ogg; codecs=opus`.
  const mime = found?.mime.split(';', 1)[0] ?? (kind === 'file' && isText(head) ? 'text/plain' : undefined);
  const known = kind === 'image' ? IMAGES : { ...IMAGES, ...FILES, 'text/plain': 'txt' };
  const extension = mime !== undefined && Object.hasOwn(known, mime) ? known[mime] : undefined;
  if (mime === undefined || extension === undefined)
    throw badInput(
      `An ${kind === 'image' ? 'image is PNG, JPEG, GIF, WebP, BMP, AVIF or HEIC' : 'upload is an image, audio, video, a document, an archive or plain text'} by its content; got ${shown(mime ?? 'unknown')}. Put it into a ZIP file.`,
    );
  return { mime, extension };
}

/** Whether it is text that no browser takes for markup. */
function isText(head: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return text.length > 0 && !/^\s*</.test(text) && !/[^\P{Cc}\t\n\r\f]/u.test(text);
  } catch {
    return false;
  }
}

/** Of a name that a download is saved by, in characters, without the extension. */
const MAX_NAME = 100;

/** The sender's name for the file with the extension of what it is, and without another. */
export function safeName(name: string, { extension }: UploadType): string {
  const last = name.normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  const base = last
    .replace(/\.[^.]*$/, '')
    .replace(/[^\p{L}\p{M}\p{N} _-]+/gu, '_')
    .trim();
  return `${[...base].slice(0, MAX_NAME).join('') || 'file'}.${extension}`;
}

/** For `Content-Disposition`. */
export function dispositionOf({ mime, name }: { mime: string; name: string }): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const full = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `${isImage(mime) ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${full}`;
}
