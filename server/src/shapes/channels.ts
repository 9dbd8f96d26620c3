import { Type } from 'typebox';
import {
  Any,
  Bag,
  closed,
  CONNECTION,
  count,
  flag,
  list,
  nullable,
  object,
  optional,
  PATCH,
  Role,
  sliced,
  strings,
  Time,
  UserId,
} from './fields.js';
import { Written } from './messages.js';
import { Channel, ChannelState, Event, Member, Message } from './models.js';
import type { Operation } from './operation.js';
import { page } from './pages.js';

/** Of channels, messages and members in one answer (protocol.md §7.2). */
const MAX_CHANNELS = 30;
const MAX_MESSAGES = 300;
export const MAX_MEMBERS = 100;

/** Somebody who is to be a member. */
const Entry = Type.Union([UserId, object({ user_id: UserId, channel_role: optional(Role) })], {
  description: 'a list of user ids or {user_id, channel_role}',
});
const Entries = list(Entry, MAX_MEMBERS);

/** What the fields that the widget shows must be; others are the application's own. */
export const ChannelFields = object({
  name: optional(nullable(Type.String())),
  image: optional(nullable(Type.String())),
});

/** Connections hear of what they watch, and of the presence of whom they follow. */
const HEARING = { watch: optional(Type.Boolean()), presence: flag() };

export const QueryChannels = {
  name: 'QueryChannels',
  summary: 'The channels that a filter finds, with their newest messages, members and read state',
  query: object(CONNECTION),
  body: object({
    ...HEARING,
    ...sliced(MAX_CHANNELS, 10),
    state: flag(true),
    message_limit: count(MAX_MESSAGES, 25),
    member_limit: count(MAX_MEMBERS, MAX_MEMBERS),
  }),
  answer: object({ channels: Type.Array(ChannelState) }),
} satisfies Operation;

export const GetOrCreateChannel = {
  name: 'GetOrCreateChannel',
  summary: 'A channel as it stands; made first when there is none',
  query: object(CONNECTION),
  body: object({
    ...HEARING,
    data: object({ members: Entries, invites: Entries }),
    state: flag(true),
    messages: object(page(MAX_MEMBERS)),
    members: object({ limit: count(MAX_MEMBERS, MAX_MEMBERS) }),
  }),
  answer: ChannelState,
} satisfies Operation;

export const GetOrCreateDistinctChannel = {
  ...GetOrCreateChannel,
  id: 'GetOrCreateDistinctChannel',
  summary: 'The one channel of just these members; made first when there is none',
} satisfies Operation;

export const GetChannel = {
  name: 'GetChannel',
  summary: 'A channel as it stands',
  query: object({ state: flag(true), messages_limit: count(MAX_MESSAGES, 25) }),
  answer: ChannelState,
} satisfies Operation;

export const StopWatchingChannel = {
  name: 'StopWatchingChannel',
  summary: 'Hears no more of a channel on a connection',
  query: object(CONNECTION),
  answer: object({}),
} satisfies Operation;

const Updated = object({
  channel: optional(Channel),
  members: optional(Type.Array(Member)),
  message: optional(Message),
});

export const UpdateChannel = {
  name: 'UpdateChannel',
  summary: 'Replaces the data of a channel, or changes its members',
  body: closed({
    data: optional(Bag),
    add_members: Entries,
    remove_members: Entries,
    invites: Entries,
    accept_invite: flag(),
    reject_invite: flag(),
    add_moderators: list(UserId, MAX_MEMBERS),
    demote_moderators: list(UserId, MAX_MEMBERS),
    assign_roles: Entries,
    hide_history: flag(),
    hide_history_before: optional(Time),
    message: optional(Written),
    skip_push: optional(Any),
  }),
  answer: Updated,
} satisfies Operation;

export const UpdateChannelPartial = {
  name: 'UpdateChannelPartial',
  summary: 'Changes some fields of a channel',
  body: object(PATCH),
  answer: Updated,
} satisfies Operation;

export const DeleteChannel = {
  name: 'DeleteChannel',
  summary: 'Deletes a channel with all that is in it, for good',
  // It is gone for good either way.
  query: object({ hard_delete: flag() }),
  answer: object({ channel: Channel }),
} satisfies Operation;

export const TruncateChannel = {
  name: 'TruncateChannel',
  summary: 'Deletes the messages of a channel, all or up to a time',
  body: object({
    truncated_at: optional(Time),
    // They are gone for good either way.
    hard_delete: flag(),
    member_ids: strings(MAX_MEMBERS),
    message: optional(Written),
  }),
  answer: object({ channel: Channel, message: optional(Message) }),
} satisfies Operation;

export const HideChannel = {
  name: 'HideChannel',
  summary: 'Takes a channel out of the own lists until somebody writes there again',
  body: object({ clear_history: flag() }),
  answer: object({}),
} satisfies Operation;

export const ShowChannel = {
  name: 'ShowChannel',
  summary: 'Puts a hidden channel back into the own lists',
  answer: object({}),
} satisfies Operation;

export const UpdateMemberPartial = {
  name: 'UpdateMemberPartial',
  summary: 'Pins or archives a channel for its member, or changes the custom data of the membership',
  body: object({
    set: object({ pinned: optional(Type.Boolean()), archived: optional(Type.Boolean()) }),
    unset: PATCH.unset,
  }),
  answer: object({ channel_member: Member }),
} satisfies Operation;

export const UpdateOwnMemberPartial = {
  ...UpdateMemberPartial,
  id: 'UpdateOwnMemberPartial',
} satisfies Operation;

export const QueryMembers = {
  name: 'QueryMembers',
  summary: 'The members of a channel that a filter finds',
  payload: object({
    type: optional(Type.String()),
    id: optional(Type.String()),
    ...sliced(MAX_MEMBERS, MAX_MEMBERS),
  }),
  answer: object({ members: Type.Array(Member) }),
} satisfies Operation;

export const Sync = {
  name: 'Sync',
  summary: 'The events of some channels since a time: what a connection missed',
  query: object({ ...CONNECTION, watch: flag(), with_inaccessible_cids: flag() }),
  body: object({
    // protocol.md §7.15.
    channel_cids: strings(255),
    last_sync_at: Time,
    watch: optional(Type.Boolean()),
    with_inaccessible_cids: optional(Type.Boolean()),
  }),
  answer: object({ events: Type.Array(Event), inaccessible_cids: optional(Type.Array(Type.String())) }),
} satisfies Operation;
