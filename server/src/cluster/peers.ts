import type { Hub, HubListener } from '../hub.js';

/** Nobody waits for the answer of a server that was not heard for so long. */
export const SUSPECT_MS = 2000;

/** What servers tell each other of who is connected to them. */
export type PeerWord =
  | { is: 'beat' }
  /** A server that began, or has not heard the others for a while: they answer with `whole`. */
  | { is: 'hello' }
  | { is: 'whole'; users: string[]; watching: [cid: string, userIds: string[]][] }
  | { is: 'online'; userId: string; on: boolean }
  | { is: 'watching'; cid: string; userId: string; on: boolean }
  /** It ends: its users are about to come back elsewhere. */
  | { is: 'bye' };

interface Peer {
  users: Set<string>;
  watching: Map<string, Set<string>>;
  heardAt: number;
}

/** Who is connected to the other servers, as those say. */
export class Peers implements HubListener {
  #hub: Hub;
  #say: (word: PeerWord) => void;
  #goneMs: number;
  #now: () => number;
  #peers = new Map<string, Peer>();
  /** How many servers a user is connected to, and watches a channel on. */
  #online = new Map<string, number>();
  #watching = new Map<string, Map<string, number>>();

  /**
   * @param goneMs - A server unheard for so long is gone, and so are its users (S26: within a minute).
   * @param now - Milliseconds, of a clock that does not jump.
   */
  constructor(hub: Hub, say: (word: PeerWord) => void, goneMs: number, now = () => performance.now()) {
    this.#hub = hub;
    this.#say = say;
    this.#goneMs = goneMs;
    this.#now = now;
  }

  online(userId: string, on: boolean): void {
    this.#say({ is: 'online', userId, on });
  }

  watching(cid: string, userId: string, on: boolean): void {
    this.#say({ is: 'watching', cid, userId, on });
  }

  isOnline(userId: string): boolean {
    return this.#hub.connected(userId) || this.#online.has(userId);
  }

  isWatchedBy(cid: string, userId: string): boolean {
    return this.#hub.watchedBy(cid, userId) || (this.#watching.get(cid)?.has(userId) ?? false);
  }

  watcherCount(cid: string): number {
    let count = this.#hub.watcherCount(cid);
    for (const userId of this.#watching.get(cid)?.keys() ?? [])
      if (!this.#hub.watchedBy(cid, userId)) count++;
    return count;
  }

  /** Whether the server was heard lately enough to be asked something. */
  lives(node: string): boolean {
    const heardAt = this.#peers.get(node)?.heardAt;
    return heardAt !== undefined && this.#now() - heardAt < SUSPECT_MS;
  }

  get nodes(): string[] {
    return [...this.#peers.keys()];
  }

  /** Something was heard of another server. @returns Users who may have gone with it. */
  hear(node: string, word: PeerWord): string[] {
    if (word.is === 'bye') return this.forget(node);
    const known = this.#peers.has(node);
    const peer = this.#peers.get(node) ?? { users: new Set<string>(), watching: new Map(), heardAt: 0 };
    this.#peers.set(node, peer);
    peer.heardAt = this.#now();
    if (word.is === 'hello') this.sayWhole();
    else if (word.is === 'whole') this.#replace(peer, word);
    else if (word.is === 'online') this.#setOnline(peer, word.userId, word.on);
    else if (word.is === 'watching') this.#setWatching(peer, word.cid, word.userId, word.on);
    // Of one that was not known, what it said before was missed.
    if (!known && word.is !== 'whole') this.#say({ is: 'hello' });
    return [];
  }

  /** Tells the others all that they are to know of this server. */
  sayWhole(): void {
    this.#say({ is: 'whole', users: this.#hub.users, watching: this.#hub.watching });
  }

  /** The servers that were not heard for too long. */
  get gone(): string[] {
    return [...this.#peers]
      .filter(([, { heardAt }]) => this.#now() - heardAt > this.#goneMs)
      .map(([node]) => node);
  }

  /** While the bus was down, nobody could be heard: they get as long as if they had just been. */
  excuse(): void {
    for (const peer of this.#peers.values()) peer.heardAt = Math.max(peer.heardAt, this.#now() - SUSPECT_MS);
  }

  /** This server stood still itself: what the others said meanwhile is still on its way in. */
  wait(): void {
    for (const peer of this.#peers.values()) peer.heardAt = this.#now();
  }

  /** The server is gone. @returns Its users. */
  forget(node: string): string[] {
    const peer = this.#peers.get(node);
    if (!peer) return [];
    const users = [...peer.users];
    this.#replace(peer, { users: [], watching: [] });
    this.#peers.delete(node);
    return users;
  }

  #replace(peer: Peer, whole: { users: string[]; watching: [string, string[]][] }): void {
    const users = new Set(whole.users);
    for (const userId of [...peer.users]) if (!users.has(userId)) this.#setOnline(peer, userId, false);
    for (const userId of users) this.#setOnline(peer, userId, true);
    const watching = new Map(whole.watching.map(([cid, ids]) => [cid, new Set(ids)]));
    for (const [cid, ids] of [...peer.watching])
      for (const userId of [...ids])
        if (!watching.get(cid)?.has(userId)) this.#setWatching(peer, cid, userId, false);
    for (const [cid, ids] of watching) for (const userId of ids) this.#setWatching(peer, cid, userId, true);
  }

  #setOnline(peer: Peer, userId: string, on: boolean): void {
    if (peer.users.has(userId) === on) return;
    if (on) peer.users.add(userId);
    else peer.users.delete(userId);
    count(this.#online, userId, on);
  }

  #setWatching(peer: Peer, cid: string, userId: string, on: boolean): void {
    const users = peer.watching.get(cid) ?? new Set<string>();
    if (users.has(userId) === on) return;
    if (on) users.add(userId);
    else users.delete(userId);
    if (users.size) peer.watching.set(cid, users);
    else peer.watching.delete(cid);
    const all = this.#watching.get(cid) ?? new Map<string, number>();
    count(all, userId, on);
    if (all.size) this.#watching.set(cid, all);
    else this.#watching.delete(cid);
  }
}

function count(counts: Map<string, number>, key: string, up: boolean): void {
  const now = (counts.get(key) ?? 0) + (up ? 1 : -1);
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}
