import { Type } from 'typebox';
import {
  Bag,
  byKey,
  CONNECTION,
  count,
  Fields,
  flag,
  list,
  nullable,
  object,
  optional,
  Role,
  sliced,
  Time,
  UserId,
} from './fields.js';
import { OwnUser, User } from './models.js';
import type { Operation } from './operation.js';

/** Of users in one request or answer (protocol.md §7.11). */
const MAX_USERS = 100;

/** The rules of a user object are `userProblem` in the protocol's own file: clients ask them, too. */
const Given = Bag;

const Users = object({ users: byKey(OwnUser) });

export const QueryUsers = {
  name: 'QueryUsers',
  summary: 'The users that a filter finds',
  query: object(CONNECTION),
  payload: object({
    ...sliced(MAX_USERS, 30),
    presence: flag(),
  }),
  answer: object({ users: Type.Array(User) }),
} satisfies Operation;

export const UpdateUsers = {
  name: 'UpdateUsers',
  summary: 'Replaces users: the own one, or of a backend anybody',
  body: object({ users: byKey(Given, { maxProperties: MAX_USERS, default: {} }) }),
  answer: Users,
} satisfies Operation;

export const UpdateUsersPartial = {
  name: 'UpdateUsersPartial',
  summary: 'Changes some fields of users',
  body: object({
    users: list(object({ id: UserId, set: Fields, unset: list(Type.String(), MAX_USERS) }), MAX_USERS),
  }),
  answer: Users,
} satisfies Operation;

export const DeleteUser = {
  name: 'DeleteUser',
  summary: 'Keeps a user from coming back; what they said stays',
  answer: object({ user: User }),
} satisfies Operation;

export const CreateGuest = {
  name: 'CreateGuest',
  summary: 'Makes a user of whoever asks, with a token, where guests are admitted',
  body: object({ user: object({ id: UserId }) }),
  answer: object({ user: User, access_token: Type.String() }),
} satisfies Operation;

/** What only a backend says of a user. */
export const Ordered = object({
  role: optional(Role),
  revoke_tokens_issued_before: optional(nullable(Time)),
});

/** Of users muted at once (protocol.md §7.12). */
const MAX_TARGETS = 1000;
/** A year: what is longer is meant for ever. */
const MAX_MINUTES = 366 * 24 * 60;

const TARGETS = {
  target_id: optional(Type.String()),
  target_ids: optional(list(Type.String(), MAX_TARGETS)),
};

/** In minutes; 0 for ever. */
export const Timeout = count(MAX_MINUTES, 0);

export const MuteUser = {
  name: 'MuteUser',
  summary: 'Mutes users for the caller: their messages no longer count as unread',
  body: object({ ...TARGETS, timeout: Timeout }),
  answer: object({ mute: optional(Bag), mutes: optional(Type.Array(Bag)), own_user: OwnUser }),
} satisfies Operation;

export const UnmuteUser = {
  name: 'UnmuteUser',
  summary: 'Ends mutes of users',
  body: object(TARGETS),
  answer: object({}),
} satisfies Operation;

/** Of channels muted at once (protocol.md §7.12). */
const MAX_MUTED = 25;

const CHANNELS = {
  channel_cid: optional(Type.String()),
  channel_cids: optional(list(Type.String(), MAX_MUTED)),
};

export const MuteChannel = {
  name: 'MuteChannel',
  summary: 'Mutes channels for the caller: their messages no longer count as unread',
  // In milliseconds; 0 for ever.
  body: object({ ...CHANNELS, expiration: count(MAX_MINUTES * 60_000, 0) }),
  answer: object({
    channel_mute: optional(Bag),
    channel_mutes: optional(Type.Array(Bag)),
    own_user: OwnUser,
  }),
} satisfies Operation;

export const UnmuteChannel = {
  name: 'UnmuteChannel',
  summary: 'Ends mutes of channels',
  body: object(CHANNELS),
  answer: object({}),
} satisfies Operation;

const Blocked = object({ blocked_user_id: Type.String({ minLength: 1, description: 'the id of a user' }) });

export const GetBlockedUsers = {
  name: 'GetBlockedUsers',
  summary: 'Whom the caller has blocked',
  answer: object({
    blocks: Type.Array(
      object({
        user_id: UserId,
        user: User,
        blocked_user_id: UserId,
        blocked_user: User,
        created_at: Time,
      }),
    ),
  }),
} satisfies Operation;

export const BlockUsers = {
  name: 'BlockUsers',
  summary: 'Blocks a user: channels of just the two are hidden, and take no messages of either',
  body: Blocked,
  answer: object({ blocked_by_user_id: UserId, blocked_user_id: UserId, created_at: Time }),
} satisfies Operation;

export const UnblockUsers = {
  name: 'UnblockUsers',
  summary: 'Ends a block',
  body: Blocked,
  answer: object({}),
} satisfies Operation;
