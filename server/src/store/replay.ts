import type { Micros } from '../clock.js';
import type { Db, EventsTable } from './schema.js';
import type { Selectable } from 'kysely';

export type EventRow = Selectable<EventsTable>;

/** The channels' events after `since`, oldest first; at most `limit`. */
export async function eventsSince(
  db: Db,
  cids: readonly string[],
  since: Micros,
  limit: number,
): Promise<EventRow[]> {
  if (!cids.length) return [];
  return db
    .selectFrom('events')
    .selectAll()
    .where('cid', 'in', cids)
    .where('created_at', '>', since)
    .orderBy('created_at')
    .orderBy('cid')
    .limit(limit)
    .execute();
}

/** The channel's events with these numbers, both ends included. */
export function eventsBetween(db: Db, cid: string, from: number, to: number): Promise<EventRow[]> {
  return db
    .selectFrom('events')
    .selectAll()
    .where('cid', '=', cid)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .orderBy('seq')
    .execute();
}

/** Where the events of all channels since `since` stand, oldest first; at most `limit`. */
export function placesSince(
  db: Db,
  since: Micros,
  limit: number,
): Promise<Pick<EventRow, 'cid' | 'seq' | 'created_at'>[]> {
  return db
    .selectFrom('events')
    .select(['cid', 'seq', 'created_at'])
    .where('created_at', '>', since)
    .orderBy('created_at')
    .limit(limit)
    .execute();
}

/** One event as it is told by itself: a reaction or a vote is a change of its message. */
export function alone(event: EventRow): EventRow {
  return { ...event, type: typeOf(event, event.type === 'message.new' || event.type === 'channel.created') };
}

/** Removes the events before `end`. Their channels' numbers go on from where they are. */
export async function pruneEvents(db: Db, end: Micros): Promise<void> {
  await db.deleteFrom('events').where('created_at', '<', end).execute();
}

/**
 * What a client that missed all of `events` needs to be told: of each message and each channel the last event,
 * but that a message made and edited meanwhile is new. A reaction or a vote is a change of its message.
 */
export function collapse(events: readonly EventRow[]): EventRow[] {
  const last = new Map<string, EventRow>();
  const born = new Set<string>();
  for (const event of events) {
    const subject = subjectOf(event);
    if (event.type === 'message.new' || event.type === 'channel.created') born.add(subject);
    last.delete(subject);
    last.set(subject, { ...event, type: typeOf(event, born.has(subject)) });
  }
  return [...last.values()];
}

/** That a channel was emptied is to be told whatever became of it afterwards. */
function subjectOf({ type, cid, message_id: messageId }: EventRow): string {
  if (type === 'channel.truncated') return `emptying ${cid}`;
  return messageId === null ? `channel ${cid}` : `message ${messageId}`;
}

function typeOf({ type, message_id: messageId }: EventRow, born: boolean): string {
  if (type === 'message.deleted') return type;
  if (messageId === null) return born && type === 'channel.updated' ? 'channel.created' : type;
  return born ? 'message.new' : 'message.updated';
}
