import type { Deps } from '../deps.js';
import { changeMember, hide, muteChannels, unmuteChannels } from '../own-place.js';
import { blockList, blockUser, mute, unblockUser, unmute } from '../relations.js';
import { HideChannel, ShowChannel, UpdateMemberPartial, UpdateOwnMemberPartial } from '../shapes/channels.js';
import {
  BlockUsers,
  GetBlockedUsers,
  MuteChannel,
  MuteUser,
  UnblockUsers,
  UnmuteChannel,
  UnmuteUser,
} from '../shapes/users.js';
import type { AddRoute } from './route.js';

/** What users keep for themselves: of channels, and of each other. */
export function addRelations(add: AddRoute, deps: Deps): void {
  add('POST', '/channels/:type/:id/hide', HideChannel, async ({ access, userId, body }) => {
    await hide(deps, access, userId, { hidden: true, clear: body.clear_history });
    return {};
  });
  add('POST', '/channels/:type/:id/show', ShowChannel, async ({ access, userId }) => {
    await hide(deps, access, userId, { hidden: false });
    return {};
  });
  add('PATCH', '/channels/:type/:id/member', UpdateOwnMemberPartial, ({ access, userId, body }) =>
    changeMember(deps, access, userId, userId, body),
  );
  add('PATCH', '/channels/:type/:id/member/:user', UpdateMemberPartial, ({ access, userId, params, body }) =>
    changeMember(deps, access, userId, params['user'] ?? '', body),
  );
  add('POST', '/moderation/mute/channel', MuteChannel, ({ userId, body }) =>
    muteChannels(deps, userId, body),
  );
  add('POST', '/moderation/unmute/channel', UnmuteChannel, async ({ userId, body }) => {
    await unmuteChannels(deps, userId, body);
    return {};
  });
  add('POST', '/moderation/mute', MuteUser, ({ userId, body }) => mute(deps, userId, body));
  add('POST', '/moderation/unmute', UnmuteUser, async ({ userId, body }) => {
    await unmute(deps, userId, body);
    return {};
  });
  add('GET', '/users/block', GetBlockedUsers, ({ userId }) => blockList(deps, userId));
  add('POST', '/users/block', BlockUsers, ({ userId, body }) => blockUser(deps, userId, body));
  add('POST', '/users/unblock', UnblockUsers, async ({ userId, body }) => {
    await unblockUser(deps, userId, body);
    return {};
  });
}
