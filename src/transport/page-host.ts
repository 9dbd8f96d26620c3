import type { Host } from './host.js';

/**
 * What a page says of itself and its network. `suspend`: it is put aside, frozen or for the back button;
 * `resume`: it is back. `network`: another way out (Wi-Fi to cellular), in browsers that tell.
 */
export type PageSignal = 'online' | 'offline' | 'visible' | 'hidden' | 'suspend' | 'resume' | 'network';

/** Which events of a page say so. */
const SIGNALS: Readonly<Record<string, PageSignal>> = {
  pagehide: 'suspend',
  freeze: 'suspend',
  pageshow: 'resume',
  resume: 'resume',
  change: 'network',
};

/** What a lasting connection takes from its surroundings besides. */
export interface PageHost extends Host {
  /** By which tabs agree who does something for all; undefined where there are none. */
  locks: LockManager | undefined;
  BroadcastChannel: typeof BroadcastChannel | undefined;
  /** What a page keeps for as long as its tab lives; undefined where there is none. May throw where it is denied. */
  storage(): Storage | undefined;
  /** Where messages outlive their page; undefined where nothing does. */
  indexedDB: IDBFactory | undefined;
  /** Calls `listener` at every signal of the page; there are none outside a browser. Returns its own undo. */
  onSignal(listener: (signal: PageSignal) => void): () => void;
}

/** `host` with all that it does not bring itself. */
export function pageHost(host: Host): PageHost {
  const page = globalThis as Partial<typeof globalThis>;
  return {
    locks: page.navigator?.locks,
    BroadcastChannel: page.BroadcastChannel,
    storage: () => page.sessionStorage,
    indexedDB: page.indexedDB,
    onSignal(listener) {
      const ended = new AbortController();
      const tell = ({ type }: Event) =>
        listener(
          SIGNALS[type] ??
            (type.startsWith('o') ? (type as PageSignal) : host.visible() ? 'visible' : 'hidden'),
        );
      const options = { signal: ended.signal, capture: true };
      for (const type of [
        'online',
        'offline',
        'visibilitychange',
        'pagehide',
        'pageshow',
        'freeze',
        'resume',
      ])
        page.addEventListener?.(type, tell, options);
      const { connection } = (page.navigator ?? {}) as { connection?: EventTarget };
      connection?.addEventListener('change', tell, options);
      return () => ended.abort();
    },
    ...host,
  };
}
