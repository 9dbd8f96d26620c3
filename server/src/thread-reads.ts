import { isMessageId, type Access } from './access.js';
import { formatTime } from './clock.js';
import { toWatchers, type Outgoing } from './deliver.js';
import type { Deps } from './deps.js';
import { notAllowed, notFound, shown } from './errors.js';
import { tellOwn } from './own-totals.js';
import { findMessage } from './store/messages.js';
import type { MessageRow } from './store/schema.js';
import { markThreadRead, markThreadUnread } from './store/thread-reads.js';
import { findThread } from './store/threads.js';
import { eventIn, People } from './wire.js';

/**
 * Marks the replies of a thread read and tells who may know; undefined when the caller takes no part in it.
 *
 * @throws {ApiError} 16 when the channel has no such thread.
 */
export async function readThread(
  deps: Deps,
  { channel }: Access,
  userId: string,
  id: unknown,
): Promise<object | undefined> {
  const parent = await threadParent(deps, channel.cid, id);
  return deps.inOrder(channel.cid, async () => {
    const own = await markThreadRead(deps.db, parent, userId, deps.clock.now());
    if (!own) return undefined;
    const event: Outgoing = {
      ...eventIn(channel, 'message.read', own.last_read),
      user: (await People.load(deps, [userId])).eventUser(userId),
      thread: { parent_message_id: parent.id, channel_cid: channel.cid, reply_count: parent.reply_count },
      ...(own.last_read_message_id === null ? {} : { last_read_message_id: own.last_read_message_id }),
    };
    toWatchers(deps, event);
    await tellOwn(deps, userId, {
      ...event,
      type: 'notification.mark_read',
      thread_id: parent.id,
      unread_thread_messages: 0,
    });
    return event;
  });
}

/**
 * Marks the replies of a thread unread; only the caller's own connections are told.
 *
 * @throws {ApiError} 16 when the channel has no such thread, 17 when the caller takes no part in it.
 */
export async function unreadThread(
  deps: Deps,
  { channel }: Access,
  userId: string,
  id: unknown,
): Promise<object> {
  const parent = await threadParent(deps, channel.cid, id);
  const mark = await markThreadUnread(deps.db, parent, userId);
  if (!mark) throw notAllowed(userId, 'mark a thread unread without taking part in it');
  const { participant, first } = mark;
  await tellOwn(deps, userId, {
    ...eventIn(channel, 'notification.mark_unread', deps.clock.now()),
    user: (await People.load(deps, [userId])).eventUser(userId),
    thread_id: parent.id,
    first_unread_message_id: first,
    last_read_message_id: participant.last_read_message_id,
    last_read_at: formatTime(participant.last_read),
    unread_messages: participant.unread,
    unread_thread_messages: participant.unread,
  });
  return {};
}

async function threadParent({ db }: Deps, cid: string, id: unknown): Promise<MessageRow> {
  const parent = isMessageId(id) ? await findMessage(db, id) : undefined;
  if (parent?.cid !== cid || !(await findThread(db, parent.id)))
    throw notFound(`thread_id must name a message of this channel with replies; got ${shown(id)}`);
  return parent;
}
