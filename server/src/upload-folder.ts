import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { imageSizeFromFile } from 'image-size/fromFile';
import { IN_MEMORY, type ServerOptions } from './config.js';
import { badInput } from './errors.js';
import { HEAD_BYTES, isImage, safeName, typeOf, type UploadType } from './upload-types.js';

/** A picture of more takes hundreds of megabytes in whoever looks at it, however small its file. */
const MAX_PIXELS = 50_000_000;
/** Begins the names of files that are still arriving. */
const PARTIAL = '.part-';
const DAY_MS = 24 * 60 * 60 * 1000;

/** A file that has arrived, under its new name in the folder. */
export interface Arrived extends UploadType {
  id: string;
  name: string;
  bytes: number;
  digest: string;
  size: { width: number; height: number } | undefined;
}

/** Where uploads are kept: one file each, its name unguessable. */
export class UploadFolder {
  readonly path: string;
  #maxBytes: number;
  #passing: boolean;

  private constructor(path: string, maxBytes: number, passing: boolean) {
    this.path = path;
    this.#maxBytes = maxBytes;
    this.#passing = passing;
  }

  /** Makes the folder, and removes what a server that died was still receiving. */
  static async open({ uploadsDir, dataDir, uploadMaxBytes }: ServerOptions): Promise<UploadFolder> {
    if (!uploadsDir && dataDir === IN_MEMORY)
      return new UploadFolder(await mkdtemp(join(tmpdir(), 'chat-uploads-')), uploadMaxBytes, true);
    const path = resolve(uploadsDir || join(dataDir, 'uploads'));
    await mkdir(path, { recursive: true, mode: 0o700 });
    // Only old ones: another server may share the folder.
    for (const name of await readdir(path)) {
      const file = join(path, name);
      if (name.startsWith(PARTIAL) && (await stat(file)).mtimeMs < Date.now() - DAY_MS) await rm(file);
    }
    return new UploadFolder(path, uploadMaxBytes, false);
  }

  async close(): Promise<void> {
    if (this.#passing) await rm(this.path, { recursive: true, force: true });
  }

  /**
   * Takes a file in while it comes, at most as many bytes as are allowed.
   *
   * @param given - Its name by its sender.
   * @throws {ApiError} 4 for too many bytes, a type that is not taken, or a picture too large. Nothing is left of it.
   */
  async receive(stream: Readable, given: string, kind: 'file' | 'image'): Promise<Arrived> {
    const partial = join(this.path, `${PARTIAL}${randomUUID()}`);
    try {
      const { bytes, digest } = await this.#write(stream, partial);
      const type = await typeOf(await headOf(partial), kind);
      const size = isImage(type.mime) ? await sizeOf(partial) : undefined;
      const id = `${randomBytes(24).toString('base64url')}.${type.extension}`;
      await rename(partial, join(this.path, id));
      return { ...type, id, name: safeName(given, type), bytes, digest, size };
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  async remove(id: string): Promise<void> {
    await rm(join(this.path, id), { force: true });
  }

  async #write(stream: Readable, path: string): Promise<{ bytes: number; digest: string }> {
    const hash = createHash('sha256');
    let bytes = 0;
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        if (bytes > this.#maxBytes) throw badInput(`An upload may take ${this.#maxBytes} bytes; got more.`);
        hash.update(chunk);
        await file.appendFile(chunk);
      }
      // An answer means that it is on the disk.
      await file.sync();
    } finally {
      await file.close();
    }
    if (!bytes) throw badInput('An upload holds at least one byte; got an empty file.');
    return { bytes, digest: hash.digest('hex') };
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const head = new Uint8Array(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<{ width: number; height: number }> {
  const size = await imageSizeFromFile(path).catch(() => undefined);
  if (!size?.width || !size.height)
    throw badInput('The size of the picture cannot be read. Save it anew, or upload it as a file in a ZIP.');
  const { width, height } = size;
  if (width * height > MAX_PIXELS)
    throw badInput(`A picture may have ${MAX_PIXELS} pixels; got ${width} × ${height}. Make it smaller.`);
  return { width, height };
}
