/** What a first connection takes from its surroundings, so that tests can bring their own. */
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
}

/** The real surroundings, some of them replaced. Only this file and `page-host.ts` read globals in this folder. */
export function browserHost(overrides?: Partial<Host>): Host {
  const page = globalThis as Partial<typeof globalThis>;
  const { WebSocket, XMLHttpRequest } = page;
  return {
    now: () => Date.now(),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (id) => clearTimeout(id as number),
    random: Math.random,
    WebSocket,
    XMLHttpRequest,
    fetch: (url, init) => fetch(url, init),
    online: () => page.navigator?.onLine !== false,
    visible: () => page.document?.visibilityState !== 'hidden',
    ...overrides,
  };
}

/** A random UUID (version 4). `crypto.randomUUID` would be missing on pages that are not served over https. */
export function uuid(): string {
  // RFC 9562 §5.4: "4" is the version, "8" one of the variant's four values; 120 random bits are plenty.
  const random = crypto.getRandomValues(new Uint8Array(36));
  const nibble = (_: string, at: number) => ((random[at] ?? 0) & 15).toString(16);
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, nibble);
}
