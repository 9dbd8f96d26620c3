import { mayDisclose, type EventBase, type User } from '../../src/protocol.js';
import { formatTime } from './clock.js';
import type { Deps } from './deps.js';
import type { Stream } from './stream.js';
import { totalsOf, type Totals } from './store/reads.js';
import { channelIdsOf } from './store/channels.js';
import type { UserRow } from './store/schema.js';
import { People } from './wire.js';

/** Anything that goes out as a frame. */
export type Outgoing = EventBase & { type: string };

/** Typing, reading and watching are not told to larger audiences: each would cost more than it says. */
const MAX_AUDIENCE = 100;
const CHATTER = new Set([
  'typing.start',
  'typing.stop',
  'message.read',
  'user.watching.start',
  'user.watching.stop',
]);

/**
 * To every connection that watches the event's channel, its causer's own included. What a privacy setting of
 * `event.user` withholds goes to that user's own connections alone.
 */
export function toWatchers({ hub }: Deps, event: Outgoing): void {
  const { cid = '', user } = event;
  const count = hub.watcherCount(cid);
  if (CHATTER.has(event.type) && count > MAX_AUDIENCE) return;
  const open = mayDisclose(user, event.type);
  const frame = JSON.stringify({ ...event, watcher_count: count });
  for (const stream of hub.watchersOf(cid)) if (open || stream.userId === user?.id) stream.push(frame);
}

/**
 * Runs `tell`, which tells of the stored event `seq`. Heartbeats know the number afterwards: not before, or they would
 * speak of an event still on its way, and also when telling failed, so that watchers notice.
 */
export async function announce<T>(
  { heads, clock }: Deps,
  { cid, seq }: { cid: string; seq: number },
  tell: () => Promise<T>,
): Promise<T> {
  try {
    return await tell();
  } finally {
    heads.note(cid, seq, clock.now());
  }
}

/** To all connections of one user. */
export function toUser({ hub }: Deps, userId: string, event: Outgoing): void {
  const frame = JSON.stringify(event);
  for (const stream of hub.streamsOf(userId)) stream.push(frame);
}

/** To the connections of one user that do not watch the event's channel. */
export function toIdle({ hub }: Deps, userId: string, event: Outgoing): void {
  const frame = JSON.stringify(event);
  for (const stream of hub.streamsOf(userId)) if (!hub.watches(stream, event.cid ?? '')) stream.push(frame);
}

/**
 * To the channel's watchers as `watched`, and to the other connections of its members as `idle`; never both to
 * one connection. Members get their own unread totals with it.
 */
export async function toChannel(
  deps: Deps,
  members: readonly string[],
  watched: Outgoing,
  idle: Outgoing | undefined,
): Promise<void> {
  const online = members.filter((userId) => deps.hub.connected(userId));
  await tellTotals(deps, online, (totals) => pushTo(deps, online, totals, watched, idle));
}

/**
 * Counts the unread messages of `userIds` and tells of them, nobody else doing so meanwhile: of two counts at once the
 * older might be told last, and would stay on the screen.
 */
export function tellTotals(
  deps: Deps,
  userIds: readonly string[],
  tell: (totals: (userId: string) => Totals) => void,
): Promise<void> {
  // The key is no cid: channels have a colon.
  return deps.inOrder('totals', async () => tell(await totalsOf(deps.db, userIds)));
}

function pushTo(
  { hub }: Deps,
  online: readonly string[],
  totals: (userId: string) => Totals,
  watched: Outgoing,
  idle: Outgoing | undefined,
): void {
  const cid = watched.cid ?? '';
  const watchedFrame = JSON.stringify({ ...watched, watcher_count: hub.watcherCount(cid) });
  const idleFrame = idle && JSON.stringify(idle);
  const told = new Set<Stream>();
  for (const userId of online) {
    const own = totals(userId);
    for (const stream of hub.streamsOf(userId)) {
      told.add(stream);
      const frame = hub.watches(stream, cid) ? watchedFrame : idleFrame;
      if (frame) stream.push(withTotals(frame, own));
    }
  }
  for (const stream of hub.watchersOf(cid)) if (!told.has(stream)) stream.push(watchedFrame);
}

/** Writes personal numbers into a frame that is the same for everybody: the event is put into JSON once. */
function withTotals(frame: string, totals: Totals): string {
  return `${frame.slice(0, -1)},${JSON.stringify(totals).slice(1)}`;
}

/** Tells those who follow the user's presence, and their own other connections. */
export function tellPresence({ hub, clock }: Deps, user: User): void {
  const event: Outgoing = { type: 'user.presence.changed', user, created_at: formatTime(clock.now()) };
  const frame = JSON.stringify(event);
  for (const stream of hub.followersOf(user.id)) stream.push(frame);
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
  const { hub, db, clock } = deps;
  const people = await People.load(deps, [row.id]);
  const event: Outgoing = {
    type: 'user.updated',
    user: people.eventUser(row.id),
    created_at: formatTime(clock.now()),
  };
  const told = new Set<Stream>([...hub.streamsOf(row.id), ...hub.followersOf(row.id)]);
  for (const cid of await channelIdsOf(db, row.id))
    for (const stream of hub.watchersOf(cid)) told.add(stream);
  const frame = JSON.stringify(event);
  for (const stream of told) stream.push(frame);
}
