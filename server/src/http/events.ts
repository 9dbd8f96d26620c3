import { mayDisclose } from '../../../src/protocol.js';
import { readableMessage, readableChannel, type Access } from '../access.js';
import { formatTime } from '../clock.js';
import { toUser, toWatchers, type Outgoing } from '../deliver.js';
import type { Deps } from '../deps.js';
import { ApiError, badInput, notAllowed, shown } from '../errors.js';
import { asObject, checkSize, type Json } from '../input.js';
import { markRead, markUnread, totalsOf, unreadOf } from '../store/reads.js';
import type { MemberRow } from '../store/schema.js';
import { countActive } from '../store/users.js';
import { eventIn, People } from '../wire.js';
import { channelAt } from './channels.js';
import type { AddRoute, Call } from './route.js';

const TYPING = new Set(['typing.start', 'typing.stop']);
const ASSISTANT = new Set(['ai_indicator.update', 'ai_indicator.stop', 'ai_indicator.clear']);
const MAX_CHANNELS = 100;

export function addEvents(add: AddRoute, deps: Deps): void {
  add('POST', '/channels/:type/:id/event', 'SendEvent', async (call) => {
    const access = await channelAt(deps, call);
    return { event: await sendEvent(deps, access, call.userId, asObject(call.body['event'], 'event')) };
  });
  add('POST', '/channels/:type/:id/read', 'MarkRead', async (call) => {
    const access = await channelAt(deps, call);
    if (call.body['thread_id']) throw new ApiError(19, 'Threads have no read state of their own here.');
    requireReads(access);
    return { event: (await read(deps, access, call.userId)) ?? null };
  });
  add('POST', '/channels/:type/:id/unread', 'MarkUnread', async (call) =>
    unread(deps, await channelAt(deps, call), call),
  );
  add('POST', '/channels/read', 'MarkChannelsRead', (call) => readMany(deps, call));
  add('GET', '/unread', 'UnreadCounts', (call) => unreadCounts(deps, call.userId));
}

/** Passes on typing, an assistant's state, or an event of the application's own; nothing is stored. */
async function sendEvent(deps: Deps, access: Access, userId: string, input: Json): Promise<object> {
  const { type } = input;
  if (typeof type !== 'string' || !type)
    throw badInput(`event.type must be a non-empty string; got ${shown(type)}`);
  if (type === 'message.read') {
    if (!access.type.config.read_events) throw eventOff(type);
    return (await read(deps, access, userId)) ?? {};
  }
  checkType(access, type);
  checkSize(input, 'An event');
  const people = await People.load(deps, [userId]);
  const { parent_id: parentId, ...custom } = input;
  const event: Outgoing = {
    ...custom,
    ...(typeof parentId === 'string' ? { parent_id: parentId } : {}),
    ...eventIn(access.channel, type, deps.clock.now()),
    user: people.eventUser(userId),
  };
  // Nobody at all hears of withheld typing, not even the sender's own other tabs; the answer is as usual.
  if (mayDisclose(event.user, type)) toWatchers(deps, event);
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

/** To the user's own connections, with their totals: their badges must be right whatever they withhold. */
async function tellOwn(deps: Deps, userId: string, event: Outgoing): Promise<void> {
  const totals = (await totalsOf(deps.db, [userId]))(userId);
  toUser(deps, userId, { ...event, ...totals, unread_threads: 0 });
}

async function unread(deps: Deps, access: Access, { body, userId }: Call): Promise<object> {
  requireReads(access);
  const { message_id: id } = body;
  if (typeof id !== 'string') throw badInput(`message_id must name a message; got ${shown(id)}`);
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
async function readMany(deps: Deps, { body, userId }: Call): Promise<object> {
  const named = Object.keys(asObject(body['read_by_channel'], 'read_by_channel'));
  if (named.length > MAX_CHANNELS)
    throw badInput(`read_by_channel may name ${MAX_CHANNELS} channels; got ${named.length}`);
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
  return {
    total_unread_count: (await totalsOf(deps.db, [userId]))(userId).total_unread_count,
    total_unread_threads_count: 0,
    channels: rows.map((row) => ({
      channel_id: row.cid,
      unread_count: row.unread,
      last_read: formatTime(row.last_read),
    })),
    channel_type: byType(rows),
    threads: [],
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
