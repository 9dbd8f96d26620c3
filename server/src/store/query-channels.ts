import { sql, type RawBuilder } from 'kysely';
import type { Micros } from '../clock.js';
import { badInput, shown } from '../errors.js';
import { asList, isObject, type Json } from '../input.js';
import { ChannelFilter } from './filter.js';
import type { ChannelRow, Db } from './schema.js';

/** Of sort entries (protocol.md §7.2). */
const MAX_SORT = 5;

export interface ChannelQuery {
  filter: Json;
  /** As the client sent it: a list of `{field, direction}`. */
  sort: unknown;
  limit: number;
  offset: number;
}

/**
 * The channels that match and that `userId` may read.
 *
 * @throws {ApiError} 4 for a filter or sort that the protocol does not know.
 */
export function queryChannels(
  db: Db,
  userId: string,
  query: ChannelQuery,
  now: Micros,
): Promise<ChannelRow[]> {
  const order = readSort(query.sort, userId);
  return db
    .selectFrom('channels')
    .selectAll()
    .where((eb) => new ChannelFilter(userId, now).where(eb, query.filter))
    .orderBy(sql.join([...order, sql`channels.cid`]))
    .limit(query.limit)
    .offset(query.offset)
    .execute();
}

function readSort(value: unknown, userId: string): RawBuilder<unknown>[] {
  const entries = asList(value, 'sort', MAX_SORT);
  if (!entries.length) return [sql`${fieldOf('last_updated', userId)} desc nulls last`];
  return entries.map((entry) => {
    const { field, direction = 1 } = isObject(entry) ? entry : {};
    if (typeof field !== 'string' || (direction !== 1 && direction !== -1))
      throw badInput(`sort must hold {field, direction: 1 or -1}; got ${shown(entry)}`);
    return sql`${fieldOf(field, userId)} ${sql.raw(direction === 1 ? 'asc' : 'desc')} nulls last`;
  });
}

function fieldOf(field: string, userId: string): RawBuilder<unknown> {
  switch (field) {
    case 'last_updated':
      return sql`coalesce(channels.last_message_at, channels.created_at)`;
    case 'last_message_at':
    case 'updated_at':
    case 'created_at':
    case 'member_count':
    case 'cid':
      return sql.ref(`channels.${field}`);
    case 'unread_count':
      return unreadOf(userId);
    case 'has_unread':
      return sql`(${unreadOf(userId)} > 0)`;
    case 'pinned_at':
      return sql`(select pinned_at from members where members.cid = channels.cid and members.user_id = ${userId})`;
    default:
      return sql`(channels.data -> cast(${field} as text))`;
  }
}

function unreadOf(userId: string): RawBuilder<unknown> {
  return sql`coalesce((select unread from members where members.cid = channels.cid and members.user_id = ${userId}), 0)`;
}
