import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import { OPEN_TYPES } from '../channel-types.js';
import type { Micros } from '../clock.js';
import type { Json } from '../input.js';
import type { Database, Db, MessageRow, ParticipantRow, ThreadRow } from './schema.js';

/** What of a reply concerns its thread: who is told of it, and with how many unread replies. */
export interface Heard {
  userId: string;
  unread: number;
}

/**
 * Takes a reply into its thread: the thread, its participants, and what they have not read.
 *
 * @param mentioned - Members who take part from now on.
 * @param reads - Whether the channel's type has read state.
 */
export async function noteReply(
  db: Db,
  parent: MessageRow,
  reply: MessageRow,
  mentioned: readonly string[],
  reads: boolean,
): Promise<void> {
  const at = reply.created_at;
  await db
    .insertInto('threads')
    .values({
      parent_id: parent.id,
      cid: parent.cid,
      created_by: parent.user_id,
      created_at: at,
      updated_at: at,
      last_message_at: at,
    })
    .onConflict((conflict) =>
      conflict.column('parent_id').doUpdateSet({ last_message_at: at, updated_at: at }),
    )
    .execute();
  await join(db, parent.id, [...new Set([reply.user_id, parent.user_id, ...mentioned])], at);
  const own = sql<boolean>`user_id = ${reply.user_id}`;
  const step = reply.silent || !reads ? 0 : 1;
  await db
    .updateTable('thread_participants')
    .set({
      unread: sql<number>`case when ${own} then 0 else unread + ${sql.lit(step)} end`,
      last_read: sql<number>`case when ${own} then cast(${at} as bigint) else last_read end`,
      last_read_message_id: sql<string>`case when ${own} then ${reply.id} else last_read_message_id end`,
      last_message_at: sql<number>`case when ${own} then cast(${at} as bigint) else last_message_at end`,
    })
    .where('parent_id', '=', parent.id)
    .execute();
}

/** Makes users take part in a thread from the reply at `at` on: it is the first that they have not read. */
async function join(db: Db, parentId: string, userIds: readonly string[], at: Micros): Promise<void> {
  await db
    .insertInto('thread_participants')
    .values(
      userIds.map((userId) => ({
        parent_id: parentId,
        user_id: userId,
        created_at: at,
        last_read: at - 1,
        last_read_message_id: null,
        last_message_at: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Takes a reply that is gone for good out of the unread counts of its thread. */
export async function forgetReply(db: Db, reply: MessageRow): Promise<void> {
  if (reply.parent_id === null || reply.silent) return;
  await db
    .updateTable('thread_participants')
    .set({ unread: sql<number>`greatest(unread - 1, 0)` })
    .where('parent_id', '=', reply.parent_id)
    .where('user_id', '!=', reply.user_id)
    .where('last_read', '<', reply.created_at)
    .execute();
}

export function findThread(db: Db, parentId: string): Promise<ThreadRow | undefined> {
  return db.selectFrom('threads').selectAll().where('parent_id', '=', parentId).executeTakeFirst();
}

export function updateThread(
  db: Db,
  parentId: string,
  change: { title: string; data: Json },
  at: Micros,
): Promise<ThreadRow> {
  return db
    .updateTable('threads')
    .set({ title: change.title, data: JSON.stringify(change.data), updated_at: at })
    .where('parent_id', '=', parentId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Of each thread the first `limit` participants, by how lately they replied; then by when they came. */
export async function participantsOf(
  db: Db,
  parentIds: readonly string[],
  limit: number,
  who: 'all' | 'repliers' = 'all',
): Promise<ParticipantRow[]> {
  if (!parentIds.length || limit === 0) return [];
  return db
    .selectFrom('threads')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('thread_participants')
          .selectAll()
          .whereRef('thread_participants.parent_id', '=', 'threads.parent_id')
          .$if(who === 'repliers', (query) => query.where('last_message_at', 'is not', null))
          .orderBy(sql`last_message_at desc nulls last`)
          .orderBy('created_at')
          .orderBy('user_id')
          .limit(limit)
          .as('p'),
      (join) => join.onTrue(),
    )
    .where('threads.parent_id', 'in', parentIds)
    .selectAll('p')
    .execute();
}

/** How many take part in each thread, and how many of them have replied. */
export async function participantCounts(
  db: Db,
  parentIds: readonly string[],
): Promise<Map<string, { all: number; active: number }>> {
  if (!parentIds.length) return new Map();
  const rows = await db
    .selectFrom('thread_participants')
    .select((eb) => [
      'parent_id',
      eb.cast<number>(eb.fn.countAll(), 'integer').as('all'),
      eb.cast<number>(eb.fn.count('last_message_at'), 'integer').as('active'),
    ])
    .where('parent_id', 'in', parentIds)
    .groupBy('parent_id')
    .execute();
  return new Map(rows.map(({ parent_id, ...counts }) => [parent_id, counts]));
}

/** SQL for "the participant may read the thread's channel": who left it is told nothing more. */
function mayRead(eb: ExpressionBuilder<Database, 'thread_participants' | 'threads'>): Expression<SqlBool> {
  return eb.or([
    eb(sql<string>`split_part(threads.cid, ':', 1)`, 'in', OPEN_TYPES),
    eb.exists(
      eb
        .selectFrom('members')
        .select('members.user_id')
        .whereRef('members.cid', '=', 'threads.cid')
        .whereRef('members.user_id', '=', 'thread_participants.user_id'),
    ),
  ]);
}

/** Who takes part and may still read the channel, with their unread replies. */
export async function hearersOf(db: Db, parentId: string): Promise<Heard[]> {
  return db
    .selectFrom('thread_participants')
    .innerJoin('threads', 'threads.parent_id', 'thread_participants.parent_id')
    .select(['thread_participants.user_id as userId', 'thread_participants.unread'])
    .where('thread_participants.parent_id', '=', parentId)
    .where(mayRead)
    .execute();
}

/** How many threads with unread replies the user has. */
export async function unreadThreads(db: Db, userId: string): Promise<number> {
  const { count } = await db
    .selectFrom('thread_participants')
    .innerJoin('threads', 'threads.parent_id', 'thread_participants.parent_id')
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count'))
    .where('thread_participants.user_id', '=', userId)
    .where('thread_participants.unread', '>', 0)
    .where(mayRead)
    .executeTakeFirstOrThrow();
  return count;
}

/** The user's threads with unread replies, the newest first; at most 100, as the protocol answers. */
export async function unreadThreadsOf(db: Db, userId: string): Promise<ParticipantRow[]> {
  return db
    .selectFrom('thread_participants')
    .innerJoin('threads', 'threads.parent_id', 'thread_participants.parent_id')
    .selectAll('thread_participants')
    .where('thread_participants.user_id', '=', userId)
    .where('thread_participants.unread', '>', 0)
    .where(mayRead)
    .orderBy('threads.last_message_at', 'desc')
    .limit(100)
    .execute();
}
