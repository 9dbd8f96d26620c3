import type { Connection } from '../connections.js';
import type { Deps } from '../deps.js';
import { badInput } from '../errors.js';
import { isMember } from '../access.js';
import { findChannelType } from '../channel-types.js';
import { channelsById } from '../store/channels.js';
import { membershipsOf } from '../store/members.js';
import type { ChannelRow } from '../store/schema.js';
import type { Call } from './route.js';

/** Who asks, and on which connection. */
export type Asking = Pick<Call, 'userId'> & { query: { connection_id?: string } };

/** The caller's live connection that the request names. */
export function connectionOf(
  { connections }: Deps,
  { query: { connection_id: id }, userId }: Asking,
): Connection | undefined {
  return id === undefined ? undefined : connections.find(id, userId);
}

/**
 * The connection to attach to; undefined when the caller does not want that.
 *
 * @throws {ApiError} 4 when they do without a live connection of their own.
 */
export function wanted(
  asked: boolean | undefined,
  what: string,
  connection: Connection | undefined,
): Connection | undefined {
  if (!asked) return undefined;
  if (!connection)
    throw badInput(`${what} needs the connection_id of a live connection of yours. Connect first.`);
  return connection;
}

/**
 * Attaches the connection to the channels, and tells of it.
 *
 * @returns The channels read again, in their order: what is not in them yet will reach the connection as an event.
 */
export async function watch(
  deps: Deps,
  connection: Connection,
  channels: readonly ChannelRow[],
): Promise<ChannelRow[]> {
  const cids = channels.map(({ cid }) => cid);
  const places = await membershipsOf(deps.db, cids, connection.userId);
  // Whoever is invited only hears nothing before they accept; where everybody reads, they hear as everybody.
  const waiting = new Set(places.filter((row) => !isMember(row)).map((row) => row.cid));
  const heard = channels.filter(({ cid, type }) => !waiting.has(cid) || findChannelType(type)?.open);
  if (heard.length) await connection.watch(heard.map(({ cid }) => cid));
  const now = new Map((await channelsById(deps.db, cids)).map((row) => [row.cid, row]));
  return channels.flatMap(({ cid }) => now.get(cid) ?? []);
}
