import { sql } from 'kysely';
import type { Json } from '../input.js';
import { readOrder, sliceOf, type Sliced } from './cursor.js';
import { text, time, whereFields } from './fields.js';
import type { Db, ReactionRow } from './schema.js';

const column = (name: string) => sql.ref(`reactions.${name}`);

/** Of sort entries (protocol.md §7.7). */
const MAX_SORT = 2;

/**
 * The message's reactions that match, the newest first unless asked otherwise.
 *
 * @throws {ApiError} 4 for a filter, sort or cursor that the protocol does not know.
 */
export function queryReactions(
  db: Db,
  messageId: string,
  asked: { filter: Json; sort: unknown; limit: number; cursor: string | undefined },
): Promise<Sliced<ReactionRow>> {
  const where = whereFields(asked.filter, {
    named: {
      type: text(column('type')),
      user_id: text(column('user_id')),
      created_at: time(column('created_at')),
    },
  });
  const created = { by: column('created_at'), kind: 'number' } as const;
  const order = readOrder(asked.sort, { created_at: created }, {
    max: MAX_SORT,
    fallback: [{ ...created, direction: -1 }],
    tie: { by: sql`reactions.user_id || ' ' || reactions.type`, kind: 'text', direction: 1 },
  }); // prettier-ignore
  const query = db
    .selectFrom('reactions')
    .selectAll('reactions')
    .where('message_id', '=', messageId)
    .where(where);
  return sliceOf(query, order, asked);
}
