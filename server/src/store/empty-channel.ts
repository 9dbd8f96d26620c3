import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import { recountUnread } from './reads.js';
import type { ChannelRow, Db } from './schema.js';

/** Removes a channel's messages up to `until`, with all that hangs on them. */
export async function truncate(db: Db, cid: string, until: Micros, now: Micros): Promise<ChannelRow> {
  await db.deleteFrom('messages').where('cid', '=', cid).where('created_at', '<=', until).execute();
  // Replies whose parents are gone stand nowhere.
  await sql`delete from messages where cid = ${cid} and parent_id is not null
    and not exists (select 1 from messages p where p.id = messages.parent_id)`.execute(db);
  await sql`delete from drafts where cid = ${cid} and parent_id <> ''
    and not exists (select 1 from messages p where p.id = drafts.parent_id)`.execute(db);
  await recountUnread(db, cid);
  return db
    .updateTable('channels')
    .set((eb) => ({
      truncated_at: until,
      updated_at: now,
      last_message_at: eb
        .selectFrom('messages')
        .whereRef('messages.cid', '=', 'channels.cid')
        .where(sql<boolean>`(messages.parent_id is null or messages.show_in_channel)`)
        .where('messages.type', '!=', 'system')
        .select((max) => max.fn.max('messages.created_at').as('at')),
    }))
    .where('cid', '=', cid)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Removes all of a channel but the numbers that a channel made anew under its id goes on with. */
export async function wipe(db: Db, cid: string, now: Micros): Promise<ChannelRow> {
  for (const table of ['messages', 'drafts', 'members', 'events'] as const)
    await db.deleteFrom(table).where('cid', '=', cid).execute();
  return db
    .updateTable('channels')
    .set({
      data: '{}',
      member_count: 0,
      last_message_at: null,
      deleted_at: now,
      updated_at: now,
      last_event_at: sql<number>`greatest(last_event_at, cast(${now} as bigint))`,
    })
    .where('cid', '=', cid)
    .returningAll()
    .executeTakeFirstOrThrow();
}
