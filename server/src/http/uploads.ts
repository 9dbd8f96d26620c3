import multipart from '@fastify/multipart';
import serveStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from '../access.js';
import type { Deps } from '../deps.js';
import { ApiError, badInput, notAllowed, notFound, shown } from '../errors.js';
import { deleteUpload, findUpload, insertUpload } from '../store/uploads.js';
import type { UploadRow } from '../store/schema.js';
import { UploadFolder } from '../upload-folder.js';
import { dispositionOf } from '../upload-types.js';
import { DeleteFile, DeleteImage, inChannel, UploadFile, UploadImage } from '../shapes/uploads.js';
import { routesOf, type Call } from './route.js';
import { HIDDEN } from './schemas.js';

declare module 'stream' {
  // The form parser's types know the event 'limit' of all streams, and thereby hide the others.
  interface Readable {
    on(event: string, listener: (...args: never[]) => void): this;
    once(event: string, listener: (...args: never[]) => void): this;
    addListener(event: string, listener: (...args: never[]) => void): this;
    removeListener(event: string, listener: (...args: never[]) => void): this;
  }
}

/** Browsers keep an upload for a day: its name never stands for anything else. */
const CACHE = 'private, max-age=86400, immutable';

/** Of what a form may hold beside its one file. */
const LIMITS = { files: 1, fields: 10, fieldSize: 10_000, headerPairs: 100 };

type Kind = UploadRow['kind'];

/** Files and images that messages and users refer to. Forms are read here alone: other routes take none. */
export async function addUploads(app: FastifyInstance, deps: Deps): Promise<void> {
  const folder = await UploadFolder.open(deps.options);
  app.addHook('onClose', () => folder.close());
  await app.register(async (scope) => {
    await scope.register(multipart);
    const add = routesOf(scope, deps);
    add('POST', '/channels/:type/:id/file', inChannel('UploadFile'), (call) =>
      upload(deps, folder, call, 'file'),
    );
    add('POST', '/channels/:type/:id/image', inChannel('UploadImage'), (call) =>
      upload(deps, folder, call, 'image'),
    );
    add('DELETE', '/channels/:type/:id/file', inChannel('DeleteFile'), (call) =>
      remove(deps, folder, call, 'file'),
    );
    add('DELETE', '/channels/:type/:id/image', inChannel('DeleteImage'), (call) =>
      remove(deps, folder, call, 'image'),
    );
    add('POST', '/uploads/file', UploadFile, (call) => upload(deps, folder, call, 'file'));
    add('POST', '/uploads/image', UploadImage, (call) => upload(deps, folder, call, 'image'));
    add('DELETE', '/uploads/file', DeleteFile, (call) => remove(deps, folder, call, 'file'));
    add('DELETE', '/uploads/image', DeleteImage, (call) => remove(deps, folder, call, 'image'));
    await addDownloads(scope, deps, folder);
  });
}

/** A call about a channel, or about none. */
type UploadCall<Op = typeof UploadFile> = Call<Op> & { access?: Access };

async function upload(deps: Deps, folder: UploadFolder, call: UploadCall, kind: Kind): Promise<object> {
  const { request } = call.reply;
  if (!request.isMultipart()) throw badInput('Send the file as multipart/form-data, in the field "file".');
  const arrived = await receive(deps, folder, request, kind);
  const { id, name, mime, bytes, digest, size } = arrived;
  const row = await insertUpload(deps.db, {
    ...{ id, name, mime, bytes, digest, kind },
    cid: call.access?.channel.cid ?? '',
    user_id: call.userId,
    width: size?.width ?? null,
    height: size?.height ?? null,
    created_at: deps.clock.now(),
  });
  // It was here already.
  if (row.id !== id) await folder.remove(id);
  else deps.metrics.uploaded.inc(bytes);
  const file = `${baseOf(deps, request)}/uploads/${row.id}`;
  if (row.width === null) return { file };
  return { file, thumb_url: file, original_width: row.width, original_height: row.height };
}

async function receive(deps: Deps, folder: UploadFolder, request: FastifyRequest, kind: Kind) {
  try {
    // One byte more than allowed shows that there is more.
    const limits = { ...LIMITS, fileSize: deps.options.uploadMaxBytes + 1 };
    const part = await request.file({ limits, throwFileSizeLimit: false });
    if (part?.fieldname !== 'file')
      throw badInput(`The form must hold the file in the field "file"; got ${shown(part?.fieldname)}`);
    return await folder.receive(part.file, part.filename ?? '', kind);
  } catch (error) {
    const { syscall } = error as NodeJS.ErrnoException;
    // A disk that is full is the operator's to know of; a form that is cut or broken is not.
    if (error instanceof ApiError || (syscall !== undefined && !request.raw.destroyed)) throw error;
    throw badInput(`The form could not be read to its end: ${shown((error as Error).message)}`);
  }
}

/** What the addresses of uploads begin with. */
function baseOf({ options }: Deps, { protocol, host }: FastifyRequest): string {
  return options.uploadsUrl || `${protocol}://${host}`;
}

async function remove(
  deps: Deps,
  folder: UploadFolder,
  call: UploadCall<typeof DeleteFile>,
  kind: Kind,
): Promise<object> {
  const { url } = call.query;
  const row = await findUpload(deps.db, url.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? '');
  // Deleted before, or never here: the same to whoever wants it gone.
  if (row?.cid !== (call.access?.channel.cid ?? '') || row.kind !== kind) return {};
  if (row.user_id !== call.userId && !call.access?.owner && !call.access?.moderator)
    throw notAllowed(call.userId, 'delete an upload of somebody else');
  await deleteUpload(deps.db, row.id);
  await folder.remove(row.id);
  return {};
}

/** Whoever has the address may download: it cannot be guessed, and pages load images without a token. */
async function addDownloads(scope: FastifyInstance, deps: Deps, folder: UploadFolder): Promise<void> {
  await scope.register(serveStatic, {
    root: folder.path,
    serve: false,
    cacheControl: false,
    dotfiles: 'deny',
  });
  scope.get<{ Params: { name: string } }>('/uploads/:name', HIDDEN, async (request, reply) => {
    const row = await findUpload(deps.db, request.params.name);
    if (!row) throw notFound(`There is no upload ${shown(request.params.name)}.`);
    reply.headers({
      'Content-Disposition': dispositionOf(row),
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Cache-Control': CACHE,
    });
    return reply.type(row.mime === 'text/plain' ? 'text/plain; charset=utf-8' : row.mime).sendFile(row.id);
  });
}
