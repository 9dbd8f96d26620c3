import { Type, type Static, type TProperties, type TSchema } from 'typebox';
import { Any, Bag, byKey, nullable, object, oneOf, optional, Role, Time, UserId } from './fields.js';

/**
 * What answers are made of, each once in the document. Custom fields stand beside the named ones.
 *
 * Everything here is checked against what the server says in all of its tests (`checkAnswers`).
 */
export const MODELS: TSchema[] = [];

/** Notes a model. @returns What refers to it. */
function model<Fields extends TProperties>(name: string, fields: Fields) {
  const { default: _, ...schema } = object(fields) as TSchema & { default?: unknown };
  MODELS.push({ $id: name, ...schema });
  return Type.Unsafe<Static<ReturnType<typeof object<Fields>>>>({ $ref: `${name}#` });
}

const Count = Type.Integer({ minimum: 0 });
const Counts = byKey(Type.Integer());
const MaybeTime = nullable(Time);

export const User = model('User', {
  id: UserId,
  role: optional(Type.String()),
  name: optional(Type.String()),
  image: optional(Type.String()),
  banned: optional(Type.Boolean()),
  online: optional(Type.Boolean()),
  last_active: optional(Time),
  created_at: optional(Time),
  updated_at: optional(Time),
});

const Switch = object({ enabled: Type.Boolean() });

/** With all that users keep for themselves. */
export const OwnUser = model('OwnUser', {
  id: UserId,
  role: Type.String(),
  banned: Type.Boolean(),
  online: Type.Boolean(),
  invisible: Type.Boolean(),
  last_active: optional(Time),
  created_at: Time,
  updated_at: Time,
  privacy_settings: object({ typing_indicators: Switch, read_receipts: Switch, delivery_receipts: Switch }),
  total_unread_count: Count,
  unread_channels: Count,
  unread_threads: Count,
  devices: Type.Array(Any),
  mutes: Type.Array(Any),
  channel_mutes: Type.Array(Any),
  blocked_user_ids: Type.Array(UserId),
});

export const Channel = model('Channel', {
  id: Type.String(),
  type: Type.String(),
  cid: Type.String(),
  name: optional(nullable(Type.String())),
  image: optional(nullable(Type.String())),
  created_by: User,
  frozen: Type.Boolean(),
  disabled: Type.Boolean(),
  member_count: Count,
  last_message_at: optional(Time),
  truncated_at: optional(Time),
  deleted_at: optional(Time),
  created_at: Time,
  updated_at: Time,
  config: optional(Bag),
  hidden: optional(Type.Boolean()),
  muted: optional(Type.Boolean()),
  mute_expires_at: optional(Time),
  own_capabilities: optional(Type.Array(Type.String())),
  seq: optional(Count),
});

export const Member = model('Member', {
  user_id: UserId,
  user: User,
  status: oneOf(['member', 'pending', 'accepted', 'rejected']),
  channel_role: Role,
  role: oneOf(['owner', 'moderator', 'member']),
  is_moderator: optional(Type.Boolean()),
  invited: optional(Type.Boolean()),
  invite_accepted_at: optional(Time),
  invite_rejected_at: optional(Time),
  banned: Type.Boolean(),
  ban_expires: optional(Time),
  shadow_banned: Type.Boolean(),
  notifications_muted: Type.Boolean(),
  pinned_at: optional(Time),
  archived_at: optional(Time),
  created_at: Time,
  updated_at: Time,
});

export const Read = model('Read', {
  user: User,
  last_read: Time,
  last_read_message_id: nullable(Type.String()),
  unread_messages: Count,
  last_delivered_at: optional(Time),
  last_delivered_message_id: optional(nullable(Type.String())),
});

export const Reaction = model('Reaction', {
  type: Type.String(),
  user_id: UserId,
  user: User,
  message_id: Type.String(),
  score: Type.Integer(),
  created_at: Time,
  updated_at: Time,
});

const ReactionGroup = object({
  count: Count,
  sum_scores: Type.Integer(),
  first_reaction_at: Time,
  last_reaction_at: Time,
  latest_reactions_by: Type.Array(object({ user_id: UserId, user: User, created_at: Time })),
});

export const Vote = model('PollVote', {
  id: Type.String(),
  poll_id: Type.String(),
  option_id: Type.String(),
  answer_text: optional(Type.String()),
  is_answer: Type.Boolean(),
  // Whose it is in an anonymous poll, its voter alone is told.
  user_id: optional(UserId),
  user: optional(User),
  created_at: Time,
  updated_at: Time,
});

export const PollOption = model('PollOption', { id: Type.String(), text: Type.String() });

export const Poll = model('Poll', {
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  voting_visibility: oneOf(['public', 'anonymous']),
  enforce_unique_vote: Type.Boolean(),
  max_votes_allowed: nullable(Type.Integer()),
  allow_answers: Type.Boolean(),
  allow_user_suggested_options: Type.Boolean(),
  options: Type.Array(PollOption),
  is_closed: Type.Boolean(),
  vote_count: Count,
  vote_counts_by_option: Counts,
  latest_votes_by_option: byKey(Type.Array(Vote)),
  answers_count: Count,
  latest_answers: Type.Array(Vote),
  own_votes: Type.Array(Vote),
  created_by_id: UserId,
  created_by: User,
  created_at: Time,
  updated_at: Time,
});

const MESSAGE = {
  id: Type.String(),
  cid: Type.String(),
  type: oneOf(['regular', 'reply', 'system', 'ephemeral', 'error', 'deleted']),
  text: Type.String(),
  user: User,
  parent_id: nullable(Type.String()),
  created_at: Time,
  updated_at: Time,
};

/** One that was not taken, with the reason as its text: neither stored nor told to anybody. */
export const RefusedMessage = object({ ...MESSAGE, type: oneOf(['error']) });

export const Message = model('Message', {
  ...MESSAGE,
  attachments: Type.Array(Any),
  mentioned_users: Type.Array(User),
  latest_reactions: Type.Array(Reaction),
  own_reactions: Type.Array(Reaction),
  reaction_counts: Counts,
  reaction_scores: Counts,
  reaction_groups: optional(byKey(ReactionGroup)),
  reply_count: Count,
  deleted_reply_count: Count,
  show_in_channel: Type.Boolean(),
  thread_participants: Type.Array(User),
  quoted_message_id: nullable(Type.String()),
  quoted_message: nullable(Type.Unsafe<unknown>({ $ref: 'Message#' })),
  poll_id: optional(Type.String()),
  poll: optional(Poll),
  pinned: Type.Boolean(),
  pinned_at: MaybeTime,
  pinned_by: nullable(User),
  pin_expires: MaybeTime,
  silent: Type.Boolean(),
  shadowed: Type.Boolean(),
  deleted_at: MaybeTime,
  deleted_for_me: optional(Type.Boolean()),
  message_text_updated_at: MaybeTime,
  // Where the answer is about messages of several channels.
  channel: optional(Channel),
});

export const Draft = model('Draft', {
  channel_cid: Type.String(),
  created_at: Time,
  message: Bag,
  parent_id: optional(Type.String()),
  channel: optional(Channel),
});

export const ChannelState = model('ChannelState', {
  channel: Channel,
  messages: Type.Array(Message),
  pinned_messages: Type.Array(Message),
  threads: Type.Array(Any),
  members: Type.Array(Member),
  membership: nullable(Member),
  read: Type.Array(Read),
  watcher_count: optional(Count),
  hidden: optional(Type.Boolean()),
  hide_messages_before: optional(Time),
  draft: optional(Draft),
});

export const Thread = model('Thread', {
  parent_message_id: Type.String(),
  parent_message: Message,
  channel_cid: Type.String(),
  channel: Channel,
  title: Type.String(),
  created_by_user_id: UserId,
  created_by: User,
  created_at: Time,
  updated_at: Time,
  last_message_at: Time,
  reply_count: Count,
  participant_count: Count,
  active_participant_count: Count,
  thread_participants: Type.Array(object({ user_id: UserId, user: User, created_at: Time })),
  latest_replies: Type.Array(Message),
  read: Type.Array(Read),
  draft: optional(Draft),
});

/** What connections get as frames, and `/sync` answers; by `type` it has more. */
export const Event = model('Event', {
  type: Type.String(),
  created_at: optional(Time),
  cid: optional(Type.String()),
  channel_type: optional(Type.String()),
  channel_id: optional(Type.String()),
  user: optional(User),
  seq: optional(Count),
});

/** Every refusal. */
export const Failure = model('Error', {
  code: Type.Integer(),
  StatusCode: Type.Integer(),
  message: Type.String(),
  duration: Type.String(),
  more_info: Type.String(),
  details: Type.Array(Type.Integer()),
});
