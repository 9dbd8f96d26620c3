import type { Micros } from '../clock.js';
import type { Json } from '../input.js';
import type { Db, FlagRow } from './schema.js';

export interface NewFlag {
  userId: string;
  kind: FlagRow['kind'];
  targetId: string;
  reason: string;
  custom: Json;
}

/** Undefined when the user has flagged it already. */
export function insertFlag(db: Db, flag: NewFlag, now: Micros): Promise<FlagRow | undefined> {
  return db
    .insertInto('flags')
    .values({
      user_id: flag.userId,
      kind: flag.kind,
      target_id: flag.targetId,
      reason: flag.reason,
      custom: JSON.stringify(flag.custom),
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Undefined when there was none. */
export function deleteFlag(
  db: Db,
  flag: Pick<NewFlag, 'userId' | 'kind' | 'targetId'>,
): Promise<FlagRow | undefined> {
  return db
    .deleteFrom('flags')
    .where('user_id', '=', flag.userId)
    .where('kind', '=', flag.kind)
    .where('target_id', '=', flag.targetId)
    .returningAll()
    .executeTakeFirst();
}
