import type { Host } from './host.js';
import type { ConnectionTimers } from './options.js';

/** A link that held for this long was good: the backoff starts over after it. */
const STEADY_MS = 10_000;
/** Links that worked and broke at once, in a row, before they are retried ever slower as well. */
const FLAPS = 30;

/**
 * How long to wait after the first failure (0), the second (1) and so on, with full jitter: longer each time.
 * In a hidden tab even the first is long, since most tabs are hidden: a crash must not bring them all back at once.
 */
export function backoffMs(failures: number, host: Host, maxMs: number): number {
  const [least, most] = failures
    ? [250, Math.min(maxMs, 500 * 2 ** failures)]
    : [0, host.visible() ? 1_000 : 10_000];
  return least + host.random() * (most - least);
}

/** How long to wait before the next round of a connection, by how the last ones went. */
export class Retry {
  #host: Host;
  #maxMs: number;
  /** Rounds that failed since the last link that held. */
  #failures = 0;
  /** Links that were greeted and did not hold, in a row. */
  #flaps = 0;
  #greetedAt: number | undefined;

  constructor(host: Host, maxMs: number) {
    this.#host = host;
    this.#maxMs = maxMs;
  }

  reset(): void {
    this.#failures = this.#flaps = 0;
    this.#greetedAt = undefined;
  }

  /** Whether or not it then lives to be complete: a network that fails often does so in the midst of that, too. */
  greeted(): void {
    this.#greetedAt ??= this.#host.now();
  }

  /** Ever longer while no link comes to be; one that was greeted is followed soon, and so is what comes after it. */
  lostMs(): number {
    const greetedAt = this.#greetedAt;
    if (greetedAt !== undefined && this.#host.now() - greetedAt >= STEADY_MS) this.reset();
    this.#greetedAt = undefined;
    if (greetedAt !== undefined && this.#flaps++ < FLAPS) this.#failures = 0;
    return backoffMs(this.#failures++, this.#host, this.#maxMs);
  }
}

/** Where the best transport has worked before, it is likely back soon. */
const RETURN_MS = 2_000;

/** When a connection that lives on a lesser transport tries the best again: ever less often. */
export class Upgrades {
  #host: Host;
  #timers: ConnectionTimers;
  /** Whether a lesser transport was the last to work here: then the best gets no head start of it. */
  lesser = false;
  #waitMs = 0;
  #at = 0;

  constructor(host: Host, timers: ConnectionTimers) {
    this.#host = host;
    this.#timers = timers;
    this.reset();
  }

  /** A link is there. Where the best transport works, should it go, its return is worth an early look. */
  greeted(isBest: boolean): void {
    this.lesser = !isBest;
    if (isBest) this.#waitMs = RETURN_MS;
  }

  /** Starts over with the shortest wait: the network may have changed. */
  reset(): void {
    this.#waitMs = this.#timers.upgradeMs;
  }

  /** Plans the next try, with jitter. */
  plan(): void {
    const { upgradeMs, maxUpgradeMs } = this.#timers;
    this.#at = this.#host.now() + this.#waitMs * (0.75 + this.#host.random() / 2);
    this.#waitMs = Math.min(maxUpgradeMs, Math.max(upgradeMs, this.#waitMs * 2));
  }

  /** From now to the planned try. Never less than nothing: a timer set in the past would seem to have slept. */
  get inMs(): number {
    return Math.max(0, this.#at - this.#host.now());
  }
}
