import {
  compareTimes,
  mayDisclose,
  type ChannelStateResponse,
  type Member,
  type Message,
  type MessageEvent,
  type ReadEntry,
  type ServerEvent,
  type User,
} from '../protocol.js';
import type { ChatError } from '../errors.js';
import {
  inTimeline,
  unsent,
  indexOfMessage,
  joinNewest,
  PAGE_SIZE,
  prepend,
  remove,
  setLocal,
  update,
  upsert,
} from './messages.js';
import type { ChannelState, LocalMessage } from './state.js';

/** What this client itself did or learned, told in the same way as the server's events. */
export type LocalEvent =
  | { type: 'local.loading' }
  | { type: 'local.failed'; error: ChatError }
  | { type: 'local.ended'; error: ChatError }
  | { type: 'local.loaded'; response: ChannelStateResponse }
  | { type: 'local.older.loading' }
  | { type: 'local.older.failed' }
  | { type: 'local.older.loaded'; messages: readonly Message[] }
  | { type: 'local.message'; message: LocalMessage }
  | { type: 'local.message.sent'; message: Message }
  | { type: 'local.message.dropped'; id: string };

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
  return isLocal(event) ? reduceLocal(state, event, selfId) : reduceServer(state, event, selfId);
}

function isLocal(event: ServerEvent | LocalEvent): event is LocalEvent {
  return event.type.startsWith('local.');
}

function reduceLocal(state: ChannelState, event: LocalEvent, selfId: string): ChannelState {
  switch (event.type) {
    case 'local.loading':
      return { ...state, phase: state.phase === 'ready' ? 'ready' : 'loading', error: undefined };
    case 'local.failed':
      return { ...state, phase: state.phase === 'ready' ? 'ready' : 'failed', error: event.error };
    case 'local.ended':
      return {
        ...emptyChannel(state.cid),
        phase: 'failed',
        error: event.error,
        messages: unsent(state.messages),
      };
    case 'local.loaded':
      return loaded(state, event.response, selfId);
    case 'local.older.loading':
      return { ...state, olderPhase: 'loading' };
    case 'local.older.failed':
      return { ...state, olderPhase: 'failed' };
    case 'local.older.loaded': {
      const { messages } = event;
      const hasOlder = messages.length >= PAGE_SIZE;
      return { ...state, messages: prepend(state.messages, messages), hasOlder, olderPhase: 'ready' };
    }
    case 'local.message':
      return { ...state, messages: setLocal(state.messages, event.message) };
    case 'local.message.sent':
      return withActivity({ ...state, messages: upsert(state.messages, event.message) }, event.message);
    case 'local.message.dropped':
      return { ...state, messages: remove(state.messages, event.id) };
  }
}

function reduceServer(state: ChannelState, event: ServerEvent, selfId: string): ChannelState {
  switch (event.type) {
    case 'message.new':
      return arrived(state, event, selfId);
    case 'message.updated':
      return withMessages(state, update(state.messages, event.message));
    case 'message.deleted':
      return withMessages(state, deleted(state.messages, event));
    case 'typing.start':
      return typingStarts(state, event.user, event.parent_id, selfId);
    case 'typing.stop':
      return typingStops(state, event.user.id);
    case 'message.read':
      if (event['thread']) return state; // concerns the replies only
      return read(state, event.user, event.created_at, event.last_read_message_id, selfId);
    case 'notification.mark_read':
      return event['thread_id'] || state.unread === 0 ? state : { ...state, unread: 0 };
    case 'member.added':
    case 'member.updated':
      return event.member ? withMember(state, event.member) : state;
    case 'member.removed':
      return { ...state, members: state.members.filter((member) => member.user_id !== event.user.id) };
    case 'user.updated':
    case 'user.presence.changed':
      return withUser(state, event.user);
    case 'channel.updated':
      return event.channel ? { ...state, data: { ...event.channel, ...personal(state) } } : state;
    default:
      return state;
  }
}

/** What is personal of a channel, and so left out of events (protocol.md §7.1): it stays as it was. */
function personal(state: ChannelState): Record<string, unknown> {
  const personal: Record<string, unknown> = {};
  for (const key of ['own_capabilities', 'hidden', 'muted', 'config'])
    if (state.data?.[key] !== undefined) personal[key] = state.data[key];
  return personal;
}

function deleted(
  messages: ChannelState['messages'],
  { message, hard_delete }: MessageEvent,
): ChannelState['messages'] {
  return hard_delete ? remove(messages, message.id) : update(messages, { ...message, type: 'deleted' });
}

function withMessages(state: ChannelState, messages: ChannelState['messages']): ChannelState {
  return messages === state.messages ? state : { ...state, messages };
}

function withActivity(state: ChannelState, message: Message): ChannelState {
  return compareTimes(message.created_at, state.lastActivity) > 0
    ? { ...state, lastActivity: message.created_at }
    : state;
}

function loaded(state: ChannelState, response: ChannelStateResponse, selfId: string): ChannelState {
  const { messages, joined } = joinNewest(state.messages, response.messages);
  const reads: Record<string, ReadEntry> = {};
  for (const entry of response.read ?? []) if (entry.user?.id) reads[entry.user.id] = entry;
  const { channel } = response;
  return {
    ...state,
    phase: 'ready',
    error: undefined,
    data: channel,
    messages,
    hasOlder: joined ? state.hasOlder : response.messages.length >= PAGE_SIZE,
    olderPhase: joined ? state.olderPhase : 'idle',
    members: response.members.length ? response.members : state.members,
    reads,
    unread: reads[selfId]?.unread_messages ?? 0,
    lastActivity: response.messages.at(-1)?.created_at ?? channel.last_message_at ?? channel.created_at ?? '',
  };
}

/** Counting rules of protocol.md §9.2, as far as one message tells. */
function countsAsUnread(message: Message, selfId: string): boolean {
  const quiet =
    message.silent || message.type === 'system' || message.type === 'ephemeral' || message.type === 'error';
  return message.user?.id !== selfId && !quiet && inTimeline(message);
}

function arrived(state: ChannelState, event: MessageEvent, selfId: string): ChannelState {
  const { message } = event;
  const isNew = indexOfMessage(state.messages, message.id) < 0;
  let next = withActivity(withMessages(state, upsert(state.messages, message)), message);
  if (isNew && countsAsUnread(message, selfId) && state.data?.config?.read_events !== false)
    next = { ...next, unread: next.unread + 1 };
  const author = message.user;
  if (!author) return next;
  next = typingStops(next, author.id);
  // An author has read up to their own message, but only whose reads we are shown says so here.
  return next.reads[author.id] && mayDisclose(author, 'message.read') && inTimeline(message)
    ? read(next, author, message.created_at, message.id, selfId)
    : next;
}

function typingStarts(
  state: ChannelState,
  user: User,
  parentId: string | undefined,
  selfId: string,
): ChannelState {
  if (user.id === selfId || parentId || !mayDisclose(user, 'typing.start')) return state;
  return state.typing.some((other) => other.id === user.id)
    ? state
    : { ...state, typing: [...state.typing, user] };
}

function typingStops(state: ChannelState, userId: string): ChannelState {
  return state.typing.some((user) => user.id === userId)
    ? { ...state, typing: state.typing.filter((user) => user.id !== userId) }
    : state;
}

function read(
  state: ChannelState,
  user: User,
  at: string | undefined,
  messageId: string | undefined,
  selfId: string,
): ChannelState {
  if (at === undefined || (user.id !== selfId && !mayDisclose(user, 'message.read'))) return state;
  const held = state.reads[user.id];
  if (held && compareTimes(at, held.last_read) < 0) return state; // read marks only move forward
  const entry: ReadEntry = {
    ...held,
    user,
    last_read: at,
    last_read_message_id: messageId ?? null,
    unread_messages: 0,
  };
  const later = (message: Message) =>
    compareTimes(message.created_at, at) > 0 && countsAsUnread(message, selfId);
  const unread = user.id === selfId ? state.messages.filter(later).length : state.unread;
  return { ...state, unread, reads: { ...state.reads, [user.id]: entry } };
}

function withMember(state: ChannelState, member: Member): ChannelState {
  const others = state.members.filter((other) => other.user_id !== member.user_id);
  const at = state.members.findIndex((other) => other.user_id === member.user_id);
  return { ...state, members: at < 0 ? [...others, member] : state.members.with(at, member) };
}

function withUser(state: ChannelState, user: User): ChannelState {
  const refresh = (old: User | undefined) => (old?.id === user.id ? { ...old, ...user } : old);
  const touches = state.members.some((member) => member.user_id === user.id);
  const members = touches
    ? state.members.map((member) =>
        member.user_id === user.id ? { ...member, user: { ...member.user, ...user } } : member,
      )
    : state.members;
  const renamed = state.messages.some(
    ({ user: author }) =>
      author?.id === user.id &&
      (author.name !== (user.name ?? author.name) || author.image !== (user.image ?? author.image)),
  );
  const messages = renamed
    ? state.messages.map((message) =>
        message.user?.id === user.id ? { ...message, user: refresh(message.user) } : message,
      )
    : state.messages;
  const next = { ...state, members, messages };
  const withheld = state.reads[user.id] && !mayDisclose(user, 'message.read');
  if (withheld) {
    const { [user.id]: _gone, ...reads } = state.reads;
    next.reads = reads;
  }
  return touches || renamed || withheld ? next : state;
}
