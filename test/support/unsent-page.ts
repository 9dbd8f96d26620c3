import { waitUntil } from '@open-wc/testing';
import type { UnsentStore as Store } from '../../src/client/later/unsent.js';
import { unsent } from '../../src/client/later/parts.js';
import { browserHost, uuid } from '../../src/transport/host.js';
import { pageHost, type PageHost, type PageSignal } from '../../src/transport/page-host.js';

/** The surroundings of one page: its storage and locks are the browser's, clock and signals the test's. */
export class UnsentPage {
  clock = 1_000_000_000_000;
  #listeners = new Set<(signal: PageSignal) => void>();
  readonly host: PageHost;

  constructor(overrides: Partial<PageHost> = {}) {
    this.host = {
      ...pageHost(browserHost({ now: () => this.clock })),
      onSignal: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      ...overrides,
    };
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  signal(signal: PageSignal): void {
    for (const listener of [...this.#listeners]) listener(signal);
  }
}

/** Stores of one scope that no other test knows, wiped in the end. */
export class UnsentScope {
  readonly scope = uuid();
  #opened: Store[] = [];

  async open(page: UnsentPage = new UnsentPage()): Promise<Store> {
    const { UnsentStore } = await unsent.load();
    const store = await UnsentStore.open(this.scope, page.host);
    this.#opened.push(store);
    return store;
  }

  /** As a page does that ends while it makes its database: there is one, without anything in it. */
  leaveHalfMade(): Promise<void> {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(`chat-session ${this.scope}`);
      opening.onerror = () => reject(new Error('the database does not open'));
      opening.onsuccess = () => {
        opening.result.close();
        resolve();
      };
    });
  }

  /** Waits until so many locks of this scope are held: the browser gives and takes them in its own time. */
  locks(count: number): Promise<void> {
    return locksOf(this.scope, count);
  }

  async wipe(): Promise<void> {
    for (const store of this.#opened) await store.close(true);
  }
}

/** Waits until so many locks are held whose name contains `part`. */
export function locksOf(part: string, count: number): Promise<void> {
  const counted = async () => {
    const { held = [] } = await navigator.locks.query();
    return held.filter(({ name }) => name?.includes(part)).length === count;
  };
  return waitUntil(counted, `never ${count} locks`, { timeout: 9000 });
}

/** The browser denies storage while `run` runs: `open` throws, or says nothing for ever. */
export async function denying(how: 'throws' | 'hangs', run: () => Promise<unknown>): Promise<void> {
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = () => {
    if (how === 'throws') throw new DOMException('denied', 'SecurityError');
    return new EventTarget() as IDBOpenDBRequest;
  };
  try {
    await run();
  } finally {
    IDBFactory.prototype.open = open;
  }
}
