import { sql } from 'kysely';
import type { Json } from '../input.js';
import { readOrder, sliceOf, type Order, type Sliced } from './cursor.js';
import { flag, text, time, whereFields } from './fields.js';
import type { Db, PollRow, VoteRow } from './schema.js';

const poll = (name: string) => sql.ref(`polls.${name}`);
const vote = (name: string) => sql.ref(`poll_votes.${name}`);

/** Of sort entries. */
const MAX_SORT = 5;

interface Asked {
  filter: Json;
  sort: unknown;
  limit: number;
  cursor: string | undefined;
}

const POLLS = {
  named: {
    id: text(poll('id')),
    name: text(sql`(polls.settings ->> 'name')`),
    created_by_id: text(poll('created_by')),
    is_closed: flag(poll('is_closed')),
    voting_visibility: text(sql`(polls.settings ->> 'voting_visibility')`),
    created_at: time(poll('created_at')),
    updated_at: time(poll('updated_at')),
  },
};

function byTime(column: (name: string) => Order['by']): Readonly<Record<string, Omit<Order, 'direction'>>> {
  return {
    created_at: { by: column('created_at'), kind: 'number' },
    updated_at: { by: column('updated_at'), kind: 'number' },
    id: { by: column('id'), kind: 'text' },
  };
}

/**
 * The user's own polls that match, the newest first unless asked otherwise.
 *
 * @throws {ApiError} 4 for a filter, sort or cursor that the protocol does not know.
 */
export function queryPolls(db: Db, userId: string, asked: Asked): Promise<Sliced<PollRow>> {
  const order = readOrder(asked.sort, byTime(poll), {
    max: MAX_SORT,
    fallback: [{ by: poll('created_at'), kind: 'number', direction: -1 }],
    tie: { by: poll('id'), kind: 'text', direction: 1 },
  });
  const query = db
    .selectFrom('polls')
    .selectAll('polls')
    .where('created_by', '=', userId)
    .where(whereFields(asked.filter, POLLS));
  return sliceOf(query, order, asked);
}

/**
 * The poll's votes that match, the newest first unless asked otherwise. Of an anonymous poll nobody may ask by user.
 *
 * @throws {ApiError} 4 for a filter, sort or cursor that the protocol does not know.
 */
export function queryVotes(db: Db, { id, settings }: PollRow, asked: Asked): Promise<Sliced<VoteRow>> {
  const order = readOrder(asked.sort, byTime(vote), {
    max: MAX_SORT,
    fallback: [{ by: vote('created_at'), kind: 'number', direction: -1 }],
    tie: { by: vote('id'), kind: 'text', direction: 1 },
  });
  const where = whereFields(asked.filter, {
    named: {
      id: text(vote('id')),
      option_id: text(vote('option_id')),
      is_answer: flag(sql`(poll_votes.option_id is null)`),
      created_at: time(vote('created_at')),
      ...(settings.voting_visibility === 'public' ? { user_id: text(vote('user_id')) } : {}),
    },
  });
  const query = db.selectFrom('poll_votes').selectAll('poll_votes').where('poll_id', '=', id).where(where);
  return sliceOf(query, order, asked);
}
