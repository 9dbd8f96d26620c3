import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import type { Json } from '../input.js';
import type { BlockRow, Db, MemberRow, UserMuteRow } from './schema.js';

/** What a member may change of their own place in a channel. */
export interface PlaceChange {
  hidden?: boolean;
  hide_before?: Micros;
  pinned_at?: Micros | null;
  archived_at?: Micros | null;
  muted_at?: Micros | null;
  mute_expires?: Micros | null;
  data?: Json;
}

/** Undefined when the user is no member. */
export function changePlace(
  db: Db,
  cid: string,
  userId: string,
  { data, ...change }: PlaceChange,
  now: Micros,
): Promise<MemberRow | undefined> {
  return db
    .updateTable('members')
    .set({ ...change, ...(data ? { data: JSON.stringify(data) } : {}), updated_at: now })
    .where('cid', '=', cid)
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst();
}

/** Keeps everybody else from changing the member until the transaction ends. */
export function lockPlace(trx: Db, cid: string, userId: string): Promise<MemberRow | undefined> {
  return trx
    .selectFrom('members')
    .selectAll()
    .where('cid', '=', cid)
    .where('user_id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
}

/** A hidden channel comes back to those who hid it. @returns They. */
export async function showAgain(db: Db, cid: string): Promise<string[]> {
  const rows = await db
    .updateTable('members')
    .set({ hidden: false })
    .where('cid', '=', cid)
    .where('hidden', '=', true)
    .returning('user_id')
    .execute();
  return rows.map((row) => row.user_id);
}

/** The channels that the user has muted and not yet unmuted, whether or not the mute has ended. */
export function mutedPlaces(db: Db, userId: string): Promise<MemberRow[]> {
  return db
    .selectFrom('members')
    .selectAll()
    .where('user_id', '=', userId)
    .where('muted_at', 'is not', null)
    .orderBy('muted_at')
    .execute();
}

/** Mutes users, or changes how long they are. */
export function muteUsers(
  db: Db,
  userId: string,
  targets: readonly string[],
  expires: Micros | null,
  now: Micros,
): Promise<UserMuteRow[]> {
  return db
    .insertInto('user_mutes')
    .values(
      targets.map((target) => ({
        user_id: userId,
        target_id: target,
        created_at: now,
        updated_at: now,
        expires,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'target_id']).doUpdateSet({ updated_at: now, expires }),
    )
    .returningAll()
    .execute();
}

export async function unmuteUsers(db: Db, userId: string, targets: readonly string[]): Promise<void> {
  await db.deleteFrom('user_mutes').where('user_id', '=', userId).where('target_id', 'in', targets).execute();
}

/** The user's mutes that hold at `now`, the oldest first. */
export function userMutes(db: Db, userId: string, now: Micros): Promise<UserMuteRow[]> {
  return db
    .selectFrom('user_mutes')
    .selectAll()
    .where('user_id', '=', userId)
    .where((eb) => eb.or([eb('expires', 'is', null), eb('expires', '>', now)]))
    .orderBy('created_at')
    .orderBy('target_id')
    .execute();
}

/** The block as it is now: blocking again changes nothing. */
export async function block(db: Db, userId: string, blockedId: string, now: Micros): Promise<BlockRow> {
  await db
    .insertInto('blocks')
    .values({ user_id: userId, blocked_id: blockedId, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db
    .selectFrom('blocks')
    .selectAll()
    .where('user_id', '=', userId)
    .where('blocked_id', '=', blockedId)
    .executeTakeFirstOrThrow();
}

export async function unblock(db: Db, userId: string, blockedId: string): Promise<void> {
  await db.deleteFrom('blocks').where('user_id', '=', userId).where('blocked_id', '=', blockedId).execute();
}

/** Whom the user has blocked, the first one first. */
export function blocksOf(db: Db, userId: string): Promise<BlockRow[]> {
  return db
    .selectFrom('blocks')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('blocked_id')
    .execute();
}

/** Whether one of two users has blocked the other, in a channel of just these two. */
export async function blockedIn(db: Db, cid: string, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('members')
    .innerJoin('blocks', (join) =>
      join.on((eb) =>
        eb.or([
          eb.and([
            eb('blocks.user_id', '=', userId),
            eb('blocks.blocked_id', '=', eb.ref('members.user_id')),
          ]),
          eb.and([
            eb('blocks.blocked_id', '=', userId),
            eb('blocks.user_id', '=', eb.ref('members.user_id')),
          ]),
        ]),
      ),
    )
    .select('blocks.user_id')
    .where('members.cid', '=', cid)
    .where('members.user_id', '!=', userId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Hides the channels of just these two from the first of them, or shows them again. @returns The channels' cids. */
export async function hidePairs(db: Db, userId: string, otherId: string, hidden: boolean): Promise<string[]> {
  const rows = await db
    .updateTable('members')
    .set({ hidden })
    .where('user_id', '=', userId)
    .where('hidden', '=', !hidden)
    .where(
      sql<boolean>`exists (select 1 from channels c join members other on other.cid = c.cid
        where c.cid = members.cid and c.member_count = 2 and other.user_id = ${otherId})`,
    )
    .returning('cid')
    .execute();
  return rows.map((row) => row.cid).sort();
}

/** Of what users have for themselves, what there is any of. */
export interface OwnKinds {
  unread: boolean;
  threads: boolean;
  mutes: boolean;
  places: boolean;
  blocks: boolean;
}

/** Most users have little of it: one question says where to look, when thousands come at once. */
export async function ownKinds(db: Db, userId: string): Promise<OwnKinds> {
  const { rows } = await sql<OwnKinds>`select
    exists(select 1 from members where user_id = ${userId} and unread > 0) as unread,
    exists(select 1 from thread_participants where user_id = ${userId} and unread > 0) as threads,
    exists(select 1 from user_mutes where user_id = ${userId}) as mutes,
    exists(select 1 from members where user_id = ${userId} and muted_at is not null) as places,
    exists(select 1 from blocks where user_id = ${userId}) as blocks`.execute(db);
  return rows[0] as OwnKinds; // a question without a table has one answer
}
