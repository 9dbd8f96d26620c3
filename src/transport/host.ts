/** What a page says of itself and its network. */
export type PageSignal = 'online' | 'offline' | 'visible' | 'hidden';

/** Everything this folder takes from its surroundings, so that tests can bring their own. */
export interface Host {
  /** The local clock, in milliseconds since 1970. */
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
  /** From 0 up to, but not including, 1. */
  random(): number;
  /** Undefined where there is none, as in Node 20. */
  WebSocket: typeof WebSocket | undefined;
  XMLHttpRequest: typeof XMLHttpRequest | undefined;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** False when the browser knows that it has no network; true where nobody knows. */
  online(): boolean;
  /** True where nobody knows. */
  visible(): boolean;
  /** Calls `listener` at every signal of the page; there are none outside a browser. Returns its own undo. */
  onSignal(listener: (signal: PageSignal) => void): () => void;
}

/** The real surroundings, some of them replaced. The one place of this folder that reads globals. */
export function browserHost(overrides: Partial<Host> = {}): Host {
  const page = globalThis as Partial<typeof globalThis>;
  return {
    now: () => Date.now(),
    setTimeout: (run, ms) => globalThis.setTimeout(run, ms),
    clearTimeout: (id) => globalThis.clearTimeout(id as number),
    random: () => Math.random(),
    WebSocket: page.WebSocket,
    XMLHttpRequest: page.XMLHttpRequest,
    fetch: (url, init) => globalThis.fetch(url, init),
    online: () => page.navigator?.onLine !== false,
    visible: () => page.document?.visibilityState !== 'hidden',
    onSignal: listenToPage,
    ...overrides,
  };
}

function listenToPage(listener: (signal: PageSignal) => void): () => void {
  const page = globalThis as Partial<typeof globalThis>;
  const { document } = page;
  const ended = new AbortController();
  const { signal } = ended;
  page.addEventListener?.('online', () => listener('online'), { signal });
  page.addEventListener?.('offline', () => listener('offline'), { signal });
  document?.addEventListener(
    'visibilitychange',
    () => listener(document.visibilityState === 'hidden' ? 'hidden' : 'visible'),
    { signal },
  );
  return () => ended.abort();
}

/** A random UUID (version 4). `crypto.randomUUID` is missing on pages that are not served over https. */
export function uuid(
  source: Pick<Crypto, 'getRandomValues'> & Partial<Pick<Crypto, 'randomUUID'>> = globalThis.crypto,
): string {
  if (source.randomUUID) return source.randomUUID();
  // RFC 9562 §5.4: "4" is the version; "8" stands for the variant's two bits, the rest of it is random.
  const nibbles = source.getRandomValues(new Uint8Array(32));
  let at = 0;
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/[x8]/g, (place) => {
    const nibble = nibbles[at++] ?? 0;
    return (place === 'x' ? nibble & 15 : (nibble & 3) | 8).toString(16);
  });
}
