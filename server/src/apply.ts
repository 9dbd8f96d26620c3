import { isTooMuch, type Delivery, type Outgoing } from './deliver.js';
import type { Deps } from './deps.js';
import { forAuthor, forOthers, Frame } from './frame.js';
import { ownTotals } from './own-totals.js';
import { tellWatching } from './session.js';
import { totalsOf, type Totals } from './store/reads.js';
import type { Stream } from './stream.js';

/** Tells of an event those who are to hear of it and are connected here. */
export async function apply(deps: Deps, delivery: Delivery): Promise<void> {
  const { hub } = deps;
  switch (delivery.to) {
    case 'watchers':
      return applyToWatchers(deps, delivery);
    case 'channel':
      return applyToChannel(deps, delivery);
    case 'user':
      return applyToUser(deps, delivery, hub.streamsOf(delivery.userId));
    case 'idle': {
      const { cid = '' } = delivery.event;
      const idle = [...hub.streamsOf(delivery.userId)].filter((stream) => !hub.watches(stream, cid));
      return applyToUser(deps, delivery, idle);
    }
    case 'none':
      return drop(deps, delivery);
    case 'followers':
      return pushAll(hub.followersOf(delivery.userId), Frame.of(delivery.event));
    case 'about': {
      const { userId, cids } = delivery;
      const told = new Set<Stream>([...hub.streamsOf(userId), ...hub.followersOf(userId)]);
      for (const cid of cids) for (const stream of hub.watchersOf(cid)) told.add(stream);
      return pushAll(told, Frame.of(delivery.event));
    }
  }
}

/** Whoever was removed hears nothing more; where the type is open they may watch again. */
async function drop(deps: Deps, { cid, userId }: Delivery & { to: 'none' }): Promise<void> {
  const { hub } = deps;
  const streams = userId === undefined ? hub.watchersOf(cid) : hub.streamsOf(userId);
  const left = [...streams].filter((stream) => hub.unwatch(stream, cid));
  if (left.length && userId !== undefined) await tellWatching(deps, [cid], userId, 'user.watching.stop');
}

function pushAll(streams: Iterable<Stream>, frame: Frame): void {
  for (const stream of streams) stream.push(frame);
}

/** The frame of an event for each of its hearers. */
class Hearing {
  #own: Frame;
  #others: Frame;
  #author: string | undefined;

  constructor(event: Outgoing, extra: object) {
    const others = forOthers(event);
    this.#author = others?.author;
    this.#own = Frame.of({ ...(others ? forAuthor(event) : event), ...extra });
    this.#others = others ? Frame.of(others.event) : this.#own;
  }

  frameFor({ userId }: Stream): Frame {
    return userId === this.#author ? this.#own : this.#others;
  }

  /** Whether the user hears of it in full. */
  isOpenTo(userId: string): boolean {
    return this.#author === undefined || userId === this.#author;
  }
}

function applyToWatchers(deps: Deps, { event, only, idleOnly }: Delivery & { to: 'watchers' }): void {
  if (idleOnly) return;
  const { hub } = deps;
  const { cid = '' } = event;
  const count = deps.watcherCount(cid);
  if (isTooMuch(event, count)) return;
  const hearing = new Hearing(event, { watcher_count: count });
  for (const stream of hub.watchersOf(cid))
    if (only === undefined || stream.userId === only) stream.push(hearing.frameFor(stream));
}

async function applyToUser(
  deps: Deps,
  { event, userId, totals }: Delivery & { to: 'user' | 'idle' },
  streams: Iterable<Stream>,
): Promise<void> {
  const told = [...streams];
  if (!told.length) return;
  if (!totals) return pushAll(told, Frame.of(event));
  await countedInOrder(deps, async () =>
    pushAll(told, Frame.of({ ...event, ...(await ownTotals(deps.db, userId)) })),
  );
}

/**
 * Counts unread messages and tells of them, nobody else doing so meanwhile: of two counts at once the older might be told
 * last, and would stay on the screen.
 */
function countedInOrder(deps: Deps, task: () => Promise<void>): Promise<void> {
  // The key is no cid: channels have a colon.
  return deps.inOrder('totals', task);
}

async function applyToChannel(deps: Deps, delivery: Delivery & { to: 'channel' }): Promise<void> {
  const { hub } = deps;
  const here = delivery.members.filter((userId) => hub.streamsOf(userId).size > 0);
  if (!here.length) return pushToChannel(deps, delivery, [], () => ({}));
  await countedInOrder(deps, async () => {
    const totals = await totalsOf(deps.db, here);
    pushToChannel(deps, delivery, here, totals);
  });
}

function pushToChannel(
  deps: Deps,
  { event, idle, idleOnly }: Delivery & { to: 'channel' },
  members: readonly string[],
  totals: (userId: string) => Totals | object,
): void {
  const { hub } = deps;
  const { cid = '' } = event;
  const hearing = new Hearing(event, { watcher_count: deps.watcherCount(cid) });
  const idleFrame = idle && Frame.of(idle);
  const told = new Set<Stream>();
  for (const userId of members) {
    const own = totals(userId);
    for (const stream of hub.streamsOf(userId)) {
      told.add(stream);
      const watches = hub.watches(stream, cid);
      if (watches && idleOnly) continue;
      const frame = watches ? hearing.frameFor(stream) : hearing.isOpenTo(userId) ? idleFrame : undefined;
      if (frame) stream.push(frame.with(own));
    }
  }
  if (idleOnly) return;
  for (const stream of hub.watchersOf(cid)) if (!told.has(stream)) stream.push(hearing.frameFor(stream));
}
