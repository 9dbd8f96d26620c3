import type { Host } from './host.js';

/** The delays of `Backoff`, in milliseconds. */
export interface BackoffTimers {
  /** The first retry starts within this; default 1000. */
  firstRetryMs: number;
  /** The same in a hidden tab; default 10000: most tabs are hidden, and a crash must not bring all back at once. */
  firstRetryHiddenMs: number;
  /** No later retry starts sooner; default 250. */
  minRetryMs: number;
  /** Doubled at every failure; default 500. */
  retryBaseMs: number;
  /** No retry starts later; default 30000. */
  maxRetryMs: number;
}

/** Says how long to wait before the next attempt: longer after each failure, with full jitter. */
export class Backoff {
  #host: Host;
  #timers: BackoffTimers;
  #failures = 0;

  constructor(host: Host, timers: BackoffTimers) {
    this.#host = host;
    this.#timers = timers;
  }

  /** Counts one more failure and gives the wait after it, in milliseconds. */
  next(): number {
    const { firstRetryMs, firstRetryHiddenMs, minRetryMs, retryBaseMs, maxRetryMs } = this.#timers;
    const failures = this.#failures++;
    const random = this.#host.random();
    if (failures === 0) return random * (this.#host.visible() ? firstRetryMs : firstRetryHiddenMs);
    const most = Math.min(maxRetryMs, retryBaseMs * 2 ** failures);
    return minRetryMs + random * (most - minRetryMs);
  }

  /** After success: the next failure is the first again. */
  reset(): void {
    this.#failures = 0;
  }
}
