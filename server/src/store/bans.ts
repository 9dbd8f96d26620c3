import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import type { Json } from '../input.js';
import { text, whereFields } from './fields.js';
import type { BanRow, Db } from './schema.js';

/** The `cid` of a ban from the whole application. */
export const EVERYWHERE = '';

export interface NewBan {
  targetId: string;
  /** `EVERYWHERE`, or a channel's. */
  cid: string;
  by: string;
  reason: string;
  shadow: boolean;
  expires: Micros | null;
}

/** Bans, or changes a ban. */
export function putBan(db: Db, ban: NewBan, now: Micros): Promise<BanRow> {
  const change = {
    banned_by: ban.by,
    reason: ban.reason,
    shadow: ban.shadow,
    expires: ban.expires,
    active: true,
    changed_at: now,
  };
  return db
    .insertInto('bans')
    .values({ target_id: ban.targetId, cid: ban.cid, created_at: now, ...change })
    .onConflict((conflict) =>
      conflict.columns(['target_id', 'cid']).doUpdateSet((eb) => ({
        ...change,
        created_at: eb.case().when('bans.active', '=', true).then(eb.ref('bans.created_at')).else(now).end(),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Undefined when there was none. */
export function liftBan(db: Db, targetId: string, cid: string, now: Micros): Promise<BanRow | undefined> {
  return db
    .updateTable('bans')
    .set({ active: false, changed_at: now })
    .where('target_id', '=', targetId)
    .where('cid', '=', cid)
    .where('active', '=', true)
    .returningAll()
    .executeTakeFirst();
}

/** The ban that holds at `now` in the channel, if any. */
export function banIn(db: Db, cid: string, userId: string, now: Micros): Promise<BanRow | undefined> {
  return db
    .selectFrom('bans')
    .selectAll()
    .where('target_id', '=', userId)
    .where('cid', '=', cid)
    .where(holdsAt(now))
    .executeTakeFirst();
}

/** The bans of these users from the channel that hold at `now` and are no secret. */
export function bansAmong(db: Db, cid: string, userIds: readonly string[], now: Micros): Promise<BanRow[]> {
  return db
    .selectFrom('bans')
    .selectAll()
    .where('cid', '=', cid)
    .where('target_id', 'in', userIds)
    .where('shadow', '=', false)
    .where(holdsAt(now))
    .execute();
}

/** The bans from the whole application that changed since. */
export function bansSince(db: Db, since: Micros): Promise<BanRow[]> {
  return db
    .selectFrom('bans')
    .selectAll()
    .where('cid', '=', EVERYWHERE)
    .where('changed_at', '>=', since)
    .execute();
}

export interface BanQuery {
  cid?: string | undefined;
  /** By `user_id`. */
  filter: Json;
  limit: number;
  offset: number;
}

const FIELDS = { named: { user_id: text(sql.ref('bans.target_id')) } };

/**
 * The bans that hold at `now`, the newest first.
 *
 * @throws {ApiError} 4 for a filter by anything else.
 */
export function queryBans(db: Db, query: BanQuery, now: Micros): Promise<BanRow[]> {
  return db
    .selectFrom('bans')
    .selectAll()
    .where(holdsAt(now))
    .$if(query.cid !== undefined, (rest) => rest.where('cid', '=', query.cid ?? ''))
    .where(whereFields(query.filter, FIELDS))
    .orderBy('created_at', 'desc')
    .orderBy('target_id')
    .orderBy('cid')
    .limit(query.limit)
    .offset(query.offset)
    .execute();
}

/** Whether a ban that was read holds at `now`; `holdsAt` says it to the database. */
export function holds({ active, expires }: BanRow, now: Micros): boolean {
  return active && (expires === null || expires > now);
}

function holdsAt(now: Micros) {
  return sql<boolean>`(bans.active and (bans.expires is null or bans.expires > cast(${now} as bigint)))`;
}
