import type { Deps } from '../deps.js';
import { flag, unflag } from '../flags.js';
import { ban, bans, unban } from '../moderation.js';
import { Ban, Flag, QueryBannedUsers, Unban, Unflag } from '../shapes/moderation.js';
import type { AddRoute, Call } from './route.js';

/** What keeps order: bans by who moderates, flags by everybody. */
export function addModeration(add: AddRoute, deps: Deps): void {
  add('POST', '/moderation/flag', Flag, ({ userId, body }) => flag(deps, userId, body));
  add('POST', '/moderation/unflag', Unflag, ({ userId, body }) => unflag(deps, userId, body));
  add('POST', '/moderation/ban', Ban, async (call) => {
    await ban(deps, moderatorOf(call), call.body);
    return {};
  });
  add('DELETE', '/moderation/ban', Unban, async (call) => {
    await unban(deps, moderatorOf(call), call.query);
    return {};
  });
  add('GET', '/query_banned_users', QueryBannedUsers, (call) => bans(deps, moderatorOf(call), call.payload));
}

function moderatorOf({ userId, kind }: Pick<Call, 'userId' | 'kind'>) {
  return { userId, backend: kind === 'server' };
}
