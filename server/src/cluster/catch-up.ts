import type { Deps } from '../deps.js';
import { placesSince } from '../store/replay.js';
import { memberIds } from '../store/members.js';
import type { Gate } from './gate.js';
import { storedEvents } from './stored.js';

/** How often the store is asked what is new: while the bus is down, and while it is up, when little should be found. */
const DOWN_MS = 1000;
const UP_MS = 5000;
/** Of an event's time before its transaction ends, and clocks of servers that differ, in microseconds. */
const OVERLAP = 10_000_000;
/** Of events read at once. */
const LIMIT = 10_000;

/**
 * Reads from the store what did not arrive from other servers. The bus may lose anything at any time; what is stored is
 * told all the same.
 */
export class CatchUp {
  #deps: Deps;
  #gate: Gate;
  #up: () => boolean;
  #since: number;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #closed = false;
  #askedAt = 0;

  constructor(deps: Deps, gate: Gate, up: () => boolean) {
    this.#deps = deps;
    this.#gate = gate;
    this.#up = up;
    this.#since = deps.clock.now();
  }

  start(): void {
    this.#timer = setInterval(() => {
      const due = this.#up() ? UP_MS : DOWN_MS;
      if (performance.now() - this.#askedAt >= due - 50) this.look();
    }, DOWN_MS / 4);
  }

  /** Looks now. */
  look(): void {
    this.#askedAt = performance.now();
    this.#work = this.#work
      .then(() => this.#read())
      .catch((error: unknown) => {
        // That the store is away has been said once.
        if (this.#deps.store.reachable()) this.#deps.report('Reading what other servers wrote failed', error);
      });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#work;
  }

  async #read(): Promise<void> {
    if (this.#closed) return;
    const rows = await placesSince(this.#deps.db, this.#since - OVERLAP, LIMIT);
    const missed = new Map<string, number[]>();
    for (const { cid, seq, created_at: at } of rows) {
      this.#since = Math.max(this.#since, at);
      if (this.#gate.has(cid, seq)) continue;
      const seqs = missed.get(cid);
      if (seqs) seqs.push(seq);
      else missed.set(cid, [seq]);
    }
    for (const [cid, seqs] of missed) await this.#tell(cid, seqs);
  }

  async #tell(cid: string, seqs: number[]): Promise<void> {
    const { hub, db } = this.#deps;
    const newest = Math.max(...seqs);
    if (hub.isWatched(cid)) return this.#gate.expect(cid, newest);
    // Nobody watches it here, so only its members may have something to be told of.
    const members = await memberIds(db, cid);
    if (!members.some((userId) => hub.connected(userId))) return;
    const events = await storedEvents(this.#deps, cid, Math.min(...seqs), newest);
    for (const delivery of events)
      if (!this.#gate.has(cid, delivery.event.seq)) await this.#gate.offer(delivery);
  }
}
