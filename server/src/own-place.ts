import type { Access } from './access.js';
import { readableChannel } from './access.js';
import type { Micros } from './clock.js';
import { formatTime } from './clock.js';
import { toUser, toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import { badInput, notAllowed, shown } from './errors.js';
import { checkSize, patched, type Json } from './input.js';
import type { UpdateMemberPartial } from './shapes/channels.js';
import type { BodyOf } from './shapes/operation.js';
import type { MuteChannel, UnmuteChannel } from './shapes/users.js';
import { ownUser } from './session.js';
import { changePlace, lockPlace, type PlaceChange } from './store/own-place.js';
import type { MemberRow, UserRow } from './store/schema.js';
import { usersById } from './store/users.js';
import { tellPlace } from './tell-place.js';
import { eventIn, memberOf, ownMemberOf, People } from './wire.js';

type Change = BodyOf<typeof UpdateMemberPartial>;

/** Set by other endpoints, or computed by the server. */
const RESERVED = new Set([
  'user_id', 'user', 'status', 'channel_role', 'role', 'banned', 'shadow_banned', 'notifications_muted', 'created_at',
  'updated_at', 'deleted_at', 'pinned_at', 'archived_at', 'invited', 'invite_accepted_at', 'invite_rejected_at', 'seq',
  'own_capabilities', 'id', 'cid',
]); // prettier-ignore

function noMember(userId: string, action: string, cid: string): Error {
  return notAllowed(userId, `${action} channel ${shown(cid)} without being its member`);
}

/**
 * Takes the channel out of the caller's lists, or puts it back.
 *
 * @throws {ApiError} 17 for who is no member.
 */
export async function hide(
  deps: Deps,
  { channel }: Access,
  userId: string,
  change: { hidden: true; clear: boolean } | { hidden: false },
): Promise<void> {
  const now = deps.clock.now();
  const cleared = change.hidden && change.clear;
  // Times of messages may run ahead of the clock: the newest is as old as the channel's newest event at most.
  const until = Math.max(now, channel.last_event_at);
  const place = { hidden: change.hidden, ...(cleared ? { hide_before: until } : {}) };
  const row = await changePlace(deps.db, channel.cid, userId, place, now);
  if (!row) throw noMember(userId, change.hidden ? 'hide' : 'show', channel.cid);
  const people = await People.load(deps, [userId, channel.created_by]);
  if (change.hidden) tellPlace(deps, channel, 'channel.hidden', people, userId, { clear_history: cleared });
  else tellPlace(deps, channel, 'channel.visible', people, userId);
}

/**
 * Mutes channels for the caller: their messages no longer count as unread.
 *
 * @throws {ApiError} 4 for bad input, 17 for a channel of which the caller is no member.
 */
export async function muteChannels(
  deps: Deps,
  userId: string,
  body: BodyOf<typeof MuteChannel>,
): Promise<Json> {
  const cids = cidsOf(body);
  const { expiration: ms } = body;
  const now = deps.clock.now();
  const rows = await changeMutes(deps, userId, cids, {
    muted_at: now,
    mute_expires: ms ? now + ms * 1000 : null,
  });
  const me = await tellMutes(deps, userId, 'notification.channel_mutes_updated');
  const mutes = me.channel_mutes.filter(({ channel }) => rows.some((row) => row.cid === channel['cid']));
  return body.channel_cids === undefined
    ? { channel_mute: mutes[0], own_user: me }
    : { channel_mutes: mutes, own_user: me };
}

/** @throws {ApiError} As `muteChannels`. */
export async function unmuteChannels(
  deps: Deps,
  userId: string,
  body: BodyOf<typeof UnmuteChannel>,
): Promise<void> {
  await changeMutes(deps, userId, cidsOf(body), { muted_at: null, mute_expires: null });
  await tellMutes(deps, userId, 'notification.channel_mutes_updated');
}

function cidsOf({ channel_cid: one, channel_cids: many = [] }: BodyOf<typeof UnmuteChannel>): string[] {
  const cids = [...new Set(one === undefined ? many : [one])];
  if (!cids.length) throw badInput('channel_cid or channel_cids must name a channel; got none.');
  return cids;
}

async function changeMutes(
  deps: Deps,
  userId: string,
  cids: readonly string[],
  change: PlaceChange,
): Promise<MemberRow[]> {
  const now = deps.clock.now();
  // All are looked at before one is changed: a refusal leaves everything as it was.
  for (const cid of cids) {
    const { member } = await readableChannel(deps, userId, cid);
    if (!member) throw noMember(userId, 'mute', cid);
  }
  const rows = await Promise.all(cids.map((cid) => changePlace(deps.db, cid, userId, change, now)));
  return rows.filter((row) => row !== undefined);
}

/** Tells the user's own connections how their mutes stand. @returns The user as they see themselves. */
export async function tellMutes(
  deps: Deps,
  userId: string,
  type: 'notification.channel_mutes_updated' | 'notification.mutes_updated',
) {
  const me = await ownUser(deps, await knownUser(deps, userId));
  toUser(deps, userId, { type, me, created_at: formatTime(deps.clock.now()) });
  return me;
}

/** @throws {ApiError} 4 for a token of somebody who never connected. */
export async function knownUser(deps: Deps, userId: string): Promise<UserRow> {
  const row = (await usersById(deps.db, [userId])).get(userId);
  if (!row) throw badInput(`User ${shown(userId)} does not exist. Connect first.`);
  return row;
}

/**
 * Pins or archives the channel for the caller, or changes the custom data of their membership. Others are told of the
 * latter alone.
 *
 * @throws {ApiError} 4 for bad input, 17 for who is no member, or for somebody else's membership, 22 above 5 KB.
 */
export async function changeMember(
  deps: Deps,
  { channel, backend }: Access,
  caller: string,
  who: string,
  { set, unset }: Change,
): Promise<Json> {
  if (who !== caller && !backend) throw notAllowed(caller, 'change the membership of somebody else');
  const userId = who;
  const forbidden = [...Object.keys(set), ...unset].find((key) => RESERVED.has(key.split('.')[0] ?? ''));
  if (forbidden !== undefined) throw notAllowed(userId, `change ${shown(forbidden)} of a membership`);
  const now = deps.clock.now();
  const { before, after } = await deps.db.transaction().execute(async (trx) => {
    const before = await lockPlace(trx, channel.cid, userId);
    if (!before) throw noMember(userId, 'change the membership in', channel.cid);
    const change = placeChange(before, { set, unset }, now);
    return { before, after: (await changePlace(trx, channel.cid, userId, change, now)) ?? before };
  });
  return tellMember(deps, channel.cid, { channel, userId, after, public: dataDiffers(before, after) });
}

function dataDiffers(before: MemberRow, after: MemberRow): boolean {
  return JSON.stringify(before.data) !== JSON.stringify(after.data);
}

function placeChange(row: MemberRow, { set, unset }: Change, now: Micros): PlaceChange {
  const { pinned, archived, ...custom } = set;
  const kept = unset.filter((key) => key !== 'pinned' && key !== 'archived');
  const data = patched(row.data, custom, kept);
  checkSize(data, "A membership's custom data");
  const since = (key: 'pinned' | 'archived', value: boolean | undefined, held: Micros | null) => {
    if (unset.includes(key)) return null;
    if (value === undefined) return held;
    return value ? (held ?? now) : null;
  };
  return {
    data,
    pinned_at: since('pinned', pinned, row.pinned_at),
    archived_at: since('archived', archived, row.archived_at),
  };
}

async function tellMember(
  deps: Deps,
  cid: string,
  {
    channel,
    userId,
    after,
    public: toAll,
  }: { channel: Access['channel']; userId: string; after: MemberRow; public: boolean },
): Promise<Json> {
  const people = await People.load(deps, [userId]);
  const shownAs = (id: string) => people.eventUser(id);
  const event = {
    ...eventIn({ ...channel, cid }, 'member.updated', after.updated_at),
    user: shownAs(userId),
  };
  if (toAll) toWatchers(deps, { ...event, member: memberOf(after, shownAs, channel.created_by, people.now) });
  toUser(deps, userId, { ...event, member: ownMemberOf(after, shownAs, channel.created_by, people.now) });
  return { channel_member: ownMemberOf(after, (id) => people.user(id), channel.created_by, people.now) };
}
