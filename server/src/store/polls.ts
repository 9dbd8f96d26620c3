import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import type { Db, PollRow, VoteRow } from './schema.js';

/** What may change of a poll. */
export type PollChange = Partial<Pick<PollRow, 'settings' | 'options' | 'data' | 'is_closed'>>;

export async function insertPoll(db: Db, poll: PollRow): Promise<PollRow | undefined> {
  return db
    .insertInto('polls')
    .values({
      ...poll,
      settings: JSON.stringify(poll.settings),
      options: JSON.stringify(poll.options),
      data: JSON.stringify(poll.data),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
}

export function findPoll(db: Db, id: string): Promise<PollRow | undefined> {
  return db.selectFrom('polls').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Keeps everybody else from changing the poll and its votes until the transaction ends. */
export function lockPoll(trx: Db, id: string): Promise<PollRow | undefined> {
  return trx.selectFrom('polls').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

export async function pollsById(db: Db, ids: readonly string[]): Promise<PollRow[]> {
  if (!ids.length) return [];
  return db.selectFrom('polls').selectAll().where('id', 'in', ids).execute();
}

export function updatePoll(db: Db, id: string, change: PollChange, at: Micros): Promise<PollRow> {
  const { settings, options, data, is_closed: closed } = change;
  return db
    .updateTable('polls')
    .set({
      ...(settings ? { settings: JSON.stringify(settings) } : {}),
      ...(options ? { options: JSON.stringify(options) } : {}),
      ...(data ? { data: JSON.stringify(data) } : {}),
      ...(closed === undefined ? {} : { is_closed: closed }),
      updated_at: at,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deletePoll(db: Db, id: string): Promise<void> {
  await db.deleteFrom('polls').where('id', '=', id).execute();
}

/** The messages that carry the poll. */
export async function carriersOf(db: Db, pollId: string): Promise<{ id: string; cid: string }[]> {
  return db
    .selectFrom('messages')
    .select(['id', 'cid'])
    .where('poll_id', '=', pollId)
    .orderBy('created_at')
    .execute();
}

/** The user's votes in one poll, the oldest first. */
export function votesBy(db: Db, pollId: string, userId: string): Promise<VoteRow[]> {
  return db
    .selectFrom('poll_votes')
    .selectAll()
    .where('poll_id', '=', pollId)
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .execute();
}

export function insertVote(db: Db, vote: VoteRow): Promise<VoteRow> {
  return db.insertInto('poll_votes').values(vote).returningAll().executeTakeFirstOrThrow();
}

export function updateAnswer(db: Db, id: string, answer: string, at: Micros): Promise<VoteRow> {
  return db
    .updateTable('poll_votes')
    .set({ answer_text: answer, updated_at: at })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteVotes(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length) await db.deleteFrom('poll_votes').where('id', 'in', ids).execute();
}

export async function deleteVotesFor(db: Db, pollId: string, optionId: string): Promise<void> {
  await db.deleteFrom('poll_votes').where('poll_id', '=', pollId).where('option_id', '=', optionId).execute();
}

/** How many votes an option of a poll has; of its answers, `option_id` is null. */
export interface Tally {
  poll_id: string;
  option_id: string | null;
  count: number;
}

export async function talliesOf(db: Db, pollIds: readonly string[]): Promise<Tally[]> {
  if (!pollIds.length) return [];
  return db
    .selectFrom('poll_votes')
    .select((eb) => ['poll_id', 'option_id', eb.cast<number>(eb.fn.countAll(), 'integer').as('count')])
    .where('poll_id', 'in', pollIds)
    .groupBy(['poll_id', 'option_id'])
    .execute();
}

/** The newest `limit` votes for each option, and answers, of each poll; the newest first. */
export async function latestVotes(db: Db, pollIds: readonly string[], limit: number): Promise<VoteRow[]> {
  if (!pollIds.length) return [];
  return db
    .selectFrom((eb) =>
      eb
        .selectFrom('poll_votes')
        .selectAll()
        .select(
          sql<number>`row_number() over (partition by poll_id, option_id order by created_at desc, id)`.as(
            'place',
          ),
        )
        .where('poll_id', 'in', pollIds)
        .as('v'),
    )
    .select(['id', 'poll_id', 'user_id', 'option_id', 'answer_text', 'created_at', 'updated_at'])
    .where('place', '<=', limit)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
}

export async function votesIn(db: Db, pollIds: readonly string[], userId: string): Promise<VoteRow[]> {
  if (!pollIds.length) return [];
  return db
    .selectFrom('poll_votes')
    .selectAll()
    .where('poll_id', 'in', pollIds)
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .execute();
}
