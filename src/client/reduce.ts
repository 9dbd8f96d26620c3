import {
  compareTimes,
  mayDisclose,
  type ChannelStateResponse,
  type Message,
  type ReadEntry,
  type ServerEvent,
  type User,
  type UserEvent,
} from '../protocol.js';
import {
  findMessage,
  inTimeline,
  joinNewest,
  PAGE_SIZE,
  remove,
  setLocal,
  update,
  upsert,
} from './messages.js';
import type { ChannelState, LocalMessage } from './state.js';

/** What this client itself did or learned, told in the same way as the server's events. */
export type LocalEvent =
  | { type: 'local.state'; state: Partial<ChannelState> }
  | { type: 'local.loaded'; response: ChannelStateResponse }
  | { type: 'local.message'; message: LocalMessage }
  | { type: 'local.sent'; message: Message }
  | { type: 'local.dropped'; id: string };

/** The state of a channel of which nothing is known yet. */
export function emptyChannel(cid: string): ChannelState {
  return {
    cid,
    phase: 'idle',
    error: undefined,
    data: undefined,
    messages: [],
    hasOlder: false,
    olderPhase: 'idle',
    members: [],
    reads: {},
    typing: [],
    unread: 0,
    lastActivity: '',
  };
}

/** The state after `event`; the very same object when nothing changed. `selfId` is the connected user's. */
export function reduce(state: ChannelState, event: ServerEvent | LocalEvent, selfId: string): ChannelState {
  const { messages } = state;
  switch (event.type) {
    case 'local.state':
      return { ...state, ...event.state };
    case 'local.loaded':
      return loaded(state, event.response, selfId);
    case 'local.message':
      return { ...state, messages: setLocal(messages, event.message) };
    case 'local.sent':
      return withMessage(state, event.message);
    case 'local.dropped':
      return { ...state, messages: remove(messages, event.id) };
    case 'message.new':
      return arrived(state, event.message, selfId);
    case 'message.updated':
      return { ...state, messages: update(messages, event.message) };
    case 'message.deleted': {
      const { message, hard_delete } = event;
      const left = hard_delete
        ? remove(messages, message.id)
        : update(messages, { ...message, type: 'deleted' });
      return { ...state, messages: left };
    }
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

function withMessage(state: ChannelState, message: Message): ChannelState {
  const { lastActivity } = state;
  return {
    ...state,
    messages: upsert(state.messages, message),
    lastActivity: compareTimes(message.created_at, lastActivity) > 0 ? message.created_at : lastActivity,
  };
}

function loaded(state: ChannelState, response: ChannelStateResponse, selfId: string): ChannelState {
  const { channel, messages: page, members, read = [] } = response;
  const { messages, joined } = joinNewest(state.messages, page);
  const reads = Object.fromEntries(read.map((entry) => [entry.user.id, entry]));
  return {
    ...state,
    phase: 'ready',
    error: undefined,
    data: channel,
    messages,
    hasOlder: page.length >= PAGE_SIZE && (!joined || state.hasOlder),
    members,
    reads,
    unread: reads[selfId]?.unread_messages ?? 0,
    lastActivity: page.at(-1)?.created_at ?? channel.last_message_at ?? channel.created_at ?? '',
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
