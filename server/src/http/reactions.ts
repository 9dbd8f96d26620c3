import type { Deps } from '../deps.js';
import { reactionOf } from '../message-view.js';
import { react, readReaction, readReactionType, unreact } from '../reactions.js';
import { DeleteReaction, GetReactions, QueryReactions, SendReaction } from '../shapes/reactions.js';
import { queryReactions } from '../store/query-reactions.js';
import { reactionsOf } from '../store/reactions.js';
import type { ReactionRow } from '../store/schema.js';
import { People } from '../wire.js';
import { pagedOf } from './cursor.js';
import type { AddRoute } from './route.js';

export function addReactions(add: AddRoute, deps: Deps): void {
  add('POST', '/messages/:id/reaction', SendReaction, async ({ access, userId, body }) => {
    const reaction = readReaction(body.reaction, access.message.id, userId);
    return react(deps, access, reaction, body.enforce_unique);
  });
  add('DELETE', '/messages/:id/reaction/:type', DeleteReaction, async ({ access, userId, params }) =>
    unreact(deps, access, userId, readReactionType(params['type'])),
  );
  add('GET', '/messages/:id/reactions', GetReactions, async ({ access, query: { limit, offset } }) => {
    const rows = await reactionsOf(deps.db, access.message.id, { limit, offset });
    return { reactions: await shownReactions(deps, rows) };
  });
  add('POST', '/messages/:id/reactions', QueryReactions, async ({ access, body }) => {
    const { rows, ...ends } = await queryReactions(deps.db, access.message.id, pagedOf(body));
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
