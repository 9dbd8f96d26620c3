import { randomUUID } from 'node:crypto';
import type { Store } from './open.js';

/**
 * The name of this history of events. Numbers of another epoch say nothing: a new store begins a new one, and so
 * does one put back from a backup, which counts again over numbers that clients have seen.
 */
export async function loadEpoch({ db, place }: Store): Promise<string> {
  const known = await db.selectFrom('store').selectAll().executeTakeFirst();
  if (known?.place === place) return known.epoch;
  const epoch = randomUUID();
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('store').execute();
    await trx.insertInto('store').values({ epoch, place }).execute();
  });
  return epoch;
}
