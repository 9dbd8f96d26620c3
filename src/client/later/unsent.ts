import { clear, createStore, del, entries, set, type UseStore } from 'idb-keyval';
import { ChatError, type ChatErrorCode } from '../../errors.js';
import { uuid } from '../../transport/host.js';
import type { PageHost } from '../../transport/page-host.js';
import type { LocalMessage } from '../state.js';

/** What could not be sent for so long is not wanted any more (reliability.md §4). */
const KEPT_MS = 7 * 24 * 3_600_000;
/** A browser's storage that has not opened by then counts as denied: some hang for ever. */
const OPEN_LIMIT_MS = 3_000;

/** By name, for as long as the page lives: the library never closes a connection that it has opened. */
const stores = new Map<string, UseStore>();

const TABLE = 'messages';

function storeOf(name: string): UseStore {
  const store = stores.get(name) ?? createStore(name, TABLE);
  stores.set(name, store);
  return store;
}

/**
 * Makes sure that the database has its table. A page that ended while it made the database may have left one without
 * (seen in WebKit), which no later page could use.
 */
function prepare(name: string, version?: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, version);
    opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
    opening.onerror = () => reject(new Error(`IndexedDB does not open: ${opening.error?.name}`));
    opening.onsuccess = () => {
      const { result } = opening;
      const whole = result.objectStoreNames.contains(TABLE);
      result.close();
      resolve(whole ? undefined : prepare(name, result.version + 1));
    };
  });
}

/** One message as it is stored. An error is stored by its parts: a clone of it would lose its code. */
interface Kept {
  message: LocalMessage;
  error: { code: ChatErrorCode; message: string } | undefined;
  /** The page that sends it. */
  owner: string;
  /** Local time in milliseconds, and what tells apart those of the same millisecond. */
  at: number;
  order: number;
}

/**
 * Messages that the server does not have yet, in IndexedDB. Each page holds a lock by the name of an owner for as
 * long as it lives; what belongs to an owner whose lock is free was left behind, and is taken over. Two pages
 * that send the same one do no harm: it has one id.
 */
export class UnsentStore {
  #name: string;
  #host: PageHost;
  #store!: UseStore;
  #owner = uuid();
  #order = 0;
  /** Gives back every lock, by owner. */
  #locks = new Map<string, () => void>();
  /** A lock may come when it is not wanted any more: the page was put aside, or this has ended. */
  #wanted = true;
  #ignorePage: () => void;
  #closed = false;

  private constructor(name: string, host: PageHost) {
    this.#name = name;
    this.#host = host;
    this.#ignorePage = host.onSignal((signal) => {
      // A page that holds locks cannot be put aside for the back button.
      if (signal === 'suspend') this.#unlock();
      else if (signal === 'resume') void this.#relock();
    });
  }

  /**
   * @param scope - Whose messages, towards which server.
   * @throws {Error} When the browser has no storage, denies it, or does not open it within 3 s.
   */
  static async open(scope: string, host: PageHost): Promise<UnsentStore> {
    if (!host.indexedDB) throw new Error('there is no IndexedDB');
    const kept = new UnsentStore(`chat-session ${scope}`, host);
    let timer: unknown;
    const late = new Promise<never>((_, reject) => {
      timer = host.setTimeout(() => reject(new Error('IndexedDB does not open')), OPEN_LIMIT_MS);
    });
    try {
      await Promise.race([kept.#open(), late]);
    } catch (error) {
      stores.delete(kept.#name);
      kept.#ignorePage();
      throw error;
    } finally {
      host.clearTimeout(timer);
    }
    await kept.#lock(kept.#owner);
    return kept;
  }

  async #open(): Promise<void> {
    if (!stores.has(this.#name)) await prepare(this.#name);
    this.#store = storeOf(this.#name);
    await entries(this.#store);
  }

  /** Stores it, or what became of it. */
  async put({ error, ...message }: LocalMessage): Promise<void> {
    if (this.#closed) return;
    const kept: Kept = {
      message,
      error: error && { code: error.code, message: error.message },
      owner: this.#owner,
      at: this.#host.now(),
      order: this.#order++,
    };
    await set(message.id, kept, this.#store);
  }

  async drop(id: string): Promise<void> {
    await del(id, this.#store);
  }

  /** Takes over what no living page sends. @returns Oldest first. */
  async adopt(): Promise<LocalMessage[]> {
    const all = (await entries<string, Kept>(this.#store)).map(([, kept]) => kept);
    const orphans: Kept[] = [];
    for (const owner of new Set(all.map((kept) => kept.owner)))
      if (owner !== this.#owner && (await this.#lock(owner)))
        orphans.push(...all.filter((kept) => kept.owner === owner));
    const oldest = this.#host.now() - KEPT_MS;
    for (const { at, message } of orphans) if (at < oldest) await this.drop(message.id);
    return orphans
      .filter(({ at }) => at >= oldest)
      .sort((a, b) => a.at - b.at || a.order - b.order)
      .map(({ message, error }) =>
        error ? { ...message, error: new ChatError(error.code, error.message) } : message,
      );
  }

  /** @param wipe - Deletes what is stored, of all pages. */
  async close(wipe: boolean): Promise<void> {
    this.#closed = true;
    this.#ignorePage();
    if (wipe) await clear(this.#store).catch(() => undefined);
    this.#unlock();
  }

  /** Resolves to whether the lock is ours from now on. Where there are no locks, each page takes all. */
  async #lock(owner: string): Promise<boolean> {
    const { locks } = this.#host;
    if (!locks) return !this.#locks.has(owner) && Boolean(this.#locks.set(owner, () => undefined));
    if (this.#locks.has(owner)) return false;
    return new Promise((resolve) => {
      const held = (lock: Lock | null) => {
        const ours = lock && this.#wanted;
        resolve(Boolean(ours));
        return ours && new Promise<void>((release) => this.#locks.set(owner, release));
      };
      locks.request(`${this.#name} ${owner}`, { ifAvailable: true }, held).catch(() => resolve(false));
    });
  }

  #relock(): Promise<boolean> {
    this.#wanted = true;
    return this.#lock(this.#owner);
  }

  #unlock(): void {
    this.#wanted = false;
    for (const release of this.#locks.values()) release();
    this.#locks.clear();
  }
}
