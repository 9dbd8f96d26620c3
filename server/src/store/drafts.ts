import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import type { Json } from '../input.js';
import { readOrder, sliceOf, type Sliced } from './cursor.js';
import { text, time, whereFields } from './fields.js';
import type { Db, DraftRow } from './schema.js';

/** Where a draft belongs: `parentId` is empty for the channel itself. */
export interface DraftPlace {
  userId: string;
  cid: string;
  parentId: string;
}

export function saveDraft(db: Db, place: DraftPlace, message: Json, now: Micros): Promise<DraftRow> {
  const kept = JSON.stringify(message);
  return db
    .insertInto('drafts')
    .values({
      user_id: place.userId,
      cid: place.cid,
      parent_id: place.parentId,
      message: kept,
      created_at: now,
    })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'cid', 'parent_id']).doUpdateSet({ message: kept, created_at: now }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function findDraft(db: Db, { userId, cid, parentId }: DraftPlace): Promise<DraftRow | undefined> {
  return db
    .selectFrom('drafts')
    .selectAll()
    .where('user_id', '=', userId)
    .where('cid', '=', cid)
    .where('parent_id', '=', parentId)
    .executeTakeFirst();
}

/** @returns The draft as it was; undefined when there was none. */
export function dropDraft(db: Db, { userId, cid, parentId }: DraftPlace): Promise<DraftRow | undefined> {
  return db
    .deleteFrom('drafts')
    .where('user_id', '=', userId)
    .where('cid', '=', cid)
    .where('parent_id', '=', parentId)
    .returningAll()
    .executeTakeFirst();
}

/** The user's drafts in the channels themselves, and those in the threads under `parentIds`. */
export async function draftsIn(
  db: Db,
  userId: string,
  cids: readonly string[],
  parentIds: readonly string[] = [''],
): Promise<DraftRow[]> {
  if (!cids.length || !parentIds.length) return [];
  return db
    .selectFrom('drafts')
    .selectAll()
    .where('user_id', '=', userId)
    .where('cid', 'in', cids)
    .where('parent_id', 'in', parentIds)
    .execute();
}

const column = (name: string) => sql.ref(`drafts.${name}`);

/**
 * The user's drafts that match, the newest first unless asked otherwise.
 *
 * @throws {ApiError} 4 for a filter, sort or cursor that the protocol does not know.
 */
export function queryDrafts(
  db: Db,
  userId: string,
  asked: { filter: Json; sort: unknown; limit: number; cursor: string | undefined },
): Promise<Sliced<DraftRow>> {
  const where = whereFields(asked.filter, {
    named: {
      channel_cid: text(column('cid')),
      parent_id: text(column('parent_id')),
      created_at: time(column('created_at')),
    },
  });
  const created = { by: column('created_at'), kind: 'number' } as const;
  const tie = { by: sql`drafts.cid || ' ' || drafts.parent_id`, kind: 'text', direction: 1 } as const;
  const order = readOrder(asked.sort, { created_at: created }, { max: 1, fallback: [{ ...created, direction: -1 }], tie }); // prettier-ignore
  const query = db.selectFrom('drafts').selectAll('drafts').where('user_id', '=', userId).where(where);
  return sliceOf(query, order, asked);
}
