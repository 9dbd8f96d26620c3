import { Type } from 'typebox';
import { Any, Bag, Fields, flag, MessageId, object, optional, or, sliced, text, Time } from './fields.js';
import { User } from './models.js';
import type { Operation } from './operation.js';
import { Timeout } from './users.js';

/** Of bans in one answer (protocol.md §7.12). */
const MAX_BANS = 300;

/** Why, in characters (protocol.md §11.1). */
const reason = or('', text(255));

/** Whom a ban is about, and where: in the whole application when no channel is named. */
const AIM = {
  target_user_id: Type.String({ minLength: 1, description: 'the id of a user' }),
  type: optional(Type.String()),
  id: optional(Type.String()),
  channel_cid: optional(Type.String()),
};

export const Ban = {
  name: 'Ban',
  summary: 'Bans a user from a channel, or from the application',
  body: object({
    ...AIM,
    timeout: Timeout,
    reason,
    shadow: flag(),
    ip_ban: optional(Any),
    delete_messages: optional(Any),
  }),
  answer: object({}),
} satisfies Operation;

export const Unban = {
  name: 'Unban',
  summary: 'Lifts a ban',
  query: object(AIM),
  answer: object({}),
} satisfies Operation;

export const QueryBannedUsers = {
  name: 'QueryBannedUsers',
  summary: 'The bans that hold',
  payload: object(sliced(MAX_BANS, 100)),
  answer: object({
    bans: Type.Array(
      object({
        user: User,
        banned_by: optional(User),
        channel: optional(Bag),
        reason: Type.String(),
        shadow: Type.Boolean(),
        expires: optional(Time),
        created_at: Time,
      }),
    ),
  }),
} satisfies Operation;

/** A message, or a user: one of the two. */
const TARGET = { target_message_id: optional(MessageId), target_user_id: optional(MessageId) };

const Flagged = object({
  flag: object({
    user: User,
    target_user: optional(User),
    target_message_id: optional(Type.String()),
    reason: Type.String(),
    custom: Bag,
    created_at: Time,
    updated_at: Time,
  }),
});

export const Flag = {
  name: 'Flag',
  summary: 'Reports a message or a user to whoever runs the application',
  body: object({ ...TARGET, reason, custom: Fields }),
  answer: Flagged,
} satisfies Operation;

export const Unflag = {
  name: 'Unflag',
  summary: 'Takes a report back',
  body: object(TARGET),
  answer: Flagged,
} satisfies Operation;
