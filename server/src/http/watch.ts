import type { Deps } from '../deps.js';
import { badInput } from '../errors.js';
import { asFlag, type Json } from '../input.js';
import { tellWatching } from '../session.js';
import { channelsById } from '../store/channels.js';
import type { ChannelRow } from '../store/schema.js';
import type { Stream } from '../stream.js';
import type { Call } from './route.js';

/** The caller's live connection that the request names. */
export function streamOf({ hub }: Deps, { query: { connection_id: id }, userId }: Call): Stream | undefined {
  return typeof id === 'string' ? hub.find(id, userId) : undefined;
}

/**
 * The connection to attach to; undefined when the caller does not want that.
 *
 * @throws {ApiError} 4 when they do without a live connection of their own.
 */
export function wanted(
  body: Json,
  key: string,
  fallback: boolean,
  stream: Stream | undefined,
): Stream | undefined {
  if (!asFlag(body[key], key, fallback)) return undefined;
  if (!stream) throw badInput(`${key} needs the connection_id of a live connection of yours. Connect first.`);
  return stream;
}

/**
 * Attaches the connection to the channels, and tells of it.
 *
 * @returns The channels read again, in their order: what is not in them yet will reach the connection as an event.
 */
export async function watch(
  deps: Deps,
  stream: Stream,
  channels: readonly ChannelRow[],
): Promise<ChannelRow[]> {
  const begun = channels.filter(({ cid }) => deps.hub.watch(stream, cid)).map(({ cid }) => cid);
  if (begun.length) await tellWatching(deps, begun, stream.userId, 'user.watching.start');
  const now = new Map(
    (
      await channelsById(
        deps.db,
        channels.map(({ cid }) => cid),
      )
    ).map((row) => [row.cid, row]),
  );
  return channels.flatMap(({ cid }) => now.get(cid) ?? []);
}
