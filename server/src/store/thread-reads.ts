import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import { lockChannel } from './channels.js';
import type { Db, MessageRow, ParticipantRow } from './schema.js';

/** The user has read all replies; undefined when they take no part in the thread. */
export function markThreadRead(
  db: Db,
  parent: MessageRow,
  userId: string,
  now: Micros,
): Promise<ParticipantRow | undefined> {
  return db.transaction().execute(async (trx) => {
    // As for a channel: a reply that came between would be counted as read without being so.
    await lockChannel(trx, parent.cid);
    const newest = await trx
      .selectFrom('messages')
      .select(['id', 'created_at'])
      .where('parent_id', '=', parent.id)
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return trx
      .updateTable('thread_participants')
      .set({
        unread: 0,
        last_read: Math.max(now, newest?.created_at ?? 0),
        last_read_message_id: newest?.id ?? null,
      })
      .where('parent_id', '=', parent.id)
      .where('user_id', '=', userId)
      .returningAll()
      .executeTakeFirst();
  });
}

/** What `markThreadUnread` did. */
export interface ThreadUnread {
  participant: ParticipantRow;
  /** The first reply, which is unread now. */
  first: string | null;
}

/** All replies of others are unread again; undefined when the user takes no part in the thread. */
export function markThreadUnread(
  db: Db,
  parent: MessageRow,
  userId: string,
): Promise<ThreadUnread | undefined> {
  return db.transaction().execute(async (trx) => {
    await lockChannel(trx, parent.cid);
    const replies = trx.selectFrom('messages').where('parent_id', '=', parent.id);
    const first = await replies
      .select(['id', 'created_at'])
      .orderBy('created_at')
      .limit(1)
      .executeTakeFirst();
    const { unread } = await replies
      .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('unread'))
      .where('user_id', '!=', userId)
      .where('silent', '=', false)
      .executeTakeFirstOrThrow();
    const participant = await trx
      .updateTable('thread_participants')
      .set({
        unread,
        last_read: first ? first.created_at - 1 : sql<number>`last_read`,
        last_read_message_id: null,
      })
      .where('parent_id', '=', parent.id)
      .where('user_id', '=', userId)
      .returningAll()
      .executeTakeFirst();
    return participant && { participant, first: first?.id ?? null };
  });
}
