import { parseCid } from '../../src/protocol.js';
import { findChannelType, type ChannelType } from './channel-types.js';
import type { Deps } from './deps.js';
import { badInput, notAllowed, notFound, shown } from './errors.js';
import { findChannel, findMember } from './store/channels.js';
import { findMessage } from './store/messages.js';
import type { ChannelRow, MemberRow, MessageRow } from './store/schema.js';

/** A channel that the caller may read, and their place in it. */
export interface Access {
  channel: ChannelRow;
  type: ChannelType;
  /** Undefined for a reader who is no member, in an open type. */
  member: MemberRow | undefined;
  /** The creator may change the channel and its members. */
  owner: boolean;
}

/** @throws {ApiError} 4 for an id that no channel can have, 16 for an unknown type. */
export function readAddress(type: string, id: string): { cid: string; type: string; id: string } {
  const cid = `${type}:${id}`;
  if (!parseCid(cid))
    throw badInput(`A channel type and id are 1 to 64 of the characters a–z A–Z 0–9 _ -; got ${shown(cid)}`);
  if (!findChannelType(type)) throw notFound(`Channel type ${shown(type)} does not exist.`);
  return { cid, type, id };
}

/**
 * The channel, if `userId` may read it.
 *
 * @throws {ApiError} 4 or 16 for a bad address, 16 for a channel that does not exist, 17 for one of others.
 */
export async function readableChannel(deps: Deps, userId: string, cid: string): Promise<Access> {
  const parts = parseCid(cid);
  if (!parts) throw badInput(`A cid is "type:id"; got ${shown(cid)}`);
  readAddress(parts.type, parts.id);
  const channel = await findChannel(deps.db, cid);
  if (!channel) throw notFound(`Channel ${shown(cid)} does not exist.`);
  return accessTo(deps, userId, channel);
}

/** @throws {ApiError} 17 when the channel is not the caller's to read. */
export async function accessTo({ db }: Deps, userId: string, channel: ChannelRow): Promise<Access> {
  const type = findChannelType(channel.type);
  const member = await findMember(db, channel.cid, userId);
  if (!type || (!type.open && !member)) throw notAllowed(userId, `read channel ${shown(channel.cid)}`);
  return {
    channel,
    type,
    member,
    owner: channel.created_by === userId && (type.open || member !== undefined),
  };
}

/**
 * The message with its channel, if `userId` may read that. A message in another's channel is not found, so that
 * nobody learns which ids exist.
 */
export async function readableMessage(
  deps: Deps,
  userId: string,
  id: string,
): Promise<Access & { message: MessageRow }> {
  const missing = notFound(`Message ${shown(id)} does not exist.`);
  const message = isMessageId(id) ? await findMessage(deps.db, id) : undefined;
  const channel = message && (await findChannel(deps.db, message.cid));
  if (!message || !channel) throw missing;
  try {
    return { ...(await accessTo(deps, userId, channel)), message };
  } catch {
    throw missing;
  }
}

/** At most 255 characters, none of them control characters, `,` or `%` (protocol.md §7.1). */
export function isMessageId(id: unknown): id is string {
  return (
    typeof id === 'string' && /^[^\u0000-\u001f\u007f,%]{1,255}$/u.test(id) && !/\p{Surrogate}/u.test(id)
  );
}
