import { endOf, formatTime } from './clock.js';
import type { Deps } from './deps.js';
import { badInput } from './errors.js';
import type { Json } from './input.js';
import type { BodyOf } from './shapes/operation.js';
import type { BlockUsers, MuteUser, UnmuteUser } from './shapes/users.js';
import { knownUser, tellMutes } from './own-place.js';
import { channelsById } from './store/channels.js';
import { block, blocksOf, hidePairs, muteUsers, unblock, unmuteUsers } from './store/own-place.js';
import { requireUsers } from './store/users.js';
import { tellPlace } from './tell-place.js';
import { People } from './wire.js';

/**
 * Mutes users for the caller: their messages no longer count as unread. They do not learn of it.
 *
 * @throws {ApiError} 4 for bad input, unknown users, or the caller themselves.
 */
export async function mute(deps: Deps, userId: string, body: BodyOf<typeof MuteUser>): Promise<Json> {
  const targets = targetsOf(userId, body);
  const now = deps.clock.now();
  const expires = endOf(body.timeout, now);
  await knownUser(deps, userId);
  await requireUsers(deps.db, targets);
  await muteUsers(deps.db, userId, targets, expires, now);
  const me = await tellMutes(deps, userId, 'notification.mutes_updated');
  const mutes = me.mutes.filter(({ target }) => targets.includes(target.id));
  return body.target_ids === undefined ? { mute: mutes[0], own_user: me } : { mutes, own_user: me };
}

/** @throws {ApiError} 4 for bad input. */
export async function unmute(deps: Deps, userId: string, body: Targets): Promise<void> {
  await unmuteUsers(deps.db, userId, targetsOf(userId, body));
  await tellMutes(deps, userId, 'notification.mutes_updated');
}

type Targets = BodyOf<typeof UnmuteUser>;

function targetsOf(userId: string, { target_id: one, target_ids: many = [] }: Targets): string[] {
  const targets = one === undefined ? many : [one];
  if (!targets.length) throw badInput('target_id or target_ids must name a user; got none.');
  if (targets.includes(userId)) throw badInput('Nobody can mute themselves. Name somebody else.');
  return [...new Set(targets)];
}

/**
 * Blocks a user: channels of just the two are hidden from the caller, and take no messages of either.
 *
 * @throws {ApiError} 4 for an unknown user or the caller themselves.
 */
export async function blockUser(deps: Deps, userId: string, body: Blocked): Promise<Json> {
  const blockedId = blockedOf(userId, body);
  await knownUser(deps, userId);
  await requireUsers(deps.db, [blockedId]);
  const row = await block(deps.db, userId, blockedId, deps.clock.now());
  await tellPairs(deps, userId, blockedId, true);
  return {
    blocked_by_user_id: userId,
    blocked_user_id: blockedId,
    created_at: formatTime(row.created_at),
  };
}

/** @throws {ApiError} 4 for bad input. */
export async function unblockUser(deps: Deps, userId: string, body: Blocked): Promise<void> {
  const blockedId = blockedOf(userId, body);
  await unblock(deps.db, userId, blockedId);
  await tellPairs(deps, userId, blockedId, false);
}

type Blocked = BodyOf<typeof BlockUsers>;

function blockedOf(userId: string, { blocked_user_id: id }: Blocked): string {
  if (id === userId) throw badInput('Nobody can block themselves. Name somebody else.');
  return id;
}

async function tellPairs(deps: Deps, userId: string, otherId: string, blocked: boolean): Promise<void> {
  const cids = await hidePairs(deps.db, userId, otherId, blocked);
  const channels = await channelsById(deps.db, cids);
  const people = await People.load(deps, [userId, ...channels.map((row) => row.created_by)]);
  for (const channel of channels)
    if (blocked)
      tellPlace(deps, channel, 'channel.hidden', people, userId, { blocked, clear_history: false });
    else tellPlace(deps, channel, 'channel.visible', people, userId);
}

/** Whom the caller has blocked. */
export async function blockList(deps: Deps, userId: string): Promise<Json> {
  const rows = await blocksOf(deps.db, userId);
  const people = await People.load(deps, [userId, ...rows.map((row) => row.blocked_id)]);
  return {
    blocks: rows.map((row) => ({
      user_id: userId,
      user: people.user(userId),
      blocked_user_id: row.blocked_id,
      blocked_user: people.user(row.blocked_id),
      created_at: formatTime(row.created_at),
    })),
  };
}
