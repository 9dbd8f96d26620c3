import { emptyChannel } from '../../src/client/reduce.js';
import type { ChannelState, LocalMessage } from '../../src/client/state.js';
import type { ChannelStateResponse, Message, ReadEntry, User } from '../../src/protocol.js';

export const ada: User = { id: 'ada', name: 'Ada' };
export const bob: User = { id: 'bob', name: 'Bob' };
export const cyd: User = { id: 'cyd', name: 'Cyd' };
export const CID = 'messaging:general';

/** A server time: `at(5)` is five seconds after the beginning of our world. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 2, 3, 0, 0) + seconds * 1000).toISOString();
}

/** A message of `user`, sent `seconds` after the beginning, with that as its id: `m5`. */
export function message(seconds: number, user: User = bob, fields: Partial<Message> = {}): Message {
  const created_at = at(seconds);
  const id = `m${seconds}`;
  return {
    id,
    cid: CID,
    type: 'regular',
    text: `text ${seconds}`,
    user,
    created_at,
    updated_at: created_at,
    ...fields,
  };
}

export function sent(seconds: number, user: User = bob, fields: Partial<LocalMessage> = {}): LocalMessage {
  return { ...message(seconds, user), status: 'sent', ...fields };
}

export function readEntry(user: User, seconds: number, unread = 0): ReadEntry {
  return { user, last_read: at(seconds), unread_messages: unread };
}

export function response(fields: Partial<ChannelStateResponse> = {}): ChannelStateResponse {
  return {
    channel: { id: 'general', type: 'messaging', cid: CID, name: 'General', created_at: at(0) },
    messages: [],
    members: [ada, bob].map((user) => ({ user_id: user.id, user })),
    read: [readEntry(ada, 0), readEntry(bob, 0)],
    ...fields,
  };
}

/** A channel that is loaded, with these parts of its state. */
export function channelState(fields: Partial<ChannelState> = {}): ChannelState {
  return { ...emptyChannel(CID), phase: 'ready', data: response().channel, ...fields };
}
