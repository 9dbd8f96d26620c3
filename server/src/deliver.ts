import { mayDisclose, type EventBase, type User } from '../../src/protocol.js';
import { formatTime } from './clock.js';
import type { Deps } from './deps.js';
import { channelIdsOf } from './store/members.js';
import type { UserRow } from './store/schema.js';
import { People } from './wire.js';

/** Anything that goes out as a frame. */
export type Outgoing = EventBase & { type: string };

/**
 * An event and who is to hear of it. Every server that has some of them tells its own (`apply.ts`).
 *
 * - `watchers`: who watches the event's channel; with `only`, of them one user alone.
 * - `channel`: its watchers as `event`, the other connections of its members as `idle`.
 * - With `idleOnly`, watchers have it already.
 * - `user`: all connections of one user; with `totals`, each gets their unread numbers as they are then.
 * - `idle`: those of them that do not watch the event's channel.
 * - `followers`: who follows one user's presence.
 * - `about`: a user's own connections, who follows them, and who watches their channels.
 * - `none`: nobody hears of it, but those who watch the channel cease to: all, or one user's connections.
 */
export type Delivery =
  | { to: 'watchers'; event: Outgoing; only?: string | undefined; idleOnly?: boolean }
  | {
      to: 'channel';
      event: Outgoing;
      members: readonly string[];
      idle?: Outgoing | undefined;
      idleOnly?: boolean;
    }
  | { to: 'user'; event: Outgoing; userId: string; totals?: boolean }
  | { to: 'idle'; event: Outgoing; userId: string; totals?: boolean }
  | { to: 'followers'; event: Outgoing; userId: string }
  | { to: 'about'; event: Outgoing; userId: string; cids: readonly string[] }
  | { to: 'none'; cid: string; userId?: string };

/** Typing, reading and watching are not told to larger audiences: each would cost more than it says. */
const MAX_AUDIENCE = 100;
const CHATTER = new Set([
  'typing.start',
  'typing.stop',
  'message.read',
  'user.watching.start',
  'user.watching.stop',
]);

/** Whether the event is left out, for too many would hear what says too little. */
export function isTooMuch({ type }: Outgoing, audience: number): boolean {
  return CHATTER.has(type) && audience > MAX_AUDIENCE;
}

/**
 * To every connection that watches the event's channel, its causer's own included. What a privacy setting of
 * `event.user` withholds goes to that user's own connections alone, on whatever server.
 */
export function toWatchers(deps: Deps, event: Outgoing): void {
  const { user } = event;
  const only = mayDisclose(user, event.type) ? undefined : user?.id;
  void deps.tell({ to: 'watchers', event, ...(only === undefined ? {} : { only }) });
}

/**
 * Runs `tell`, which tells of the stored event `seq`. Heartbeats know the number afterwards: not before, or they would
 * speak of an event still on its way, and also when telling failed, so that watchers notice.
 */
export async function announce<T>(
  { heads, lanes, clock, metrics }: Deps,
  { cid, seq }: { cid: string; seq: number },
  tell: () => Promise<T>,
): Promise<T> {
  const telling = { at: performance.now() };
  metrics.untold.add(telling);
  try {
    return await tell();
  } finally {
    metrics.untold.delete(telling);
    if (!lanes) heads.note(cid, seq, clock.now());
  }
}

/** To all connections of one user. */
export function toUser(deps: Deps, userId: string, event: Outgoing): void {
  void deps.tell({ to: 'user', userId, event });
}

/** To the connections of one user that do not watch the event's channel. */
export function toIdle(deps: Deps, userId: string, event: Outgoing): void {
  void deps.tell({ to: 'idle', userId, event });
}

/** Makes those who watch the channel cease to: all of them, or one user's connections. */
export function dropWatchers(deps: Deps, cid: string, userId?: string): void {
  void deps.tell({ to: 'none', cid, ...(userId === undefined ? {} : { userId }) });
}

/**
 * To the channel's watchers as `watched`, and to the other connections of its members as `idle`; never both to
 * one connection. Members get their own unread totals with it.
 */
export function toChannel(
  deps: Deps,
  members: readonly string[],
  watched: Outgoing,
  idle: Outgoing | undefined,
): Promise<void> {
  return deps.tell({ to: 'channel', members, event: watched, idle });
}

/** Tells those who follow the user's presence, and their own other connections. */
export function tellPresence(deps: Deps, user: User): void {
  const now = formatTime(deps.clock.now());
  tellFollowers(deps, user.id, { type: 'user.presence.changed', user, created_at: now });
}

/** To those who follow the user's presence. */
export function tellFollowers(deps: Deps, userId: string, event: Outgoing): void {
  void deps.tell({ to: 'followers', userId, event });
}

/** Tells that a user's data changed: the user, those who follow them, and the watchers of their channels. */
export function tellUserUpdated(deps: Deps, row: UserRow): Promise<void> {
  return aboutUser(deps, row.id, () => tellUpdated(deps, row));
}

/** Runs tasks that look a user up and tell of them one after the other: what is told last is how they stand. */
export function aboutUser<T>({ inOrder }: Deps, userId: string, task: () => Promise<T>): Promise<T> {
  return inOrder(`user ${userId}`, task);
}

async function tellUpdated(deps: Deps, row: UserRow): Promise<void> {
  const { db, clock } = deps;
  const people = await People.load(deps, [row.id]);
  const event: Outgoing = {
    type: 'user.updated',
    user: people.eventUser(row.id),
    created_at: formatTime(clock.now()),
  };
  await deps.tell({ to: 'about', userId: row.id, cids: await channelIdsOf(db, row.id), event });
}
