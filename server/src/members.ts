import { createHash } from 'node:crypto';
import type { Access } from './access.js';
import { formatTime } from './clock.js';
import { announce, toIdle, toUser, toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import { badInput, notAllowed, shown } from './errors.js';
import { asList, isObject, type Json } from './input.js';
import { tellOwn } from './own-totals.js';
import { tellWatching } from './session.js';
import {
  addMembers,
  appendEvent,
  findChannel,
  insertChannel,
  lockChannel,
  membersAmong,
  removeMembers,
  type NewChannel,
  type Place,
} from './store/channels.js';
import type { ChannelRow, MemberRow } from './store/schema.js';
import { requireUsers } from './store/users.js';
import { channelOf, eventIn, memberOf, People } from './wire.js';

/** Of members in one request (protocol.md §7.3). */
const MAX_MEMBERS = 100;

/**
 * Reads a list of ids or `{user_id}` objects.
 *
 * @throws {ApiError} 4 for anything else, 17 for a role that only a backend may give.
 */
export function readMemberIds(value: unknown, userId: string): string[] {
  const ids = asList(value, 'members', MAX_MEMBERS).map((entry) => {
    const { user_id: id, channel_role: role = 'channel_member' } = isObject(entry)
      ? entry
      : { user_id: entry };
    if (typeof id !== 'string')
      throw badInput(`members must hold user ids or {user_id}; got ${shown(entry)}`);
    if (role !== 'channel_member') throw notAllowed(userId, `give the channel role ${shown(role)}`);
    return id;
  });
  return [...new Set(ids)];
}

/** The id of the one channel between these members: the same for the same set in any order. */
export function distinctId(members: unknown, userId: string): string {
  const ids = readMemberIds(members, userId).sort();
  if (ids.length < 2) throw badInput(`A channel without an id needs at least 2 members; got ${ids.length}`);
  if (!ids.includes(userId))
    throw notAllowed(userId, 'create a channel between others. Be one of its members');
  return `!members-${createHash('sha256').update(ids.join(',')).digest('base64url')}`;
}

/** Creates the channel, its creator among its members; or answers the one that somebody was quicker to create. */
export async function createChannel(
  deps: Deps,
  channel: NewChannel,
  memberIds: string[],
): Promise<ChannelRow> {
  const { createdBy, cid } = channel;
  const all = [...new Set([...memberIds, createdBy])];
  await requireUsers(deps.db, all);
  return deps.inOrder(cid, async () => {
    const now = deps.clock.now();
    const made = await deps.db.transaction().execute(async (trx) => {
      if (!(await insertChannel(trx, channel, now))) return undefined;
      const { at, seq } = await appendEvent(trx, cid, { type: 'channel.created', userId: createdBy }, now);
      return { rows: await addMembers(trx, cid, all, at), seq };
    });
    const row = await findChannel(deps.db, cid);
    if (!row) throw badInput(`Channel ${shown(cid)} was removed meanwhile.`);
    if (made) await announce(deps, { cid, seq: made.seq }, () => tellCreated(deps, row, made.rows, made.seq));
    return row;
  });
}

async function tellCreated(
  deps: Deps,
  row: ChannelRow,
  members: readonly MemberRow[],
  seq: number,
): Promise<void> {
  const people = await People.load(deps, [row.created_by, ...members.map((member) => member.user_id)]);
  const shownAs = (id: string) => people.eventUser(id);
  const channel = channelOf(row, shownAs);
  const user = shownAs(row.created_by);
  toUser(deps, row.created_by, { ...eventIn(row, 'channel.created', row.created_at), seq, user, channel });
  for (const member of members) {
    const event = eventIn(row, 'notification.added_to_channel', row.created_at);
    toIdle(deps, member.user_id, {
      ...event,
      user,
      channel,
      member: memberOf(member, shownAs, row.created_by),
    });
  }
}

/**
 * Adds and removes the members that `body` names. The channel's owner may; anybody may leave, and join an open
 * channel.
 *
 * @throws {ApiError} 4 for unknown users or one both added and removed, 17 when it is not the caller's to do.
 */
export async function changeMembers(deps: Deps, access: Access, userId: string, body: Json): Promise<void> {
  const added = readMemberIds(body['add_members'], userId);
  const removed = readMemberIds(body['remove_members'], userId);
  const both = added.filter((id) => removed.includes(id));
  if (both.length) throw badInput(`A user cannot be added and removed at once; got ${shown(both)}`);
  const { channel, type, owner } = access;
  const others = (ids: string[]) => ids.some((id) => id !== userId);
  if (!owner && (others(added) || others(removed) || (added.length > 0 && !type.open)))
    throw notAllowed(userId, `change the members of channel ${shown(channel.cid)}`);
  if (added.length && channel.id.startsWith('!members-'))
    throw notAllowed(userId, 'add members to a channel that stands for its members');
  if (!added.length && !removed.length) return;
  await requireUsers(deps.db, added);
  await deps.inOrder(channel.cid, () => applyMembers(deps, channel, userId, added, removed));
}

async function applyMembers(
  deps: Deps,
  channel: ChannelRow,
  userId: string,
  added: string[],
  removed: string[],
): Promise<void> {
  const { cid } = channel;
  const change = await deps.db.transaction().execute(async (trx) => {
    await lockChannel(trx, cid);
    const known = new Set((await membersAmong(trx, cid, [...added, ...removed])).map((row) => row.user_id));
    const [coming, going] = [added.filter((id) => !known.has(id)), removed.filter((id) => known.has(id))];
    // Nothing to tell, so no number is used up: watchers would miss it.
    if (!coming.length && !going.length) return undefined;
    const place = await appendEvent(trx, cid, { type: 'channel.updated', userId }, deps.clock.now());
    const gone = await removeMembers(trx, cid, going);
    return { ...place, gone, come: await addMembers(trx, cid, coming, place.at) };
  });
  if (change)
    await announce(deps, { cid, seq: change.seq }, () => tellMembers(deps, channel, userId, change));
}

async function tellMembers(
  deps: Deps,
  channel: ChannelRow,
  userId: string,
  change: Place & { gone: MemberRow[]; come: MemberRow[] },
): Promise<void> {
  const { cid } = channel;
  const changed = [...change.come, ...change.gone].map((member) => member.user_id);
  const row = (await findChannel(deps.db, cid)) ?? channel;
  const people = await People.load(deps, [userId, row.created_by, ...changed]);
  const shownAs = (id: string) => people.eventUser(id);
  const shared = { channel: channelOf(row, shownAs), created_at: formatTime(change.at) };
  const event = (type: string) => ({ ...eventIn(row, type, change.at), ...shared });
  for (const member of change.come) {
    const subject = { member: memberOf(member, shownAs, row.created_by), user: shownAs(member.user_id) };
    toWatchers(deps, { ...event('member.added'), ...subject });
    toIdle(deps, member.user_id, {
      ...event('notification.added_to_channel'),
      ...subject,
      user: shownAs(userId),
    });
  }
  for (const member of change.gone) {
    const subject = { member: memberOf(member, shownAs, row.created_by), user: shownAs(member.user_id) };
    toUser(deps, member.user_id, { ...event('notification.removed_from_channel'), ...subject });
    await dropWatches(deps, row, member.user_id);
    toWatchers(deps, { ...event('member.removed'), ...subject });
    if (member.unread) await tellOwnTotals(deps, member.user_id, event('notification.mark_read'));
  }
  toWatchers(deps, { ...event('channel.updated'), seq: change.seq, user: shownAs(userId) });
}

/** Whoever was removed hears nothing more; where the type is open they may watch again. */
async function dropWatches(deps: Deps, channel: ChannelRow, userId: string): Promise<void> {
  const left = [...deps.hub.streamsOf(userId)].filter((stream) => deps.hub.unwatch(stream, channel.cid));
  if (left.length) await tellWatching(deps, [channel.cid], userId, 'user.watching.stop');
}

async function tellOwnTotals(deps: Deps, userId: string, event: { type: string }): Promise<void> {
  const user = (await People.load(deps, [userId])).eventUser(userId);
  await tellOwn(deps, userId, { ...event, user });
}
