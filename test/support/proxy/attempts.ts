import type { Match, Transport } from './modes.js';

/** One upgrade or request that reached the proxy. */
export interface Attempt {
  /** Counts from 1. */
  n: number;
  /** When, in ms since 1970. */
  at: number;
  transport: Transport;
  method: string;
  /** With no more of the query than `ack`, `close` and `connection_id`: the rest may hold secrets. */
  path: string;
  /** The mode or fault that it met, e.g. `hang`, `cut` or `answer 429`. */
  met: string;
  /** Of the answer, once its head has come from the server. */
  status?: number;
}

export interface NextOptions extends Match {
  /** Takes an attempt after that number too, if there has been one already. Default: from now on. */
  since?: number;
  /** Gives up after that time. Default 30,000. */
  withinMs?: number;
}

interface Waiter {
  options: NextOptions;
  settle(attempt: Attempt | Error): void;
}

const SHOWN_PARAMETERS = ['ack', 'close', 'connection_id'];

/** The log of a proxy, and who waits for its next lines. */
export class Attempts {
  readonly all: Attempt[] = [];
  #targets: string[] = [];
  #waiters = new Set<Waiter>();

  add(seen: { transport: Transport; method: string; target: string; met: string }): Attempt {
    const { transport, method, target, met } = seen;
    const n = this.all.length + 1;
    const attempt: Attempt = { n, at: Date.now(), transport, method, path: shownPath(target), met };
    this.all.push(attempt);
    this.#targets.push(target);
    for (const waiter of this.#waiters)
      if (matches(waiter.options, { transport, method, target })) waiter.settle(attempt);
    return attempt;
  }

  /** Resolves with the next attempt that matches. @throws {Error} When none comes in time. */
  next(options: NextOptions): Promise<Attempt> {
    const { since = this.all.length, withinMs = 30_000 } = options;
    const known = this.all.find(
      (attempt, i) =>
        attempt.n > since && matches(options, { ...attempt, target: this.#targets[i] ?? attempt.path }),
    );
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const settle = (result: Attempt | Error) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      const waiter: Waiter = { options, settle };
      const timer = setTimeout(() => settle(this.#absence(options, since)), withinMs);
      this.#waiters.add(waiter);
    });
  }

  close(): void {
    for (const waiter of this.#waiters) waiter.settle(new Error('The proxy was closed while it was asked.'));
  }

  #absence({ withinMs = 30_000, ...options }: NextOptions, since: number): Error {
    const came = this.all.slice(since).map(({ method, path, met }) => `${method} ${path} (${met})`);
    return new Error(
      `No attempt like ${JSON.stringify(options)} within ${withinMs} ms; there came: ${came.join(', ') || 'none'}.`,
    );
  }
}

/** Whether a request is one that `match` means. */
export function matches(
  { transport, method, path }: Match,
  request: { transport: Transport; method: string; target: string },
): boolean {
  if (transport && transport !== request.transport) return false;
  if (method ? method.toUpperCase() !== request.method : request.method === 'OPTIONS') return false;
  return path === undefined || new RegExp(path).test(request.target);
}

function shownPath(target: string): string {
  const { pathname, searchParams } = new URL(target, 'http://proxy');
  const shown = SHOWN_PARAMETERS.flatMap((name) =>
    searchParams.has(name) ? [`${name}=${searchParams.get(name)}`] : [],
  );
  return shown.length ? `${pathname}?${shown.join('&')}` : pathname;
}
