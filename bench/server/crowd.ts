import { setTimeout as delay } from 'node:timers/promises';
import { inParallel } from '../statistics.js';
import { Hearer } from './hearer.js';
import { Person, type Address } from './target.js';

/** How many connect at the same time where the time is not what is measured. */
const AT_ONCE = 32;

const USERS = 500;
const PING_MS = 30_000;

/** Many connections, and the rooms that they hear. */
export class Crowd {
  readonly hearers: Hearer[] = [];
  #pinging = setInterval(() => this.#ping(), PING_MS);

  /** @param urls - Each of a WebSocket. Those of the protocol are pinged. */
  static async open(urls: readonly string[]): Promise<Crowd> {
    const crowd = new Crowd();
    const opened = await inParallel(urls.length, AT_ONCE, (index) => Hearer.open(urls[index] ?? ''));
    crowd.hearers.push(...opened.map(([hearer]) => hearer));
    return crowd;
  }

  /**
   * Watchers of channels. Users have several connections, as with tabs: making users is not what is measured.
   *
   * @param targets - They connect to these in turn.
   */
  static async watching(targets: readonly Address[], cids: readonly string[], each: number): Promise<Crowd> {
    const crowd = new Crowd();
    const total = cids.length * each;
    await inParallel(total, AT_ONCE, async (index) => {
      const target = targets[index % targets.length] as Address;
      const person = await Person.of(`watcher-${index % USERS}`);
      const [hearer, greeting] = await Hearer.open(person.socketUrl(target));
      const { connection_id: id } = JSON.parse(greeting) as { connection_id: string };
      const path = `/channels/${cids[Math.floor(index / each)]?.replace(':', '/')}/query`;
      await person.ask(target, path, { watch: true, state: false }, { connection_id: id });
      crowd.hearers.push(hearer);
    });
    return crowd;
  }

  get heard(): number {
    return this.hearers.reduce((sum, hearer) => sum + hearer.heard, 0);
  }

  forget(): void {
    for (const hearer of this.hearers) hearer.heard = 0;
  }

  /** Resolves once they have heard so many frames together. @throws {Error} After a minute without that. */
  async heardAll(count: number): Promise<void> {
    const limit = performance.now() + 60_000;
    while (this.heard < count) {
      if (performance.now() > limit) throw new Error(`Of ${count} frames ${this.heard} arrived.`);
      await delay(2);
    }
  }

  #ping(): void {
    for (const hearer of this.hearers) hearer.ping();
  }

  close(): void {
    clearInterval(this.#pinging);
    for (const hearer of this.hearers) hearer.close();
  }
}
