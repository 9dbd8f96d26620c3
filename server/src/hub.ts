import type { Stream } from './stream.js';

/** Sets by key; an empty set is forgotten. */
class Groups {
  #sets = new Map<string, Set<Stream>>();

  add(key: string, stream: Stream): void {
    const set = this.#sets.get(key);
    if (set) set.add(stream);
    else this.#sets.set(key, new Set([stream]));
  }

  delete(key: string, stream: Stream): void {
    const set = this.#sets.get(key);
    if (set?.delete(stream) && set.size === 0) this.#sets.delete(key);
  }

  get(key: string): ReadonlySet<Stream> {
    return this.#sets.get(key) ?? NONE;
  }

  has(key: string): boolean {
    return this.#sets.has(key);
  }

  keys(): string[] {
    return [...this.#sets.keys()];
  }
}

const NONE: ReadonlySet<Stream> = new Set();
const NOTHING: ReadonlySet<string> = new Set();

/** What one connection has asked for. */
interface Subscriptions {
  channels: Set<string>;
  presence: Set<string>;
}

/** Hears of what other servers are to know of this one. */
export interface HubListener {
  /** A user's first connection came, or the last went. */
  online(userId: string, on: boolean): void;
  /** A user began to watch a channel, or ceased to on every connection. */
  watching(cid: string, userId: string, on: boolean): void;
}

/** Who is connected, what each connection watches, and whose presence it follows. Knows no chat rule. */
export class Hub {
  listener: HubListener | undefined;
  #streams = new Map<string, { stream: Stream; asked: Subscriptions }>();
  #byUser = new Groups();
  #watching = new Map<string, Groups>();
  #watchers = new Groups();
  #followers = new Groups();
  #watcherCounts = new Map<string, number>();

  add(stream: Stream): void {
    this.#streams.set(stream.id, { stream, asked: { channels: new Set(), presence: new Set() } });
    const first = !this.#byUser.has(stream.userId);
    this.#byUser.add(stream.userId, stream);
    if (first) this.listener?.online(stream.userId, true);
  }

  /** Forgets the connection and all it asked for. @returns The channels that its user no longer watches at all. */
  remove(stream: Stream): string[] {
    const asked = this.#streams.get(stream.id)?.asked;
    if (!asked) return [];
    const left = [...asked.channels].filter((cid) => this.unwatch(stream, cid));
    for (const userId of asked.presence) this.#followers.delete(userId, stream);
    this.#byUser.delete(stream.userId, stream);
    this.#streams.delete(stream.id);
    if (!this.#byUser.has(stream.userId)) this.listener?.online(stream.userId, false);
    return left;
  }

  /** The live connection `id` of `userId`; another user's is not found. */
  find(id: string | undefined, userId: string): Stream | undefined {
    const stream = id === undefined ? undefined : this.#streams.get(id)?.stream;
    return stream?.userId === userId && !stream.ended ? stream : undefined;
  }

  /** Whose live connection `id` is. */
  ownerOf(id: string): string | undefined {
    const stream = this.#streams.get(id)?.stream;
    return stream?.ended ? undefined : stream?.userId;
  }

  get streams(): Stream[] {
    return [...this.#streams.values()].map(({ stream }) => stream);
  }

  get size(): number {
    return this.#streams.size;
  }

  connected(userId: string): boolean {
    return this.#byUser.has(userId);
  }

  streamsOf(userId: string): ReadonlySet<Stream> {
    return this.#byUser.get(userId);
  }

  /** @returns True when the user did not watch the channel before, on any connection. */
  watch(stream: Stream, cid: string): boolean {
    const asked = this.#streams.get(stream.id)?.asked;
    if (!asked || asked.channels.has(cid)) return false;
    const users = this.#watching.get(cid) ?? new Groups();
    const first = !users.has(stream.userId);
    users.add(stream.userId, stream);
    this.#watching.set(cid, users);
    this.#watchers.add(cid, stream);
    asked.channels.add(cid);
    if (first) {
      this.#watcherCounts.set(cid, this.watcherCount(cid) + 1);
      this.listener?.watching(cid, stream.userId, true);
    }
    return first;
  }

  /** @returns True when the user now watches the channel on no connection. */
  unwatch(stream: Stream, cid: string): boolean {
    const users = this.#watching.get(cid);
    if (!this.#streams.get(stream.id)?.asked.channels.delete(cid) || !users) return false;
    users.delete(stream.userId, stream);
    this.#watchers.delete(cid, stream);
    if (users.has(stream.userId)) return false;
    const count = this.watcherCount(cid) - 1;
    if (count > 0) this.#watcherCounts.set(cid, count);
    else {
      this.#watcherCounts.delete(cid);
      this.#watching.delete(cid);
    }
    this.listener?.watching(cid, stream.userId, false);
    return true;
  }

  watches(stream: Stream, cid: string): boolean {
    return this.#streams.get(stream.id)?.asked.channels.has(cid) ?? false;
  }

  /** Who is connected. */
  get users(): string[] {
    return this.#byUser.keys();
  }

  /** The users who watch each watched channel. */
  get watching(): [cid: string, userIds: string[]][] {
    return [...this.#watching].map(([cid, users]) => [cid, users.keys()]);
  }

  watchedBy(cid: string, userId: string): boolean {
    return this.#watching.get(cid)?.has(userId) ?? false;
  }

  isWatched(cid: string): boolean {
    return this.#watchers.has(cid);
  }

  /** The channels that the connection watches. */
  channelsOf(stream: Stream): ReadonlySet<string> {
    return this.#streams.get(stream.id)?.asked.channels ?? NOTHING;
  }

  watchersOf(cid: string): ReadonlySet<Stream> {
    return this.#watchers.get(cid);
  }

  /** How many users watch the channel, however many connections each has. */
  watcherCount(cid: string): number {
    return this.#watcherCounts.get(cid) ?? 0;
  }

  follow(stream: Stream, userId: string): void {
    const asked = this.#streams.get(stream.id)?.asked;
    if (!asked) return;
    asked.presence.add(userId);
    this.#followers.add(userId, stream);
  }

  followersOf(userId: string): ReadonlySet<Stream> {
    return this.#followers.get(userId);
  }
}
