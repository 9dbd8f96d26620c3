import { ChatError } from '../../errors.js';
import type { Attachment } from '../../protocol.js';
import { uploadFetch } from '../../transport/upload.js';
import type { Channel } from '../channel.js';
import type { ChatClient } from '../client.js';

/** What may be uploaded, as the server says; what it does not say is not limited here. */
export interface UploadLimits {
  /** In bytes. */
  readonly size_limit?: number;
  readonly allowed_file_extensions?: readonly string[];
  readonly blocked_file_extensions?: readonly string[];
  readonly allowed_mime_types?: readonly string[];
  readonly blocked_mime_types?: readonly string[];
}

export interface UploadOptions {
  /** Called with the bytes that have left, and all there are. */
  onProgress?: (sent: number, total: number) => void;
  /** Gives the upload up. */
  signal?: AbortSignal;
}

/** Of one upload, however slow the line. */
const UPLOAD_MS = 30 * 60_000;
/** The pictures that the protocol knows as such (protocol.md §7.10); others are files. */
const IMAGE = /^image\/(bmp|gif|jpe?g|png|webp|heic|heif)$/;

interface App {
  file_upload_config?: UploadLimits;
  image_upload_config?: UploadLimits;
}

const apps = new WeakMap<ChatClient, Promise<App>>();

/** The server's limits, asked for once. Where it does not tell, it decides with the upload. */
function appOf(client: ChatClient): Promise<App> {
  const asked =
    apps.get(client) ??
    client.request<{ app?: App }>({ method: 'GET', path: '/app' }).then(
      ({ app = {} }) => app,
      () => {
        apps.delete(client);
        return {};
      },
    );
  apps.set(client, asked);
  return asked;
}

/** @throws {ChatError} as `Channel.upload`. */
export async function upload(channel: Channel, file: File, options: UploadOptions): Promise<Attachment> {
  const { client, type, id } = channel;
  const kind = IMAGE.test(file.type) ? 'image' : 'file';
  const app = await appOf(client);
  checkFile(file, app[`${kind}_upload_config`] ?? {});
  const body = new FormData();
  body.append('file', file, file.name);
  const { onProgress, signal } = options;
  const answer = await client.request<UploadAnswer>({
    method: 'POST',
    path: `/channels/${type}/${id}/${kind}`,
    body,
    timeoutMs: UPLOAD_MS,
    ...(onProgress && { fetch: uploadFetch(client.host, onProgress) }),
    ...(signal && { signal }),
  });
  return kind === 'image' ? imageOf(file, answer) : fileOf(file, answer);
}

interface UploadAnswer {
  file: string;
  thumb_url?: string;
  original_width?: number;
  original_height?: number;
}

function imageOf({ name }: File, { file, original_width, original_height }: UploadAnswer): Attachment {
  const size = original_width && original_height ? { original_width, original_height } : {};
  return { type: 'image', image_url: file, fallback: name, ...size };
}

function fileOf({ name, size, type: mime }: File, { file, thumb_url }: UploadAnswer): Attachment {
  const [, type = 'file'] = /^(video|audio)\//.exec(mime) ?? [];
  const known = { ...(mime && { mime_type: mime }), ...(thumb_url && { thumb_url }) };
  return { type, asset_url: file, title: name, file_size: size, ...known };
}

/** @throws {ChatError} `too-large`, `invalid-input`, before anything is sent. */
function checkFile({ name, size, type }: File, limits: UploadLimits): void {
  const { size_limit: most = Infinity } = limits;
  if (most > 0 && size > most)
    throw new ChatError(
      'too-large',
      `A file takes at most ${most} bytes; "${name}" has ${size}. Send a smaller one.`,
    );
  const ends = (list: readonly string[] = []) =>
    list.some((end) => name.toLowerCase().endsWith(end.toLowerCase()));
  const isOne = (list: readonly string[] = []) => list.includes(type);
  const { allowed_file_extensions: ending, allowed_mime_types: types } = limits;
  // A browser that knows no type of a file leaves that to the server.
  const allowed = (!ending?.length || ends(ending)) && (!types?.length || !type || isOne(types));
  if (!allowed || ends(limits.blocked_file_extensions) || isOne(limits.blocked_mime_types))
    throw new ChatError(
      'invalid-input',
      `Files of type "${type}" named like "${name}" are not allowed here. Send another one.`,
    );
}
