import type { Deps } from '../deps.js';
import { asCount, asFlag, asObject } from '../input.js';
import { reactionOf } from '../message-view.js';
import { react, readReaction, readReactionType, unreact } from '../reactions.js';
import { queryReactions } from '../store/query-reactions.js';
import { reactionsOf } from '../store/reactions.js';
import type { ReactionRow } from '../store/schema.js';
import { People } from '../wire.js';
import { cursorOf } from './cursor.js';
import type { AddRoute } from './route.js';

/** Of reactions in one answer, and before it (protocol.md §7.7). */
const MAX_LISTED = 300;
const MAX_QUERIED = 100;
const MAX_OFFSET = 1000;

export function addReactions(add: AddRoute, deps: Deps): void {
  add('POST', '/messages/:id/reaction', 'SendReaction', async ({ access, userId, body }) => {
    const reaction = readReaction(asObject(body['reaction'], 'reaction'), access.message.id, userId);
    return react(deps, access, reaction, asFlag(body['enforce_unique'], 'enforce_unique', false));
  });
  add('DELETE', '/messages/:id/reaction/:type', 'DeleteReaction', async ({ access, userId, params }) =>
    unreact(deps, access, userId, readReactionType(params['type'])),
  );
  add('GET', '/messages/:id/reactions', 'GetReactions', async ({ access, query }) => {
    const limit = asCount(query['limit'], 'limit', 10, MAX_LISTED);
    const offset = asCount(query['offset'], 'offset', 0, MAX_OFFSET);
    const rows = await reactionsOf(deps.db, access.message.id, { limit, offset });
    return { reactions: await shownReactions(deps, rows) };
  });
  add('POST', '/messages/:id/reactions', 'QueryReactions', async ({ access, body }) => {
    const { rows, ...ends } = await queryReactions(deps.db, access.message.id, {
      filter: asObject(body['filter'], 'filter'),
      sort: body['sort'],
      limit: asCount(body['limit'], 'limit', 10, MAX_QUERIED, 1),
      cursor: cursorOf(body),
    });
    return { reactions: await shownReactions(deps, rows), ...ends };
  });
}

async function shownReactions(deps: Deps, rows: readonly ReactionRow[]): Promise<object[]> {
  const people = await People.load(
    deps,
    rows.map((row) => row.user_id),
  );
  return rows.map((row) => reactionOf(row, (id) => people.user(id)));
}
