import type { Deps } from './deps.js';
import { pruneEvents } from './store/replay.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What `/sync` can reach back (protocol.md §7.15), in microseconds. Older events are removed. */
export const MAX_EVENT_AGE = 30 * DAY_MS * 1000;

/** Removes what nobody can ask for any more, now and once a day. @returns Stops it; settles when none is at work. */
export function startHousekeeping({ db, clock, report }: Deps): () => Promise<void> {
  let work = Promise.resolve();
  const clean = () => {
    work = work
      .then(() => pruneEvents(db, clock.now() - MAX_EVENT_AGE))
      .catch((error: unknown) => report('Removing old events failed', error));
  };
  clean();
  const timer = setInterval(clean, DAY_MS);
  return () => {
    clearInterval(timer);
    return work;
  };
}
