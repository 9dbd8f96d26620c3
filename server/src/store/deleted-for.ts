import type { Micros } from '../clock.js';
import type { Db, MessageRow } from './schema.js';

/** When the user deleted each of the messages for themselves, by message id. */
export async function deletedFor(
  db: Db,
  messageIds: readonly string[],
  userId: string,
): Promise<Map<string, Micros>> {
  if (!messageIds.length) return new Map();
  const rows = await db
    .selectFrom('deleted_for')
    .select(['message_id', 'created_at'])
    .where('message_id', 'in', messageIds)
    .where('user_id', '=', userId)
    .execute();
  return new Map(rows.map((row) => [row.message_id, row.created_at]));
}

/** Deletes the message for the user alone; false when it was before. */
export async function deleteFor(db: Db, row: MessageRow, userId: string, at: Micros): Promise<boolean> {
  const added = await db
    .insertInto('deleted_for')
    .values({ user_id: userId, message_id: row.id, cid: row.cid, created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .returning('message_id')
    .executeTakeFirst();
  return added !== undefined;
}

/** How many messages of the channel the user has deleted for themselves. */
export async function countDeletedFor(db: Db, cid: string, userId: string): Promise<number> {
  const { count } = await db
    .selectFrom('deleted_for')
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count'))
    .where('user_id', '=', userId)
    .where('cid', '=', cid)
    .executeTakeFirstOrThrow();
  return count;
}
