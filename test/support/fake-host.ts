import type { Host } from '../../src/transport/host.js';
import type { PageHost, PageSignal } from '../../src/transport/page-host.js';

interface Timer {
  id: number;
  at: number;
  run: () => void;
}

/** A host whose clock, chance and page are in the test's hand. Time moves only in `tick`. */
export class FakeHost implements PageHost {
  WebSocket: Host['WebSocket'] = undefined;
  XMLHttpRequest: Host['XMLHttpRequest'] = undefined;
  locks: PageHost['locks'] = undefined;
  BroadcastChannel: PageHost['BroadcastChannel'] = undefined;
  indexedDB: PageHost['indexedDB'] = undefined;
  storage: PageHost['storage'] = () => undefined;
  fetch: Host['fetch'] = () => Promise.reject(new TypeError('no network in this test'));
  /** What `random` gives. */
  chance = 0.5;
  isOnline = true;
  isVisible = true;
  #now = 1_000_000;
  #timers: Timer[] = [];
  #ids = 0;
  #listeners = new Set<(signal: PageSignal) => void>();

  now = (): number => this.#now;
  random = (): number => this.chance;
  online = (): boolean => this.isOnline;
  visible = (): boolean => this.isVisible;

  setTimeout = (run: () => void, ms: number): unknown => {
    this.#timers.push({ id: ++this.#ids, at: this.#now + ms, run });
    return this.#ids;
  };

  clearTimeout = (id: unknown): void => {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  };

  onSignal = (listener: (signal: PageSignal) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get timers(): number {
    return this.#timers.length;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Milliseconds until each pending timer, soonest first. */
  get pending(): number[] {
    return this.#timers.map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  signal(signal: PageSignal): void {
    if (signal === 'online' || signal === 'offline') this.isOnline = signal === 'online';
    else if (signal === 'visible' || signal === 'hidden') this.isVisible = signal === 'visible';
    for (const listener of [...this.#listeners]) listener(signal);
  }

  /** Moves the clock, running what comes due on the way, in order. */
  tick(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.clearTimeout(next.id);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }

  /** The machine sleeps: time passes, and what came due meanwhile runs only after it, each once. */
  sleep(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at || a.id - b.id);
    for (const timer of due) {
      if (!this.#timers.includes(timer)) continue; // cleared by one before it
      this.clearTimeout(timer.id);
      timer.run();
    }
  }

  #due(end: number): Timer | undefined {
    return this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
  }
}

/** Lets promises that are settled already run all that follows from them. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
