import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import type { Page, Scope } from './messages.js';
import type { Db, MessageRow } from './schema.js';
import { visibleTo } from './visible.js';

/** SQL for "pinned at `now`". */
export function pinnedAt(now: Micros) {
  return sql<boolean>`(messages.pinned_at is not null and (messages.pin_expires is null or messages.pin_expires > cast(${now} as bigint)))`;
}

/** The newest `limit` pins of each channel that the viewer may see; the newest first. */
export async function newestPins(
  db: Db,
  cids: readonly string[],
  limit: number,
  viewer: string,
  now: Micros,
): Promise<MessageRow[]> {
  if (!cids.length) return [];
  return db
    .selectFrom('channels')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('messages')
          .selectAll()
          .whereRef('messages.cid', '=', 'channels.cid')
          .where(pinnedAt(now))
          .where(visibleTo(viewer))
          .orderBy('pinned_at', 'desc')
          .limit(limit)
          .as('m'),
      (join) => join.onTrue(),
    )
    .where('channels.cid', 'in', cids)
    .selectAll('m')
    .orderBy('m.pinned_at', 'desc')
    .execute();
}

/** One page of a channel's pins, by when they were pinned. @param direction - Of the answer: 1 has the oldest first. */
export async function pinsOf(
  db: Db,
  { cid, viewer }: Scope,
  { limit, anchor }: Page,
  direction: 1 | -1,
  now: Micros,
): Promise<MessageRow[]> {
  if (limit === 0) return [];
  const pins = db
    .selectFrom('messages')
    .selectAll()
    .where('cid', '=', cid)
    .where(pinnedAt(now))
    .where(visibleTo(viewer));
  const older = (at: Micros, inclusive: boolean, count: number) =>
    pins
      .where('pinned_at', inclusive ? '<=' : '<', at)
      .orderBy('pinned_at', 'desc')
      .limit(count)
      .execute();
  const newer = (at: Micros, inclusive: boolean, count: number) =>
    pins
      .where('pinned_at', inclusive ? '>=' : '>', at)
      .orderBy('pinned_at')
      .limit(count)
      .execute();
  const half = Math.floor(limit / 2);
  let rows: MessageRow[];
  if (!anchor)
    rows = direction === 1 ? await newer(0, true, limit) : await older(Number.MAX_SAFE_INTEGER, true, limit);
  else if (anchor.side === 'before') rows = await older(anchor.at, anchor.inclusive, limit);
  else if (anchor.side === 'after') rows = await newer(anchor.at, anchor.inclusive, limit);
  else rows = [...(await older(anchor.at, false, half)), ...(await newer(anchor.at, true, limit - half))];
  return rows.sort((a, b) => direction * ((a.pinned_at ?? 0) - (b.pinned_at ?? 0)));
}
