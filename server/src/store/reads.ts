import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import type { Db, MemberRow, MessageRow } from './schema.js';
import { lockChannel } from './channels.js';
import { takesPart } from './members.js';
import { counts } from './messages.js';

/** A user's unread messages over all channels, as events and `me` carry them. */
export interface Totals {
  total_unread_count: number;
  unread_count: number;
  unread_channels: number;
}

export const NOTHING: Totals = { total_unread_count: 0, unread_count: 0, unread_channels: 0 };

/** Moves read states for a new message: its author has read it, for the others it counts. */
export async function noteMessage(db: Db, message: MessageRow): Promise<void> {
  const step = counts(message) ? 1 : 0;
  const own = sql<boolean>`user_id = ${message.user_id}`;
  const at = sql<number>`cast(${message.created_at} as bigint)`;
  await db
    .updateTable('members')
    .set({
      unread: sql<number>`case when ${own} then 0 when ${mutedFor(message)} then unread else unread + ${sql.lit(step)} end`,
      last_read: sql<number>`case when ${own} then ${at} else last_read end`,
      last_read_message_id: sql<string>`case when ${own} then ${message.id} else last_read_message_id end`,
      last_delivered_at: sql<number>`case when ${own} then ${at} else last_delivered_at end`,
      last_delivered_message_id: sql<string>`case when ${own} then ${message.id} else last_delivered_message_id end`,
    })
    .where('cid', '=', message.cid)
    .where(takesPart)
    .execute();
}

/** SQL for "the member wants to hear neither of this channel nor of this author". */
function mutedFor({ user_id: author, created_at: at }: MessageRow) {
  const holds = (end: string) => sql`(${sql.ref(end)} is null or ${sql.ref(end)} > cast(${at} as bigint))`;
  return sql<boolean>`((muted_at is not null and ${holds('mute_expires')}) or exists (select 1 from user_mutes
    where user_mutes.user_id = members.user_id and user_mutes.target_id = ${author} and ${holds('user_mutes.expires')}))`;
}

export interface ReadMark {
  member: MemberRow;
  /** The newest message in the channel; undefined when there is none. */
  newest: { id: string; created_at: Micros } | undefined;
}

/** The user has read everything; undefined when they are no member. */
export function markRead(db: Db, cid: string, userId: string, now: Micros): Promise<ReadMark | undefined> {
  return db.transaction().execute(async (trx) => {
    // A message that came between would be counted as read without being so.
    await lockChannel(trx, cid);
    return readAll(trx, cid, userId, now);
  });
}

async function readAll(db: Db, cid: string, userId: string, now: Micros): Promise<ReadMark | undefined> {
  const newest = await db
    .selectFrom('messages')
    .select(['id', 'created_at'])
    .where('cid', '=', cid)
    .where((eb) => eb.or([eb('parent_id', 'is', null), eb('show_in_channel', '=', true)]))
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const member = await db
    .updateTable('members')
    .set({
      unread: 0,
      // In a burst, message times run ahead of the clock; "read" must not lie before them.
      last_read: Math.max(now, newest?.created_at ?? 0),
      last_read_message_id: newest?.id ?? null,
      // What was read has arrived.
      ...(newest ? { last_delivered_at: newest.created_at, last_delivered_message_id: newest.id } : {}),
    })
    .where('cid', '=', cid)
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst();
  return member && { member, newest };
}

/** What `markUnread` did. */
interface UnreadMark {
  member: MemberRow;
  previous: string | null;
}

/** Unread again from `message` on; undefined when the user is no member. */
export function markUnread(db: Db, message: MessageRow, userId: string): Promise<UnreadMark | undefined> {
  return db.transaction().execute(async (trx) => {
    // As in `markRead`: what is counted here must be what the count is written over.
    await lockChannel(trx, message.cid);
    return unreadFrom(trx, message, userId);
  });
}

async function unreadFrom(db: Db, message: MessageRow, userId: string): Promise<UnreadMark | undefined> {
  const { cid, created_at: at } = message;
  const visible = db
    .selectFrom('messages')
    .where('cid', '=', cid)
    .where(sql<boolean>`(parent_id is null or show_in_channel)`);
  const before = await visible
    .select('id')
    .where('created_at', '<', at)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const { unread } = await visible
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('unread'))
    .where('created_at', '>=', at)
    .where('user_id', '!=', userId)
    .where('silent', '=', false)
    .where('shadowed', '=', false)
    .where('type', '!=', 'system')
    .executeTakeFirstOrThrow();
  const previous = before?.id ?? null;
  const member = await db
    .updateTable('members')
    .set({ unread, last_read: at - 1, last_read_message_id: previous })
    .where('cid', '=', cid)
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst();
  return member && { member, previous };
}

/**
 * Everything up to the message has arrived at the user; undefined when that was known, or they are no member. It never
 * moves back.
 */
export function markDelivered(db: Db, message: MessageRow, userId: string): Promise<MemberRow | undefined> {
  return db
    .updateTable('members')
    .set({ last_delivered_at: message.created_at, last_delivered_message_id: message.id })
    .where('cid', '=', message.cid)
    .where('user_id', '=', userId)
    .where((eb) =>
      eb.or([eb('last_delivered_at', 'is', null), eb('last_delivered_at', '<', message.created_at)]),
    )
    .returningAll()
    .executeTakeFirst();
}

/** Counts anew what each member of a channel has not read, after messages were removed. */
export async function recountUnread(db: Db, cid: string): Promise<void> {
  await db
    .updateTable('members')
    .set({
      unread: sql<number>`least(unread, (select cast(count(*) as integer) from messages m
        where m.cid = members.cid and m.created_at > members.last_read and m.user_id <> members.user_id
        and not m.silent and not m.shadowed and m.type <> 'system' and (m.parent_id is null or m.show_in_channel)))`,
    })
    .where('cid', '=', cid)
    .where('unread', '>', 0)
    .execute();
}

/** The totals of each of `userIds`. */
export async function totalsOf(db: Db, userIds: readonly string[]): Promise<(userId: string) => Totals> {
  if (!userIds.length) return () => NOTHING;
  const rows = await db
    .selectFrom('members')
    .select((eb) => [
      'user_id',
      eb.cast<number>(eb.fn.sum('unread'), 'integer').as('total'),
      eb.cast<number>(eb.fn.countAll(), 'integer').as('channels'),
    ])
    .where('user_id', 'in', userIds)
    .where('unread', '>', 0)
    .groupBy('user_id')
    .execute();
  const found = new Map(
    rows.map(({ user_id, total, channels }) => [
      user_id,
      { total_unread_count: total, unread_count: total, unread_channels: channels },
    ]),
  );
  return (userId) => found.get(userId) ?? NOTHING;
}

/** The user's memberships with something unread, newest first; at most 100, as the protocol answers. */
export async function unreadOf(db: Db, userId: string): Promise<MemberRow[]> {
  return db
    .selectFrom('members')
    .innerJoin('channels', 'channels.cid', 'members.cid')
    .selectAll('members')
    .where('user_id', '=', userId)
    .where('unread', '>', 0)
    .orderBy('channels.last_message_at', 'desc')
    .limit(100)
    .execute();
}
