import type { Delivery, Outgoing } from '../deliver.js';

/** A delivery with a number: an event that is stored. */
export type Numbered = Delivery & {
  to: 'watchers' | 'channel';
  event: Outgoing & { cid: string; seq: number };
};

export function isNumbered(delivery: Delivery): delivery is Numbered {
  if (delivery.to !== 'watchers' && delivery.to !== 'channel') return false;
  return typeof delivery.event['seq'] === 'number' && typeof delivery.event.cid === 'string';
}

/** What a gate needs of the rest of the server. */
export interface GateHost {
  /** Tells of an event those who are connected here. */
  apply(delivery: Delivery): Promise<void>;
  /** Whether somebody here watches the channel: then order counts. */
  watched(cid: string): boolean;
  /** The stored events from `from` up to `to`, both included, in their order. */
  fetch(cid: string, from: number, to: number): Promise<Numbered[]>;
  /** The channel's newest number. */
  newest(cids: readonly string[]): Promise<Map<string, number>>;
  report(what: string, error: unknown): void;
}

/** How long an event that came early waits for those before it, until they are looked up. */
const HOLD_MS = 250;
const RETRY_MS = 500;
/** Of numbers remembered as told, per channel. */
const RECENT = 256;
/** A channel in which nothing happened for so long is forgotten, if nobody watches it. */
const IDLE_MS = 120_000;

interface Lane {
  /** The newest number told to watchers, with all before it; undefined while that is being looked up. */
  last: number | undefined;
  /** Numbers told here. */
  recent: Set<number>;
  held: Map<number, Numbered>;
  /** The newest number known to exist. */
  known: number;
  timer: NodeJS.Timeout | undefined;
  tail: Promise<void>;
  opening: number;
  at: number;
}

/**
 * Brings the numbered events of each channel into their order, whichever server they come from and however often: what
 * came early waits, what came twice is dropped, and what does not come is read from the store.
 */
export class Gate {
  #host: GateHost;
  #lanes = new Map<string, Lane>();
  #closed = false;

  constructor(host: GateHost) {
    this.#host = host;
  }

  /** Settles when the event was told, or is held back. */
  offer(delivery: Numbered): Promise<void> {
    const { cid, seq } = delivery.event;
    const lane = this.#lane(cid);
    lane.known = Math.max(lane.known, seq);
    if (lane.recent.has(seq) || lane.held.has(seq)) return lane.tail;
    if (lane.last === undefined && lane.opening === 0) lane.last = seq - 1;
    if (lane.last !== undefined && !this.#host.watched(cid)) return this.#tellOutOfOrder(lane, delivery);
    // Its watchers have it in the answer that they began with; other connections of members have not.
    if (lane.last !== undefined && seq <= lane.last) return this.#tell(lane, idleOnly(delivery));
    lane.held.set(seq, delivery);
    this.#drain(cid, lane);
    return lane.tail;
  }

  /** Whether the event was told here, or is about to be. */
  has(cid: string, seq: number): boolean {
    const lane = this.#lanes.get(cid);
    if (!lane) return false;
    if (lane.recent.has(seq) || lane.held.has(seq)) return true;
    return lane.last !== undefined && seq <= lane.last && this.#host.watched(cid);
  }

  /** The event exists, and whoever watches the channel must get it. */
  expect(cid: string, seq: number): void {
    const lane = this.#lane(cid);
    lane.known = Math.max(lane.known, seq);
    lane.last ??= lane.opening === 0 ? seq - 1 : undefined;
    this.#drain(cid, lane);
  }

  /** Somebody is about to watch: until `start`, events wait. */
  open(cids: readonly string[]): void {
    for (const cid of cids) {
      const lane = this.#lane(cid);
      lane.opening++;
      if (!this.#host.watched(cid)) lane.last = undefined;
    }
  }

  /** From here on they hear: what was stored before is in the answer that they get. */
  async start(cids: readonly string[]): Promise<void> {
    const asked = cids.filter((cid) => this.#lane(cid).last === undefined);
    const newest = asked.length
      ? await this.#host.newest(asked).catch((error: unknown) => {
          this.#host.report('Reading where channels stand failed', error);
          return new Map<string, number>();
        })
      : new Map<string, number>();
    for (const cid of cids) {
      const lane = this.#lane(cid);
      lane.opening--;
      lane.last ??= newest.get(cid) ?? Math.max(0, lane.known - lane.held.size);
      for (const [seq, delivery] of lane.held)
        if (seq <= lane.last) {
          lane.held.delete(seq);
          void this.#tell(lane, idleOnly(delivery));
        }
      this.#drain(cid, lane);
    }
  }

  /** Forgets channels in which nothing happens. */
  sweep(): void {
    for (const [cid, lane] of this.#lanes)
      if (
        performance.now() - lane.at > IDLE_MS &&
        !lane.opening &&
        !lane.held.size &&
        !this.#host.watched(cid)
      )
        this.#lanes.delete(cid);
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#lanes.values()) clearTimeout(timer);
  }

  #lane(cid: string): Lane {
    let lane = this.#lanes.get(cid);
    if (!lane) {
      lane = { last: undefined, recent: new Set(), held: new Map(), known: 0, timer: undefined, tail: Promise.resolve(), opening: 0, at: 0 }; // prettier-ignore
      this.#lanes.set(cid, lane);
    }
    lane.at = performance.now();
    return lane;
  }

  #tellOutOfOrder(lane: Lane, delivery: Numbered): Promise<void> {
    lane.last = Math.max(lane.last ?? 0, delivery.event.seq);
    return this.#tell(lane, delivery);
  }

  /** One after the other: counting unread messages takes time. */
  #tell(lane: Lane, delivery: Numbered): Promise<void> {
    lane.recent.add(delivery.event.seq);
    if (lane.recent.size > RECENT) lane.recent.delete(Math.min(...lane.recent));
    lane.tail = lane.tail
      .then(() => this.#host.apply(delivery))
      .catch((error: unknown) => this.#host.report('Telling of an event failed', error));
    return lane.tail;
  }

  #drain(cid: string, lane: Lane): void {
    if (lane.last === undefined) return;
    for (;;) {
      const next = lane.held.get(lane.last + 1);
      if (!next) break;
      lane.held.delete(++lane.last);
      void this.#tell(lane, next);
    }
    if (lane.known <= lane.last) return this.#rest(lane);
    lane.timer ??= setTimeout(() => void this.#lookUp(cid, lane), HOLD_MS);
  }

  #rest(lane: Lane): void {
    clearTimeout(lane.timer);
    lane.timer = undefined;
  }

  async #lookUp(cid: string, lane: Lane): Promise<void> {
    const { last, known } = lane;
    if (this.#closed || last === undefined || known <= last) return this.#rest(lane);
    try {
      const found = await this.#host.fetch(cid, last + 1, known);
      for (const delivery of found)
        if (!lane.held.has(delivery.event.seq)) lane.held.set(delivery.event.seq, delivery);
      // What is not stored any more cannot be told; what is held goes on after it.
      lane.timer = undefined;
      this.#skip(lane, last, known);
      for (const seq of lane.held.keys()) if (seq <= (lane.last ?? 0)) lane.held.delete(seq);
      this.#drain(cid, lane);
    } catch (error) {
      this.#host.report('Reading events that did not arrive failed', error);
      lane.timer = this.#closed ? undefined : setTimeout(() => void this.#lookUp(cid, lane), RETRY_MS);
    }
  }

  #skip(lane: Lane, last: number, known: number): void {
    for (let seq = last + 1; seq <= known && lane.last !== undefined; seq++) {
      const next = lane.held.get(seq);
      if (seq !== lane.last + 1) continue;
      lane.last = seq;
      if (!next) continue;
      lane.held.delete(seq);
      if (!lane.recent.has(seq)) void this.#tell(lane, next);
    }
  }
}

/** For the connections of members that do not watch. */
function idleOnly(delivery: Numbered): Numbered {
  return { ...delivery, idleOnly: true };
}
