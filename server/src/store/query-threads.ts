import { sql } from 'kysely';
import type { Json } from '../input.js';
import { OPEN_TYPES } from '../channel-types.js';
import { readOrder, sliceOf, type Order, type Sliced } from './cursor.js';
import { flag, text, time, whereFields } from './fields.js';
import type { Db, MessageRow, ThreadRow } from './schema.js';
import { visibleTo } from './visible.js';

const column = (name: string) => sql.ref(`threads.${name}`);

const FIELDS = {
  named: {
    channel_cid: text(column('cid')),
    parent_message_id: text(column('parent_id')),
    created_by_user_id: text(column('created_by')),
    created_at: time(column('created_at')),
    updated_at: time(column('updated_at')),
    last_message_at: time(column('last_message_at')),
    // Nothing is disabled here, and there are no teams.
    'channel.disabled': flag(sql`false`),
    'channel.team': text(sql`''`),
  },
};

const takers = sql`(select count(*) from thread_participants t where t.parent_id = threads.parent_id)`;
const active = sql`(select count(t.last_message_at) from thread_participants t where t.parent_id = threads.parent_id)`;
const replies = sql`(select reply_count from messages where messages.id = threads.parent_id)`;

const SORTS: Readonly<Record<string, Omit<Order, 'direction'>>> = {
  active_participant_count: { by: active, kind: 'number' },
  created_at: { by: column('created_at'), kind: 'number' },
  last_message_at: { by: column('last_message_at'), kind: 'number' },
  parent_message_id: { by: column('parent_id'), kind: 'text' },
  participant_count: { by: takers, kind: 'number' },
  reply_count: { by: replies, kind: 'number' },
  updated_at: { by: column('updated_at'), kind: 'number' },
};

/** Of sort entries. */
const MAX_SORT = 5;

/**
 * The threads that the user takes part in, in channels they may read; those with unread replies first, then by the
 * newest reply, unless asked otherwise.
 *
 * @throws {ApiError} 4 for a filter, sort or cursor that the protocol does not know.
 */
export function queryThreads(
  db: Db,
  userId: string,
  asked: { filter: Json; sort: unknown; limit: number; cursor: string | undefined },
): Promise<Sliced<ThreadRow>> {
  const unread = sql`(select case when t.unread > 0 then 1 else 0 end from thread_participants t
    where t.parent_id = threads.parent_id and t.user_id = ${userId})`;
  const order = readOrder(asked.sort, SORTS, {
    max: MAX_SORT,
    fallback: [
      { by: unread, kind: 'number', direction: -1 },
      { by: column('last_message_at'), kind: 'number', direction: -1 },
    ],
    tie: { by: column('parent_id'), kind: 'text', direction: 1 },
  });
  const query = db
    .selectFrom('threads')
    .selectAll('threads')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('thread_participants')
          .select('thread_participants.user_id')
          .whereRef('thread_participants.parent_id', '=', 'threads.parent_id')
          .where('thread_participants.user_id', '=', userId),
      ),
    )
    .where((eb) =>
      eb.or([
        eb(sql<string>`split_part(threads.cid, ':', 1)`, 'in', OPEN_TYPES),
        eb.exists(
          eb
            .selectFrom('members')
            .select('members.user_id')
            .whereRef('members.cid', '=', 'threads.cid')
            .where('members.user_id', '=', userId),
        ),
      ]),
    )
    .where(whereFields(asked.filter, FIELDS));
  return sliceOf(query, order, asked);
}

/** The newest `limit` replies of each thread that the viewer may see; the oldest of them first. */
export async function newestReplies(
  db: Db,
  parentIds: readonly string[],
  limit: number,
  viewer: string,
): Promise<MessageRow[]> {
  if (!parentIds.length || limit === 0) return [];
  const rows = await db
    .selectFrom('threads')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('messages')
          .selectAll()
          .whereRef('messages.parent_id', '=', 'threads.parent_id')
          .where(visibleTo(viewer))
          .orderBy('created_at', 'desc')
          .limit(limit)
          .as('m'),
      (join) => join.onTrue(),
    )
    .where('threads.parent_id', 'in', parentIds)
    .selectAll('m')
    .execute();
  return rows.sort((a, b) => a.created_at - b.created_at);
}
