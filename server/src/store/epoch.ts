import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Store } from './open.js';

/**
 * The name of this history of events. Numbers of another epoch say nothing: a new store begins a new one, and so
 * does one put back from a backup, which counts again over numbers that clients have seen.
 */
export async function loadEpoch({ db, place }: Store): Promise<string> {
  return db.transaction().execute(async (trx) => {
    // One server after the other: all that share a database have one epoch.
    await sql`lock table store in exclusive mode`.execute(trx);
    const known = await trx.selectFrom('store').selectAll().executeTakeFirst();
    if (known?.place === place) return known.epoch;
    const epoch = randomUUID();
    await trx.deleteFrom('store').execute();
    await trx.insertInto('store').values({ epoch, place }).execute();
    return epoch;
  });
}
