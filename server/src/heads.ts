import type { Micros } from './clock.js';

/**
 * The number of the newest event of each channel in which something happened lately. Heartbeats name them, so
 * that a client notices the loss of a frame after which its channel went quiet.
 */
export class Heads {
  #keep: Micros;
  /** In the order in which they were noted, the oldest first. */
  #recent = new Map<string, { seq: number; at: Micros }>();

  /** @param keep - How long a head is named after its event. */
  constructor(keep: Micros) {
    this.#keep = keep;
  }

  /** Event `seq` of the channel has been told. */
  note(cid: string, seq: number, now: Micros): void {
    const known = this.#recent.get(cid)?.seq ?? 0;
    this.#recent.delete(cid);
    this.#recent.set(cid, { seq: Math.max(seq, known), at: now });
    this.#forget(now);
  }

  /** The heads of those of `cids` that were noted lately; undefined when there is none. */
  of(cids: ReadonlySet<string>, now: Micros): Record<string, number> | undefined {
    this.#forget(now);
    const fewer = cids.size < this.#recent.size ? cids : this.#recent.keys();
    const heads: Record<string, number> = {};
    let found = false;
    for (const cid of fewer) {
      const head = cids.has(cid) ? this.#recent.get(cid) : undefined;
      if (!head) continue;
      heads[cid] = head.seq;
      found = true;
    }
    return found ? heads : undefined;
  }

  #forget(now: Micros): void {
    for (const [cid, { at }] of this.#recent) {
      if (at >= now - this.#keep) return;
      this.#recent.delete(cid);
    }
  }
}
