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
    .limit(limit)
    .execute();
}

/**
 * What a client that missed all of `events` needs to be told: of each message and each channel the last event,
 * but that a message made and edited meanwhile is new.
 */
export function collapse(events: readonly EventRow[]): EventRow[] {
  const last = new Map<string, EventRow>();
  const born = new Set<string>();
  for (const event of events) {
    const key = event.message_id ?? event.cid;
    const subject = `${event.message_id === null ? 'channel' : 'message'} ${key}`;
    if (event.type === 'message.new' || event.type === 'channel.created') born.add(subject);
    last.delete(subject);
    const type =
      born.has(subject) && event.type.endsWith('.updated')
        ? event.type.replace('.updated', '.new')
        : event.type;
    last.set(subject, { ...event, type: type === 'channel.new' ? 'channel.created' : type });
  }
  return [...last.values()];
}
