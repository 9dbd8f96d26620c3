import { parseCid } from '../../src/protocol.js';
import { findChannelType, openTypesFor, type ChannelType } from './channel-types.js';
import type { Deps } from './deps.js';
import { badInput, notAllowed, notFound, shown, type ApiError } from './errors.js';
import { channelsById, findChannel } from './store/channels.js';
import { findMember, membershipsOf } from './store/members.js';
import { findMessage } from './store/messages.js';
import type { Speaker } from './store/speakers.js';
import type { ChannelRow, MemberRow, MessageRow } from './store/schema.js';

/** A channel that the caller may read, and their place in it. */
export interface Access {
  channel: ChannelRow;
  type: ChannelType;
  /** Undefined for a reader who is no member, in an open type, and for who was invited only. */
  member: MemberRow | undefined;
  /** Of who was invited and has not accepted: they may look. */
  invited?: MemberRow | undefined;
  /** The creator may change the channel and its members. A backend may all that the creator may. */
  owner: boolean;
  /** They may delete others' messages, and ban. A backend may, too. */
  moderator: boolean;
  /** A backend asks, whomever it acts for. */
  backend?: boolean;
  /** What they say is seen by nobody else, for they are under a shadow ban. */
  shadow?: boolean;
  /** What was found together with it: see `speakerIn`. */
  speaker?: Speaker;
}

/** The `channel_role` of who keeps order in a channel. */
export const MODERATOR = 'channel_moderator';

/** A message in a channel that the caller may read. */
export type Found = Access & { message: MessageRow };

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
 * @throws {ApiError} 4 or 16 for a bad address, 16 for a channel that does not exist, 17 for one of others. Of others
 * by whose ids it is named, 16 as well: else anybody could ask who talks to whom.
 */
export async function readableChannel(
  deps: Deps,
  userId: string,
  cid: string,
  backend = false,
): Promise<Access> {
  const parts = parseCid(cid);
  if (!parts) throw badInput(`A cid is "type:id"; got ${shown(cid)}`);
  readAddress(parts.type, parts.id);
  const channel = await findChannel(deps.db, cid);
  const access = channel && (await accessTo(deps, userId, channel, backend));
  if (access) return access;
  // Between the two looks its members may have gone, with all of it: then it is nobody's, rather than another's.
  if (channel && !isServerMade(channel.id) && (await findChannel(deps.db, cid)))
    throw unreadable(userId, cid);
  throw notFound(`Channel ${shown(cid)} does not exist.`);
}

/**
 * As `readableChannel`, for who says something that is not stored: who they are and whether they are banned comes with
 * it, and what changes with every message may be as it was (`Speakers.find`).
 */
export async function speakerIn(deps: Deps, userId: string, cid: string): Promise<Access> {
  const speaker = await deps.speakers.find(cid, userId);
  const access = speaker && accessAs(speaker.member, userId, speaker.channel);
  return access ? { ...access, speaker } : readableChannel(deps, userId, cid);
}

/**
 * Undefined when the channel is not the user's to read.
 *
 * @param backend - Whether a backend asks: it may read all, and acts for the channel's creator when it names nobody.
 */
export async function accessTo(
  { db }: Deps,
  userId: string,
  channel: ChannelRow,
  backend = false,
): Promise<Access | undefined> {
  const id = backend ? userId || channel.created_by : userId;
  return accessAs(await findMember(db, channel.cid, id), id, channel, backend);
}

/** A refusal that tells that the channel exists. */
export function unreadable(userId: string, cid: string): ApiError {
  return notAllowed(userId, `read channel ${shown(cid)}`);
}

/** Whether the id is computed from the members' ids, which everybody can do. */
export function isServerMade(id: string): boolean {
  return id.startsWith('!');
}

/** @throws {ApiError} 17 unless the channel is the caller's. */
export function requireOwner({ owner, channel }: Access, userId: string): void {
  if (!owner) throw notAllowed(userId, `update channel ${shown(channel.cid)}`);
}

function accessAs(
  row: MemberRow | undefined,
  userId: string,
  channel: ChannelRow,
  backend = false,
): Access | undefined {
  const type = findChannelType(channel.type);
  const open = type && openTypesFor(userId).includes(channel.type);
  if (!type || (!open && !row && !backend)) return undefined;
  const takesPart = row !== undefined && isMember(row);
  const member = takesPart ? row : undefined;
  return {
    channel,
    type,
    member,
    ...(row && !takesPart ? { invited: row } : {}),
    owner: backend || (channel.created_by === userId && (type.open || member !== undefined)),
    moderator: backend || member?.channel_role === MODERATOR,
    ...(backend ? { backend } : {}),
  };
}

/** Whether they take part, rather than being invited only. */
export function isMember({ status }: Pick<MemberRow, 'status'>): boolean {
  return status === 'member' || status === 'accepted';
}

/** Those of `cids` that exist and whose events `userId` may hear, in no order: who is invited only may not yet. */
export async function audibleAmong({ db }: Deps, userId: string, cids: readonly string[]): Promise<Access[]> {
  const channels = await channelsById(db, cids);
  const own = new Map((await membershipsOf(db, cids, userId)).map((row) => [row.cid, row]));
  return channels
    .flatMap((channel) => accessAs(own.get(channel.cid), userId, channel) ?? [])
    .filter(({ invited, type }) => !invited || type.open);
}

/**
 * The message with its channel, if `userId` may read that. A message in another's channel is not found, so that
 * nobody learns which ids exist.
 */
export async function readableMessage(
  deps: Deps,
  userId: string,
  id: string,
  backend = false,
): Promise<Found> {
  const message = isMessageId(id) ? await findMessage(deps.db, id) : undefined;
  const channel = message && (await findChannel(deps.db, message.cid));
  const access = channel && (await accessTo(deps, userId, channel, backend));
  if (!message || !access || !showsTo(access, userId, message))
    throw notFound(`Message ${shown(id)} does not exist.`);
  return { ...access, message };
}

/** Whether a message of the channel is there for this reader: not another's under a shadow ban, nor what they cleared. */
function showsTo({ member, invited, backend }: Access, userId: string, message: MessageRow): boolean {
  const { hide_before: cleared = null } = member ?? invited ?? {};
  return (
    backend === true ||
    ((!message.shadowed || message.user_id === userId) && (cleared === null || message.created_at > cleared))
  );
}

/** At most 255 characters, none of them control characters, `,` or `%` (protocol.md §7.1). */
export function isMessageId(id: unknown): id is string {
  return (
    typeof id === 'string' && /^[^\u0000-\u001f\u007f,%]{1,255}$/u.test(id) && !/\p{Surrogate}/u.test(id)
  );
}
