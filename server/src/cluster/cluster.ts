import { randomBytes, randomUUID } from 'node:crypto';
import { apply } from '../apply.js';
import { LocalConnection, type Connection, type Connections } from '../connections.js';
import type { Delivery } from '../deliver.js';
import type { Deps } from '../deps.js';
import { MemoryCounter, type Counter } from '../rates.js';
import { presenceChanged } from '../session.js';
import { newestSeqs } from '../store/channels.js';
import { BEAT_MS, type Bus } from './bus.js';
import { CatchUp } from './catch-up.js';
import { Gate, isNumbered } from './gate.js';
import { Peers, type PeerWord } from './peers.js';
import { RemoteConnection, Switchboard } from './remote.js';
import { storedEvents } from './stored.js';

/** What servers say to all others. */
type Word = { from: string } & ({ tell: Delivery } | { peer: PeerWord });

const WHOLE_MS = 30_000;
/** After a server said goodbye, its users have so long to come back elsewhere before they are shown as gone. */
const RETURN_MS = 5000;

/**
 * This server as one of several: they share a database, and tell each other by a bus what is new.
 *
 * Every delivery goes to all servers, each of which tells its own connections. Stored events pass a gate that brings them
 * into order; what the bus loses is read from the database.
 */
export class Cluster implements Connections {
  /** Part of the ids of this server's connections: others see by it whom to ask. */
  readonly node = randomBytes(6).toString('hex');
  readonly gate: Gate;
  readonly peers: Peers;
  #deps: Deps;
  #bus: Bus;
  #board: Switchboard;
  #catchUp: CatchUp;
  #timers: NodeJS.Timeout[] = [];
  #wasUp = true;
  #beatAt = performance.now();

  constructor(deps: Deps, bus: Bus) {
    this.#deps = deps;
    this.#bus = bus;
    this.peers = new Peers(deps.hub, (peer) => this.#say({ peer }), deps.options.peerGoneMs);
    this.gate = new Gate({
      apply: (delivery) => this.#apply(delivery),
      watched: (cid) => deps.hub.isWatched(cid),
      fetch: (cid, from, to) => storedEvents(deps, cid, from, to),
      newest: (cids) => newestSeqs(deps.db, cids),
      report: (what, error) => deps.report(what, error),
    });
    this.#board = new Switchboard(this.node, bus, this, (node) => this.peers.lives(node));
    this.#catchUp = new CatchUp(deps, this.gate, () => bus.up);
  }

  async open(): Promise<void> {
    await this.#bus.hear('all', (message) => this.#hear(message as Word));
    await this.#board.open();
    this.#deps.hub.listener = this.peers;
    this.#say({ peer: { is: 'hello' } });
    this.#catchUp.start();
    this.#timers.push(setInterval(() => this.#beat(), BEAT_MS));
    this.#timers.push(setInterval(() => this.#tidy(), WHOLE_MS));
  }

  /** Tells all servers of an event, this one included. */
  tell(delivery: Delivery): Promise<void> {
    this.#say({ tell: delivery });
    return this.#take(delivery);
  }

  newId(): string {
    return `${randomUUID()}-${this.node}`;
  }

  find(id: string, userId: string): Connection | undefined {
    const stream = this.#deps.hub.find(id, userId);
    if (stream) return new LocalConnection(this.#deps, stream);
    const node = this.#nodeOf(id);
    return node === undefined ? undefined : new RemoteConnection(this.#board, node, id, userId);
  }

  async ownerOf(id: string): Promise<string | undefined> {
    const here = this.#deps.hub.ownerOf(id);
    const node = this.#nodeOf(id);
    if (here !== undefined || node === undefined) return here;
    const owner = await this.#board
      .ask(node, { id, userId: '', ask: { do: 'owner' } })
      .catch(() => undefined);
    return typeof owner === 'string' ? owner : undefined;
  }

  /** Says goodbye: its users come back to the others. */
  leave(): void {
    this.#say({ peer: { is: 'bye' } });
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#deps.hub.listener = undefined;
    this.gate.close();
    this.#board.close();
    await this.#catchUp.close();
    await this.#bus.close();
  }

  /** The other server whose connection it would be; undefined for one that is not heard. */
  #nodeOf(id: string): string | undefined {
    const node = id.split('-').at(-1) ?? '';
    return node !== this.node && this.peers.lives(node) ? node : undefined;
  }

  #say(word: { tell: Delivery } | { peer: PeerWord }): void {
    void this.#bus.say('all', { from: this.node, ...word });
  }

  #hear(word: Word): void {
    if (word.from === this.node) return;
    if ('tell' in word) return void this.#take(word.tell);
    const users = this.peers.hear(word.from, word.peer);
    if (users.length) setTimeout(() => void this.#tellGone(users), RETURN_MS).unref();
  }

  #take(delivery: Delivery): Promise<void> {
    return isNumbered(delivery) ? this.gate.offer(delivery) : this.#apply(delivery);
  }

  async #apply(delivery: Delivery): Promise<void> {
    await apply(this.#deps, delivery);
    if (isNumbered(delivery))
      this.#deps.heads.note(delivery.event.cid, delivery.event.seq, this.#deps.clock.now());
  }

  #beat(): void {
    this.#say({ peer: { is: 'beat' } });
    const now = performance.now();
    if (now - this.#beatAt > 2 * BEAT_MS) this.peers.wait();
    this.#beatAt = now;
    const { up } = this.#bus;
    if (!up) this.peers.excuse();
    else if (!this.#wasUp) {
      // What was said meanwhile is lost.
      this.#say({ peer: { is: 'hello' } });
      this.peers.sayWhole();
      this.#catchUp.look();
    }
    this.#wasUp = up;
    if (!up) return;
    for (const node of this.peers.gone) void this.#tellGone(this.peers.forget(node));
  }

  /** One of the servers tells for all that users are gone. */
  async #tellGone(users: readonly string[]): Promise<void> {
    if (this.#deps.closing || this.peers.nodes.some((node) => node < this.node)) return;
    for (const userId of users)
      if (!this.peers.isOnline(userId))
        await presenceChanged(this.#deps, userId).catch((error: unknown) =>
          this.#deps.report('Telling that a user is gone failed', error),
        );
  }

  #tidy(): void {
    this.gate.sweep();
    this.peers.sayWhole();
  }
}

/** Counts requests where all servers see it; while the bus is down, each counts for itself. */
export class SharedCounter implements Counter {
  #bus: Bus;
  #own = new MemoryCounter();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  async count(key: string, window: number, windowMs: number): Promise<number> {
    return (await this.#bus.count(`rate:${window}:${key}`, windowMs)) ?? this.#own.count(key, window);
  }
}
