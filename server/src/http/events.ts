import { mayDisclose } from '../../../src/protocol.js';
import { readableChannel, readableMessage, type Access } from '../access.js';
import { formatTime } from '../clock.js';
import { toWatchers, type Outgoing } from '../deliver.js';
import { markAllDelivered } from '../delivered.js';
import type { Deps } from '../deps.js';
import { ApiError, badInput, notAllowed, shown } from '../errors.js';
import { checkSize, type Json } from '../input.js';
import { ownTotals, tellOwn } from '../own-totals.js';
import { markRead, markUnread, unreadOf } from '../store/reads.js';
import type { MemberRow } from '../store/schema.js';
import { unreadThreadsOf } from '../store/threads.js';
import { countActive } from '../store/users.js';
import {
  MarkChannelsRead,
  MarkDelivered,
  MarkRead,
  MarkUnread,
  SendEvent,
  UnreadCounts,
} from '../shapes/events.js';
import { readThread, unreadThread } from '../thread-reads.js';
import { eventIn, People } from '../wire.js';
import type { AddRoute, Call, ChannelCall } from './route.js';

const TYPING = new Set(['typing.start', 'typing.stop']);
const ASSISTANT = new Set(['ai_indicator.update', 'ai_indicator.stop', 'ai_indicator.clear']);
/**
 * Not for a caller to say to others: what tells a client of its connection, its rights and its unread counts, who sent
 * the event, and the number that only stored events have.
 */
const RESERVED = [
  'seq', 'user_id', 'connection_id', 'me', 'epoch', 'heads', 'error', 'own_capabilities', 'channel', 'member',
  'watcher_count', 'hard_delete', 'total_unread_count', 'unread_count', 'unread_channels', 'unread_messages',
  'unread_threads',
]; // prettier-ignore

export function addEvents(add: AddRoute, deps: Deps): void {
  add('POST', '/channels/:type/:id/event', SendEvent, async ({ access, userId, body }) => ({
    event: await sendEvent(deps, access, userId, body.event),
  }));
  add('POST', '/channels/:type/:id/read', MarkRead, async ({ access, userId, body }) => {
    requireReads(access);
    const { thread_id: thread } = body;
    if (thread) return { event: (await readThread(deps, access, userId, thread)) ?? null };
    return { event: (await read(deps, access, userId)) ?? null };
  });
  add('POST', '/channels/:type/:id/unread', MarkUnread, (call) => unread(deps, call));
  add('POST', '/channels/read', MarkChannelsRead, (call) => readMany(deps, call));
  add('POST', '/channels/delivered', MarkDelivered, async ({ body, userId }) => {
    await markAllDelivered(deps, userId, body);
    return {};
  });
  add('GET', '/unread', UnreadCounts, (call) => unreadCounts(deps, call.userId));
}

/** Passes on typing, an assistant's state, or an event of the application's own; nothing is stored. */
async function sendEvent(
  deps: Deps,
  access: Access,
  userId: string,
  input: { type: string } & Json,
): Promise<object> {
  const { type } = input;
  if (type === 'message.read') {
    if (!access.type.config.read_events) throw eventOff(type);
    return (await read(deps, access, userId)) ?? {};
  }
  checkType(access, type);
  checkSize(input, 'An event');
  const speaker = access.speaker?.user;
  const people = speaker ? People.of(deps, [speaker]) : await People.load(deps, [userId]);
  const { parent_id: parentId, ...custom } = input;
  for (const key of RESERVED) delete custom[key];
  const event: Outgoing = {
    ...custom,
    ...(typeof parentId === 'string' ? { parent_id: parentId } : {}),
    ...eventIn(access.channel, type, deps.clock.now()),
    user: people.eventUser(userId),
  };
  // Nobody at all hears of withheld typing, not even the sender's own other tabs; the answer is as usual.
  if (access.shadow) void deps.tell({ to: 'watchers', event, only: userId });
  else if (mayDisclose(event.user, type)) toWatchers(deps, event);
  return event;
}

function checkType({ type: { config } }: Access, type: string): void {
  if (TYPING.has(type)) {
    if (!config.typing_events) throw eventOff(type);
  } else if (!ASSISTANT.has(type) && (type.includes('.') || !config['custom_events'])) throw eventOff(type);
}

function eventOff(type: string): ApiError {
  return new ApiError(18, `Events of type ${shown(type)} are not allowed in this type of channel.`);
}

function requireReads({ type: { config } }: Access): void {
  if (!config.read_events) throw new ApiError(19, `Channels of type ${config.name} have no read state.`);
}

/** Marks the channel read and tells who may know; undefined when the caller is no member. */
async function read(deps: Deps, { channel }: Access, userId: string): Promise<object | undefined> {
  return deps.inOrder(channel.cid, async () => {
    const mark = await markRead(deps.db, channel.cid, userId, deps.clock.now());
    if (!mark) return undefined;
    const { member, newest } = mark;
    const people = await People.load(deps, [userId]);
    const event: Outgoing = {
      ...eventIn(channel, 'message.read', member.last_read),
      user: people.eventUser(userId),
      ...(newest
        ? { last_read_message_id: newest.id, channel_last_message_at: formatTime(newest.created_at) }
        : {}),
    };
    toWatchers(deps, event);
    await tellOwn(deps, userId, { ...event, type: 'notification.mark_read' });
    return event;
  });
}

async function unread(deps: Deps, { access, body, userId }: ChannelCall<typeof MarkUnread>): Promise<object> {
  requireReads(access);
  const { message_id: id, thread_id: thread } = body;
  if (thread) return unreadThread(deps, access, userId, thread);
  if (id === undefined) throw badInput(`message_id must name a message; got ${shown(id)}`);
  const { message } = await readableMessage(deps, userId, id);
  const { channel } = access;
  if (message.cid !== channel.cid)
    throw badInput(`message_id must name a message of this channel; got ${shown(id)}`);
  const mark = await markUnread(deps.db, message, userId);
  if (!mark) throw notAllowed(userId, 'mark a channel unread without being its member');
  const people = await People.load(deps, [userId]);
  await tellOwn(deps, userId, {
    ...eventIn(channel, 'notification.mark_unread', deps.clock.now()),
    user: people.eventUser(userId),
    first_unread_message_id: id,
    last_read_message_id: mark.previous,
    last_read_at: formatTime(mark.member.last_read),
    unread_messages: mark.member.unread,
  });
  return {};
}

/** Marks the channels named, or all with something unread, as read. */
async function readMany(deps: Deps, { body, userId }: Call<typeof MarkChannelsRead>): Promise<object> {
  const named = Object.keys(body.read_by_channel);
  const cids = named.length ? named : (await unreadOf(deps.db, userId)).map((row) => row.cid);
  let event: object | undefined;
  for (const cid of cids) {
    const access = await readableChannel(deps, userId, cid);
    if (access.type.config.read_events) event = (await read(deps, access, userId)) ?? event;
  }
  return { event: event ?? null };
}

async function unreadCounts(deps: Deps, userId: string): Promise<object> {
  await countActive(deps.db, userId, deps.clock.now());
  const rows = await unreadOf(deps.db, userId);
  const totals = await ownTotals(deps.db, userId);
  const threads = await unreadThreadsOf(deps.db, userId);
  return {
    total_unread_count: totals.total_unread_count,
    total_unread_threads_count: totals.unread_threads,
    channels: rows.map((row) => ({
      channel_id: row.cid,
      unread_count: row.unread,
      last_read: formatTime(row.last_read),
    })),
    channel_type: byType(rows),
    threads: threads.map((row) => ({
      parent_message_id: row.parent_id,
      unread_count: row.unread,
      last_read: formatTime(row.last_read),
      last_read_message_id: row.last_read_message_id,
    })),
  };
}

function byType(rows: readonly MemberRow[]): object[] {
  const types = new Map<string, { channel_type: string; channel_count: number; unread_count: number }>();
  for (const { cid, unread: count } of rows) {
    const [type = ''] = cid.split(':');
    const sum = types.get(type) ?? { channel_type: type, channel_count: 0, unread_count: 0 };
    types.set(type, { ...sum, channel_count: sum.channel_count + 1, unread_count: sum.unread_count + count });
  }
  return [...types.values()];
}
