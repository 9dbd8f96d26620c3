import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import { notFound, shown } from '../errors.js';
import type { Json } from '../input.js';
import type { ChannelRow, Db } from './schema.js';

export interface NewChannel {
  cid: string;
  type: string;
  id: string;
  data: Json;
  createdBy: string;
}

/** Creates the channel, or makes a deleted one anew, whose numbers go on; undefined when it exists. */
export async function insertChannel(
  db: Db,
  channel: NewChannel,
  now: Micros,
): Promise<ChannelRow | undefined> {
  const { cid, type, id, createdBy } = channel;
  const fresh = {
    data: JSON.stringify(channel.data),
    created_by: createdBy,
    last_message_at: null,
    created_at: now,
    updated_at: now,
  };
  return db
    .insertInto('channels')
    .values({ ...fresh, cid, type, id, last_event_at: now })
    .onConflict((conflict) =>
      conflict
        .column('cid')
        .doUpdateSet({ ...fresh, member_count: 0, truncated_at: null, deleted_at: null })
        .where('channels.deleted_at', 'is not', null),
    )
    .returningAll()
    .executeTakeFirst();
}

export function findChannel(db: Db, cid: string): Promise<ChannelRow | undefined> {
  return db
    .selectFrom('channels')
    .selectAll()
    .where('cid', '=', cid)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

/** Those of the channels that exist, in no order. */
export async function channelsById(db: Db, cids: readonly string[]): Promise<ChannelRow[]> {
  if (!cids.length) return [];
  return db
    .selectFrom('channels')
    .selectAll()
    .where('cid', 'in', cids)
    .where('deleted_at', 'is', null)
    .execute();
}

/** The number of each channel's newest event. */
export async function newestSeqs(db: Db, cids: readonly string[]): Promise<Map<string, number>> {
  if (!cids.length) return new Map();
  const rows = await db.selectFrom('channels').select(['cid', 'seq']).where('cid', 'in', cids).execute();
  return new Map(rows.map(({ cid, seq }) => [cid, seq]));
}

/** The time of the newest event of all channels; 0 when there is none. */
export async function newestEventTime(db: Db): Promise<Micros> {
  const { at } = await db
    .selectFrom('channels')
    .select((eb) => eb.fn.max('last_event_at').as('at'))
    .executeTakeFirstOrThrow();
  return at ?? 0;
}

/**
 * Keeps everybody else from changing the channel, its members, messages and read states until the transaction ends:
 * what is read from here on is what will be written over. Every such change begins with this or `appendEvent`.
 */
export function lockChannel(trx: Db, cid: string): Promise<ChannelRow | undefined> {
  return trx.selectFrom('channels').selectAll().where('cid', '=', cid).forNoKeyUpdate().executeTakeFirst();
}

export async function updateChannelData(db: Db, cid: string, data: Json, now: Micros): Promise<ChannelRow> {
  return db
    .updateTable('channels')
    .set({ data: JSON.stringify(data), updated_at: now })
    .where('cid', '=', cid)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What `/sync` can replay. */
export type StoredEvent =
  | 'channel.created'
  | 'channel.updated'
  | 'channel.truncated'
  | 'message.new'
  | 'message.updated'
  | 'message.deleted'
  | ReactionEvent
  | PollEvent;

/** Changes of the message that was reacted to. */
export type ReactionEvent = 'reaction.new' | 'reaction.updated' | 'reaction.deleted';

/** Changes of the message that carries the poll. */
export type PollEvent =
  | 'poll.updated'
  | 'poll.closed'
  | 'poll.deleted'
  | 'poll.vote_casted'
  | 'poll.vote_changed'
  | 'poll.vote_removed';

/** Where an event stands in its channel: later, and one higher, than the one before. */
export interface Place {
  at: Micros;
  seq: number;
}

/**
 * Writes the channel's next event and answers its place. Call it first
 * in a transaction: the channel's row stays locked to the end, so numbers, times and commits have one order.
 *
 * @throws {ApiError} 16 when the channel was deleted meanwhile.
 */
export async function appendEvent(
  db: Db,
  cid: string,
  event: { type: StoredEvent; userId: string; messageId?: string },
  now: Micros,
): Promise<Place> {
  const { seq, last_event_at: at } = await db
    .updateTable('channels')
    .set({
      seq: sql<number>`seq + 1`,
      // A millisecond apart: many a client keeps no finer time.
      last_event_at: sql<number>`greatest(last_event_at + 1000, cast(${now} as bigint))`,
    })
    .where('cid', '=', cid)
    .where('deleted_at', 'is', null)
    .returning(['seq', 'last_event_at'])
    .executeTakeFirstOrThrow(() => notFound(`Channel ${shown(cid)} does not exist.`));
  await db
    .insertInto('events')
    .values({
      cid,
      seq,
      type: event.type,
      user_id: event.userId,
      message_id: event.messageId ?? null,
      created_at: at,
    })
    .execute();
  return { at, seq };
}
