import type { ChannelStateResponse, Message } from '../protocol.js';
import { findMessage, joinNewest, PAGE_SIZE } from './messages.js';
import type { ChannelState, LocalMessage } from './state.js';

/** What this client itself did or learned, told in the same way as the server's events. */
export type LocalEvent =
  | { type: 'local.state'; state: Partial<ChannelState> }
  | { type: 'local.loaded'; response: ChannelStateResponse }
  | { type: 'local.message'; message: LocalMessage }
  | { type: 'local.sent'; message: Message }
  | { type: 'local.dropped'; id: string }
  | { type: 'local.void' };

/** The state of a channel of which nothing is known yet. */
export function emptyChannel(cid: string): ChannelState {
  return {
    cid,
    phase: 'idle',
    error: undefined,
    data: undefined,
    messages: [],
    hasOlder: false,
    gap: undefined,
    gone: {},
    olderPhase: 'idle',
    members: [],
    reads: {},
    typing: [],
    unread: 0,
    lastActivity: '',
  };
}

/** The state after what this client learned or did, as far as the first look needs it. */
export function reduceLocal(state: ChannelState, event: LocalEvent, selfId: string): ChannelState {
  if (event.type === 'local.state') return { ...state, ...event.state };
  return event.type === 'local.loaded' ? loaded(state, event.response, selfId) : state;
}

function loaded(state: ChannelState, response: ChannelStateResponse, selfId: string): ChannelState {
  const { channel, messages: page, members, read = [] } = response;
  const whole = page.length < PAGE_SIZE;
  const known = state.phase === 'ready' && state.messages.some(({ status }) => status === 'sent');
  const { messages, joined } = joinNewest(known ? keptBefore(state, page) : state.messages, page);
  const gap = joined ? state.gap : page[0]?.id;
  const reads = Object.fromEntries(read.map((entry) => [entry.user.id, entry]));
  return {
    ...state,
    phase: 'ready',
    error: undefined,
    data: channel,
    messages,
    hasOlder: !whole && (!known || state.hasOlder || Boolean(!joined && state.gap)),
    gap: whole || !known ? undefined : gap,
    members,
    reads,
    unread: reads[selfId]?.unread_messages ?? 0,
    lastActivity: page.at(-1)?.created_at ?? channel.last_message_at ?? channel.created_at ?? '',
  };
}

/** Of two gaps only the newer is shown: what stands before the older one is given up, and read again by paging. */
function keptBefore({ messages, gap }: ChannelState, page: readonly Message[]): readonly LocalMessage[] {
  const touches = page.length < PAGE_SIZE || page.some(({ id }) => findMessage(messages, id));
  return gap && !touches ? messages.slice(messages.findIndex(({ id }) => id === gap)) : messages;
}
