import { mayDisclose } from '../../src/protocol.js';
import { formatTime } from './clock.js';
import { toWatchers, type Outgoing } from './deliver.js';
import type { Deps } from './deps.js';
import { draftOf } from './drafts.js';
import { badInput, notAllowed, notFound, shown } from './errors.js';
import { checkSize, patched, type Json } from './input.js';
import type { BodyOf } from './shapes/operation.js';
import type { UpdateThreadPartial } from './shapes/threads.js';
import { Messages } from './message-view.js';
import type { Found } from './access.js';
import { channelsById, lockChannel } from './store/channels.js';
import { membershipsOf } from './store/members.js';
import { draftsIn } from './store/drafts.js';
import { messagesById } from './store/messages.js';
import { newestReplies } from './store/query-threads.js';
import type { DraftRow, MessageRow, ParticipantRow, ThreadRow } from './store/schema.js';
import { findThread, hearersOf, participantCounts, participantsOf, updateThread } from './store/threads.js';
import { channelIn } from './tell-message.js';
import { eventIn, ownChannelOf, type People } from './wire.js';

export interface ThreadOptions {
  replyLimit: number;
  participantLimit: number;
}

/** Of read states with one thread. */
const MAX_READS = 100;
const MAX_TITLE = 255;

/** Computed by the server. */
const RESERVED = [
  'parent_message_id', 'parent_message', 'channel_cid', 'channel', 'created_by_user_id', 'created_by', 'created_at',
  'updated_at', 'deleted_at', 'last_message_at', 'reply_count', 'participant_count', 'active_participant_count',
  'thread_participants', 'latest_replies', 'read', 'draft', 'user', 'user_id', 'seq', 'own_capabilities', 'id', 'cid',
]; // prettier-ignore

/** Threads as `userId` sees them, in the order given. */
export async function threadStates(
  deps: Deps,
  threads: readonly ThreadRow[],
  userId: string,
  options: ThreadOptions,
): Promise<Json[]> {
  const { db } = deps;
  const ids = threads.map((row) => row.parent_id);
  const cids = [...new Set(threads.map((row) => row.cid))];
  const parents = await messagesById(db, ids, userId);
  const replies = await newestReplies(db, ids, options.replyLimit, userId);
  const takers = await participantsOf(db, ids, Math.max(options.participantLimit, MAX_READS));
  const channels = await channelsById(db, cids);
  const messages = await Messages.load(deps, [...parents, ...replies], {
    viewer: userId,
    others: [...takers.map((row) => row.user_id), ...[...threads, ...channels].map((row) => row.created_by)],
  });
  const joined = new Map((await membershipsOf(db, cids, userId)).map((row) => [row.cid, row]));
  const counts = await participantCounts(db, ids);
  const drafts = await draftsIn(db, userId, cids, ids);
  return threads.flatMap<Json>((thread) => {
    const of = <Row extends { parent_id: string | null }>(rows: readonly Row[]) =>
      rows.filter((row) => row.parent_id === thread.parent_id);
    const parent = parents.find((row) => row.id === thread.parent_id);
    const channel = channels.find((row) => row.cid === thread.cid);
    if (!parent || !channel) return [];
    return oneThread(messages, userId, {
      thread,
      parent,
      channel: ownChannelOf(channel, messages.people, userId, joined.get(channel.cid)),
      replies: of(replies),
      takers: of(takers),
      limit: options.participantLimit,
      counts: counts.get(thread.parent_id) ?? { all: 0, active: 0 },
      draft: of(drafts)[0],
    });
  });
}

interface Parts {
  thread: ThreadRow;
  parent: MessageRow;
  channel: object;
  replies: MessageRow[];
  takers: ParticipantRow[];
  limit: number;
  counts: { all: number; active: number };
  draft: DraftRow | undefined;
}

function oneThread(messages: Messages, userId: string, parts: Parts): Json {
  const { thread, parent, takers, counts, draft } = parts;
  const { people } = messages;
  // Read state that a user withholds is told to nobody else, in whatever field.
  const told = (row: ParticipantRow) => row.user_id === userId || disclosed(people, row.user_id);
  return {
    ...thread.data,
    ...threadFields(thread, parent),
    parent_message: messages.answer(parent),
    channel: parts.channel,
    created_by: people.user(thread.created_by),
    participant_count: counts.all,
    active_participant_count: counts.active,
    thread_participants: takers.slice(0, parts.limit).map((row) => ({
      user_id: row.user_id,
      user: people.user(row.user_id),
      thread_id: thread.parent_id,
      channel_cid: thread.cid,
      created_at: formatTime(row.created_at),
      ...(told(row) ? { last_read_at: formatTime(row.last_read) } : {}),
      ...(row.last_message_at === null ? {} : { last_thread_message_at: formatTime(row.last_message_at) }),
    })),
    latest_replies: parts.replies.map((row) => messages.answer(row)),
    read: takers.filter(told).map((row) => ({
      user: people.user(row.user_id),
      last_read: formatTime(row.last_read),
      last_read_message_id: row.last_read_message_id,
      unread_messages: row.unread,
    })),
    ...(draft ? { draft: draftOf(draft) } : {}),
  };
}

function disclosed(people: People, userId: string): boolean {
  const row = people.row(userId);
  return mayDisclose(row && { privacy_settings: row.privacy }, 'message.read');
}

/** What everybody is told of a thread. */
function threadFields(thread: ThreadRow, parent: MessageRow): Json {
  return {
    parent_message_id: thread.parent_id,
    channel_cid: thread.cid,
    title: thread.title,
    created_by_user_id: thread.created_by,
    created_at: formatTime(thread.created_at),
    updated_at: formatTime(thread.updated_at),
    last_message_at: formatTime(thread.last_message_at),
    reply_count: parent.reply_count,
  };
}

/** @throws {ApiError} 16 for a message without replies. */
export async function threadOf(deps: Deps, { message }: Found): Promise<ThreadRow> {
  const thread = await findThread(deps.db, message.id);
  if (!thread) throw notFound(`Message ${shown(message.id)} has no thread. Reply to it first.`);
  return thread;
}

/**
 * Changes title and custom data of a thread, and tells the watchers.
 *
 * @throws {ApiError} 4 for a bad field, 16 for no thread, 17 for who is no member and did not write the parent.
 */
export async function changeThread(
  deps: Deps,
  found: Found,
  userId: string,
  { set, unset }: BodyOf<typeof UpdateThreadPartial>,
): Promise<ThreadRow> {
  const { message, member, backend } = found;
  if (!member && message.user_id !== userId && !backend)
    throw notAllowed(userId, 'update a thread of others');
  const forbidden = [...Object.keys(set), ...unset].find((key) => RESERVED.includes(key.split('.')[0] ?? ''));
  if (forbidden !== undefined) throw notAllowed(userId, `change ${shown(forbidden)} of a thread`);
  const row = await deps.inOrder(message.cid, () =>
    deps.db.transaction().execute(async (trx) => {
      await lockChannel(trx, message.cid);
      const now = await findThread(trx, message.id);
      if (!now) throw notFound(`Message ${shown(message.id)} has no thread. Reply to it first.`);
      const { title = '', ...data } = patched({ ...now.data, title: now.title }, set, unset);
      if (typeof title !== 'string' || title.length > MAX_TITLE)
        throw badInput(`A thread's title is a string of up to ${MAX_TITLE} characters; got ${shown(title)}`);
      checkSize(data, "A thread's custom data");
      return updateThread(trx, message.id, { title, data }, deps.clock.now());
    }),
  );
  await tellThread(deps, row, message, userId);
  return row;
}

async function tellThread(deps: Deps, row: ThreadRow, parent: MessageRow, userId: string): Promise<void> {
  const messages = await Messages.load(deps, [parent], { others: [userId, row.created_by] });
  toWatchers(deps, {
    ...eventIn(channelIn(row), 'thread.updated', row.updated_at),
    user: messages.people.eventUser(userId),
    thread: {
      ...row.data,
      ...threadFields(row, parent),
      created_by: messages.people.eventUser(row.created_by),
      parent_message: messages.event(parent),
    },
  });
}

/** Tells who takes part in a thread of a new reply, on connections that do not watch the channel. */
export async function tellReply(deps: Deps, reply: MessageRow, event: Outgoing): Promise<void> {
  const parentId = reply.parent_id ?? '';
  for (const { userId, unread } of await hearersOf(deps.db, parentId)) {
    if (userId === reply.user_id || !deps.online(userId)) continue;
    const told = { ...event, type: 'notification.thread_message_new', thread_id: parentId };
    await deps.tell({
      to: 'idle',
      userId,
      event: { ...told, unread_thread_messages: unread },
      totals: true,
    });
  }
}
