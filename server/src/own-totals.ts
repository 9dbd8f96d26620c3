import type { Outgoing } from './deliver.js';
import type { Deps } from './deps.js';
import { NOTHING, totalsOf, type Totals } from './store/reads.js';
import type { Db } from './store/schema.js';
import { unreadThreads } from './store/threads.js';

/** Of who has read everything. */
export const NO_TOTALS = { ...NOTHING, unread_threads: 0 };

/** A user's unread messages and threads, as `me` and their own events carry them. */
export async function ownTotals(db: Db, userId: string): Promise<Totals & { unread_threads: number }> {
  const totals = (await totalsOf(db, [userId]))(userId);
  return { ...totals, unread_threads: await unreadThreads(db, userId) };
}

/** To the user's own connections, with their totals: their badges must be right whatever they withhold. */
export function tellOwn(deps: Deps, userId: string, event: Outgoing): Promise<void> {
  return deps.tell({ to: 'user', userId, event, totals: true });
}
