/** The delays of `backoff`, in milliseconds. */
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

/**
 * How long to wait before the next attempt, with full jitter.
 *
 * @param failures - Attempts that failed or connections lost before this one, since the last steady one.
 */
export function backoff(failures: number, visible: boolean, random: number, timers: BackoffTimers): number {
  if (failures === 0) return random * (visible ? timers.firstRetryMs : timers.firstRetryHiddenMs);
  const { minRetryMs } = timers;
  const most = Math.min(timers.maxRetryMs, timers.retryBaseMs * 2 ** failures);
  return minRetryMs + random * (most - minRetryMs);
}
