import type { Micros } from '../clock.js';
import type { Db, StandingRow } from './schema.js';

/** The `user_id` that stands for all users. */
export const EVERYBODY = '';

/** Refuses tokens issued before; null takes that back. */
export async function revokeTokens(
  db: Db,
  userId: string,
  before: Micros | null,
  now: Micros,
): Promise<void> {
  const change = { revoked_before: before, changed_at: now };
  await db
    .insertInto('standings')
    .values({ user_id: userId, ...change })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(change))
    .execute();
}

/** The user can no longer connect. */
export async function markDeleted(db: Db, userId: string, now: Micros): Promise<void> {
  const change = { deleted: true, changed_at: now };
  await db
    .insertInto('standings')
    .values({ user_id: userId, revoked_before: null, ...change })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(change))
    .execute();
}

export function standingsSince(db: Db, since: Micros): Promise<StandingRow[]> {
  return db.selectFrom('standings').selectAll().where('changed_at', '>=', since).execute();
}
