import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import { bansAmong } from './bans.js';
import type { Db, MemberRow, MemberStatus } from './schema.js';

export function findMember(db: Db, cid: string, userId: string): Promise<MemberRow | undefined> {
  return db
    .selectFrom('members')
    .selectAll()
    .where('cid', '=', cid)
    .where('user_id', '=', userId)
    .executeTakeFirst();
}

/** How somebody comes into a channel. */
export interface Newcomer {
  userId: string;
  role?: string;
  status?: MemberStatus;
  /** Messages up to here are not shown to them. */
  hideBefore?: Micros | null;
}

/** Adds members; those who are already stay as they are. @returns The new ones. */
export async function addMembers(
  db: Db,
  cid: string,
  newcomers: readonly Newcomer[],
  now: Micros,
): Promise<MemberRow[]> {
  if (!newcomers.length) return [];
  const ids = newcomers.map(({ userId }) => userId);
  const bans = new Map((await bansAmong(db, cid, ids, now)).map((ban) => [ban.target_id, ban]));
  const added = await db
    .insertInto('members')
    .values(
      newcomers.map(({ userId, role = 'channel_member', status = 'member', hideBefore = null }) => ({
        cid,
        user_id: userId,
        channel_role: role,
        status,
        hide_before: hideBefore,
        banned: bans.has(userId),
        ban_expires: bans.get(userId)?.expires ?? null,
        created_at: now,
        updated_at: now,
        last_read: now,
        last_read_message_id: null,
      })),
    )
    .onConflict((conflict) => conflict.columns(['cid', 'user_id']).doNothing())
    .returningAll()
    .execute();
  await recount(db, cid);
  return added;
}

/** Changes roles, or how an invitation was answered. */
export async function changeMembership(
  db: Db,
  cid: string,
  userId: string,
  change: Partial<
    Pick<MemberRow, 'channel_role' | 'status' | 'invite_accepted_at' | 'invite_rejected_at' | 'last_read'>
  >,
  now: Micros,
): Promise<MemberRow> {
  const row = await db
    .updateTable('members')
    .set({ ...change, updated_at: now })
    .where('cid', '=', cid)
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (change.status) await recount(db, cid);
  return row;
}

/** Shows in the membership, if there is one, that the user is banned; null takes it back. */
export async function noteBan(
  db: Db,
  cid: string,
  userId: string,
  ban: { expires: Micros | null } | null,
): Promise<void> {
  await db
    .updateTable('members')
    .set({ banned: ban !== null, ban_expires: ban?.expires ?? null })
    .where('cid', '=', cid)
    .where('user_id', '=', userId)
    .execute();
}

/** @returns Those who were members, as they were. */
export async function removeMembers(db: Db, cid: string, userIds: readonly string[]): Promise<MemberRow[]> {
  if (!userIds.length) return [];
  const removed = await db
    .deleteFrom('members')
    .where('cid', '=', cid)
    .where('user_id', 'in', userIds)
    .returningAll()
    .execute();
  await recount(db, cid);
  return removed;
}

/** SQL for "is a member, not only invited". */
export const takesPart = sql<boolean>`members.status in ('member', 'accepted')`;

async function recount(db: Db, cid: string): Promise<void> {
  await db
    .updateTable('channels')
    .set((eb) => ({
      member_count: eb
        .selectFrom('members')
        .whereRef('members.cid', '=', 'channels.cid')
        .where(takesPart)
        .select(eb.cast<number>(eb.fn.countAll(), 'integer').as('count')),
    }))
    .where('cid', '=', cid)
    .execute();
}

/** The first `limit` members of each channel, oldest membership first. */
export async function membersOf(db: Db, cids: readonly string[], limit: number): Promise<MemberRow[]> {
  if (!cids.length || limit === 0) return [];
  return db
    .selectFrom('channels')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('members')
          .selectAll()
          .whereRef('members.cid', '=', 'channels.cid')
          .orderBy('created_at')
          .orderBy('user_id')
          .limit(limit)
          .as('m'),
      (join) => join.onTrue(),
    )
    .where('channels.cid', 'in', cids)
    .selectAll('m')
    .execute();
}

/** The user's own membership of each channel. */
export async function membershipsOf(db: Db, cids: readonly string[], userId: string): Promise<MemberRow[]> {
  if (!cids.length) return [];
  return db
    .selectFrom('members')
    .selectAll()
    .where('cid', 'in', cids)
    .where('user_id', '=', userId)
    .execute();
}

/** The memberships of those of `userIds` who are members. */
export async function membersAmong(db: Db, cid: string, userIds: readonly string[]): Promise<MemberRow[]> {
  if (!userIds.length) return [];
  return db
    .selectFrom('members')
    .selectAll()
    .where('cid', '=', cid)
    .where('user_id', 'in', userIds)
    .execute();
}

/** Who takes part: not those who are invited only. */
export async function memberIds(db: Db, cid: string): Promise<string[]> {
  const rows = await db
    .selectFrom('members')
    .select('user_id')
    .where('cid', '=', cid)
    .where(takesPart)
    .execute();
  return rows.map((row) => row.user_id);
}

/** The channels that the user is a member of. */
export async function channelIdsOf(db: Db, userId: string): Promise<string[]> {
  const rows = await db.selectFrom('members').select('cid').where('user_id', '=', userId).execute();
  return rows.map((row) => row.cid);
}
