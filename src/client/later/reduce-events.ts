import {
  compareTimes,
  mayDisclose,
  type Message,
  type ReactionEvent,
  type ReadEntry,
  type ServerEvent,
  type User,
  type UserEvent,
} from '../../protocol.js';
import { findMessage, inTimeline, upsert } from '../messages.js';
import { reduceLocal, type LocalEvent } from '../reduce.js';
import type { ChannelState } from '../state.js';
import { remove, setLocal, update } from './change-messages.js';

/** How long a late copy of a message that was deleted for good may still come (reliability.md §4). */
const GONE_MS = 10 * 60_000;

/**
 * The state after `event`; the very same object when nothing changed.
 *
 * @param selfId - The connected user's.
 * @param now - In local milliseconds.
 */
export function reduce(
  state: ChannelState,
  event: ServerEvent | LocalEvent,
  selfId: string,
  now: number,
): ChannelState {
  const { messages, hasOlder } = state;
  switch (event.type) {
    case 'local.state':
    case 'local.loaded':
      return reduceLocal(state, event, selfId);
    case 'local.message':
      return { ...state, messages: setLocal(messages, event.message) };
    case 'local.sent':
      return withMessage(state, event.message);
    case 'local.dropped':
      return { ...state, messages: remove(messages, event.id) };
    case 'local.void':
      return { ...state, messages: messages.filter(({ status }) => status !== 'sent'), gap: undefined };
    case 'message.new':
      return Object.hasOwn(state.gone, event.message.id) ? state : arrived(state, event.message, selfId);
    case 'message.updated':
      return Object.hasOwn(state.gone, event.message.id)
        ? state
        : { ...state, messages: update(messages, withOwn(state, event.message), hasOlder) };
    case 'reaction.new':
    case 'reaction.updated':
    case 'reaction.deleted':
      return { ...state, messages: update(messages, reacted(state, event, selfId), hasOlder) };
    case 'message.deleted':
      return event.hard_delete
        ? erased(state, event.message.id, now)
        : { ...state, messages: update(messages, { ...event.message, type: 'deleted' }, hasOlder) };
    case 'typing.start':
      return typingStarts(state, event.user, event.parent_id, selfId);
    case 'typing.stop':
      return typingStops(state, event.user);
    case 'message.read':
      if (event['thread']) return state; // concerns the replies only
      return read(state, event.user, event.created_at ?? '', event.last_read_message_id, selfId);
    case 'notification.mark_read':
      return event['thread_id'] ? state : { ...state, unread: 0 };
    default:
      return reducePeople(state, event);
  }
}

/** What concerns those who are here, and the channel itself. */
function reducePeople(state: ChannelState, event: ServerEvent): ChannelState {
  const { members } = state;
  switch (event.type) {
    case 'member.added':
    case 'member.updated': {
      const at = members.findIndex(({ user_id }) => user_id === event.member?.user_id);
      return event.member
        ? { ...state, members: members.toSpliced(at, at < 0 ? 0 : 1, event.member) }
        : state;
    }
    case 'member.removed':
      return { ...state, members: members.filter(({ user_id }) => user_id !== event.user.id) };
    case 'user.updated':
    case 'user.presence.changed':
      return withUser(state, event);
    case 'channel.updated': {
      // What is personal of a channel is left out of events (protocol.md §7.1).
      const { own_capabilities, config, hidden, muted } = state.data ?? {
        hidden: undefined,
        muted: undefined,
      };
      return event.channel
        ? { ...state, data: { own_capabilities, config, hidden, muted, ...event.channel } }
        : state;
    }
    default:
      return state;
  }
}

/** An event is the same for everybody: what the user themselves did to the message is kept (protocol.md §7.7). */
function withOwn({ messages }: ChannelState, message: Message): Message {
  const { own_reactions } = findMessage(messages, message.id) ?? {};
  return own_reactions?.length ? { ...message, own_reactions } : message;
}

function reacted(state: ChannelState, { type, message, reaction }: ReactionEvent, selfId: string): Message {
  const next = withOwn(state, message);
  if (reaction?.user_id !== selfId) return next;
  const others = (next.own_reactions ?? []).filter(
    (own) => own.type !== reaction.type && message.reaction_groups?.[own.type],
  );
  return { ...next, own_reactions: type === 'reaction.deleted' ? others : [...others, reaction] };
}

function withMessage(state: ChannelState, message: Message): ChannelState {
  const { lastActivity } = state;
  return {
    ...state,
    messages: upsert(state.messages, message),
    lastActivity: compareTimes(message.created_at, lastActivity) > 0 ? message.created_at : lastActivity,
  };
}

/** Deleted for good. A copy that comes late must not bring it back. */
function erased(state: ChannelState, id: string, now: number): ChannelState {
  const at = state.messages.findIndex((message) => message.id === id);
  const recent = Object.entries(state.gone).filter(([, when]) => now - when < GONE_MS);
  return {
    ...state,
    messages: remove(state.messages, id),
    gap: state.gap === id ? state.messages[at + 1]?.id : state.gap,
    gone: { ...Object.fromEntries(recent), [id]: now },
  };
}

/** Counting rules of protocol.md §9.2, as far as one message tells. */
function countsAsUnread(message: Message, selfId: string): boolean {
  const quiet = message.silent || /system|ephemeral|error/.test(message.type);
  return message.user?.id !== selfId && !quiet && inTimeline(message);
}

function arrived(state: ChannelState, message: Message, selfId: string): ChannelState {
  const { user: author, created_at, id } = message;
  const counts = !findMessage(state.messages, id) && countsAsUnread(message, selfId);
  let next = withMessage(state, message);
  if (counts && state.data?.config?.read_events !== false) next = { ...next, unread: next.unread + 1 };
  if (!author) return next;
  next = typingStops(next, author);
  // An author has read up to their own message, but only whose reads we are shown says so here.
  return next.reads[author.id] && inTimeline(message) ? read(next, author, created_at, id, selfId) : next;
}

function typingStarts(
  state: ChannelState,
  user: User,
  parentId: string | undefined,
  selfId: string,
): ChannelState {
  if (user.id === selfId || parentId || !mayDisclose(user, 'typing.start')) return state;
  return state.typing.some(({ id }) => id === user.id)
    ? state
    : { ...state, typing: [...state.typing, user] };
}

function typingStops(state: ChannelState, user: User): ChannelState {
  const typing = state.typing.filter(({ id }) => id !== user.id);
  return typing.length < state.typing.length ? { ...state, typing } : state;
}

function read(
  state: ChannelState,
  user: User,
  at: string,
  messageId: string | undefined,
  selfId: string,
): ChannelState {
  const held = state.reads[user.id];
  const own = user.id === selfId;
  // Read marks only move forward.
  if ((held && compareTimes(at, held.last_read) < 0) || !(own || mayDisclose(user, 'message.read')))
    return state;
  const entry: ReadEntry = { user, last_read: at, last_read_message_id: messageId, unread_messages: 0 };
  const later = (message: Message) =>
    compareTimes(message.created_at, at) > 0 && countsAsUnread(message, selfId);
  const unread = own ? state.messages.filter(later).length : state.unread;
  return { ...state, unread, reads: { ...state.reads, [user.id]: entry } };
}

/** A user's new name, presence or settings, wherever they stand. Presence is not shown beside messages. */
function withUser(state: ChannelState, { type, user }: UserEvent): ChannelState {
  const { members, messages } = state;
  if (!state.reads[user.id] && !members.some(({ user_id }) => user_id === user.id)) return state;
  const fresh = <T extends { user?: User }>(item: T): T =>
    item.user?.id === user.id ? { ...item, user: { ...item.user, ...user } } : item;
  const next = { ...state, members: members.map(fresh), reads: { ...state.reads } };
  if (type === 'user.updated') next.messages = messages.map(fresh);
  if (!mayDisclose(user, 'message.read')) delete next.reads[user.id];
  return next;
}
