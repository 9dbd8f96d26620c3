import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import { badInput, shown } from '../errors.js';
import { isObject, type Json } from '../input.js';
import { searchTerms } from '../words.js';
import { readOrder, sliceOf, type Order, type Sliced } from './cursor.js';
import { count, flag, text, time, whereFields, type Fields } from './fields.js';
import { ChannelFilter, customTest, strings } from './filter.js';
import { pinnedAt } from './pinned.js';
import type { Db, MessageRow } from './schema.js';
import { visibleTo } from './visible.js';

/** Of channels that are searched, of sort entries (protocol.md §7.13). */
const MAX_CHANNELS = 500;
const MAX_SORT = 5;

const column = (name: string) => sql.ref(`messages.${name}`);

const SORTS: Readonly<Record<string, Omit<Order, 'direction'>>> = {
  id: { by: column('id'), kind: 'text' },
  created_at: { by: column('created_at'), kind: 'number' },
  updated_at: { by: column('updated_at'), kind: 'number' },
  reply_count: { by: column('reply_count'), kind: 'number' },
  // All that match hold all words: the newest are the most relevant.
  relevance: { by: column('created_at'), kind: 'number' },
};

/** What the server knows of a message and no filter may ask for as custom data. */
const BUILT_IN = new Set([
  'cid', 'channel', 'user', 'user_id', 'mentioned_users', 'reactions', 'own_reactions', 'latest_reactions', 'shadowed',
  'silent', 'deleted_at', 'pinned_at', 'pinned_by', 'pin_expires', 'poll_id', 'quoted_message_id', 'show_in_channel',
]); // prettier-ignore

export interface Search {
  /** Of channels. */
  channels: Json;
  /** Of messages: words that all must be in the text, or a filter. */
  messages: string | Json;
  sort: unknown;
  limit: number;
  offset: number;
  cursor: string | undefined;
}

/**
 * Messages that match, in channels that match and that `userId` may read; the newest first unless asked otherwise.
 *
 * @throws {ApiError} 4 for a filter, sort or cursor that the protocol does not know, or a text without words.
 */
export async function searchMessages(
  db: Db,
  userId: string,
  search: Search,
  now: Micros,
): Promise<Sliced<MessageRow>> {
  const { messages } = search;
  const asked = typeof messages === 'string' ? { text: { $q: messages } } : messages;
  const where = whereFields(asked, fieldsAt(now));
  const newest: Order = { by: column('created_at'), kind: 'number', direction: -1 };
  const tie: Order = { by: column('id'), kind: 'text', direction: 1 };
  const order = readOrder(search.sort, SORTS, { max: MAX_SORT, fallback: [newest], tie });
  const channels = db
    .selectFrom('channels')
    .select('cid')
    .where((eb) => new ChannelFilter(userId, now).where(eb, search.channels))
    .orderBy(sql`coalesce(last_message_at, created_at) desc`)
    .limit(MAX_CHANNELS);
  const query = db
    .selectFrom('messages')
    .selectAll('messages')
    .where('messages.cid', 'in', channels)
    .where('messages.deleted_at', 'is', null)
    .where('messages.type', '!=', 'system')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deleted_for')
            .select('deleted_for.user_id')
            .whereRef('deleted_for.message_id', '=', 'messages.id')
            .where('deleted_for.user_id', '=', userId),
        ),
      ),
    )
    .where(visibleTo(userId))
    .where(where)
    .$if(search.offset > 0, (rest) => rest.offset(search.offset));
  return sliceOf(query, order, search);
}

function fieldsAt(now: Micros): Fields {
  return {
    named: {
      id: text(column('id')),
      cid: text(column('cid')),
      type: text(column('type')),
      parent_id: text(column('parent_id')),
      'user.id': text(column('user_id')),
      reply_count: count(column('reply_count')),
      created_at: time(column('created_at')),
      updated_at: time(column('updated_at')),
      pinned: flag(pinnedAt(now)),
      text: (operator, value, refusal) => {
        if (operator === '$q' || operator === '$autocomplete') return hasWords(value);
        return text(column('text'))(operator, value, refusal);
      },
      attachments: (operator, value) => {
        const some = sql`coalesce(jsonb_array_length(messages.data -> 'attachments') > 0, false)`;
        return operator === '$exists' ? flag(some)('$eq', value, () => new Error()) : undefined;
      },
      'attachments.type': (operator, value, refusal) => {
        if (operator !== '$eq' && operator !== '$in') return undefined;
        const types = strings(operator === '$eq' ? [value] : value, refusal);
        return holdsOne(types.map((type) => ({ attachments: [{ type }] })));
      },
      'mentioned_users.id': (operator, value) =>
        operator === '$contains' && typeof value === 'string'
          ? holdsOne([{ mentioned_users: [value] }])
          : undefined,
    },
    custom: (field, operator, value, refusal) => {
      if (BUILT_IN.has(field.split('.')[0] ?? '') || isObject(value)) throw refusal();
      return sql<boolean>`${customTest(field, operator, value, refusal, column('data'))}`;
    },
  };
}

/** Messages with words that begin so. */
function hasWords(value: unknown) {
  const terms = typeof value === 'string' ? searchTerms(value) : undefined;
  if (terms === undefined)
    throw badInput(`A text to search for has 1 to 12 words of letters or digits; got ${shown(value)}`);
  return sql<boolean>`exists (select 1 from message_words w
    where w.message_id = messages.id and w.words @@ cast(${terms} as tsquery))`;
}

/** Messages whose data contains one of these. */
function holdsOne(shapes: readonly Json[]) {
  if (!shapes.length) return sql<boolean>`false`;
  const tests = shapes.map((shape) => sql`messages.data @> cast(${JSON.stringify(shape)} as jsonb)`);
  return sql<boolean>`(${sql.join(tests, sql` or `)})`;
}
