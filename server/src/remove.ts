import type { Found } from './access.js';
import { formatTime } from './clock.js';
import { announce, toUser, toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import { badInput, notAllowed } from './errors.js';
import { stillThere } from './edit.js';
import { Messages } from './message-view.js';
import { appendEvent, lockChannel, type Place } from './store/channels.js';
import { countDeletedFor, deleteFor } from './store/deleted-for.js';
import { countReply, hardDelete, softDelete } from './store/messages.js';
import type { Db, MessageRow } from './store/schema.js';
import { forgetReply } from './store/threads.js';
import { channelIn, tellMessage } from './tell-message.js';
import { eventIn } from './wire.js';

/** Of messages that a user deletes for themselves, per channel (protocol.md §7.5). */
const MAX_FOR_ME = 100;

/**
 * Deletes a message for everybody: softly, its place left, or for good.
 *
 * @throws {ApiError} 17 unless the caller wrote it, or moderates the channel.
 */
export async function remove(deps: Deps, found: Found, userId: string, hard: boolean): Promise<object> {
  const { cid, id, user_id: author } = found.message;
  if (author !== userId && !found.moderator) throw notAllowed(userId, 'change a message of somebody else');
  return deps.inOrder(cid, async () => {
    const removed = await deps.db
      .transaction()
      .execute((trx) => removeLocked(trx, { cid, id, userId, hard }, deps.clock.now()));
    const { row, seq, parent } = removed;
    // It was deleted before: nothing happened, and nothing is told.
    if (seq === undefined) {
      const messages = await Messages.load(deps, [row], { viewer: userId });
      return { message: messages.answer(row) };
    }
    const extra = { seq, ...(hard ? { hard_delete: true } : {}) };
    return announce(deps, { cid, seq }, async () => {
      if (parent) await tellParent(deps, userId, parent);
      return { message: await tellMessage(deps, 'message.deleted', userId, row, extra) };
    });
  });
}

interface Removed {
  row: MessageRow;
  /** Of its event; undefined when nothing happened. */
  seq?: number;
  /** Of a reply: what it hung on, with its new count, as the event before says. */
  parent?: { row: MessageRow; place: Place } | undefined;
}

async function removeLocked(
  trx: Db,
  { cid, id, userId, hard }: { cid: string; id: string; userId: string; hard: boolean },
  now: number,
): Promise<Removed> {
  await lockChannel(trx, cid);
  const message = await stillThere(trx, id);
  const before = message.deleted_at !== null;
  if (!hard && before) return { row: message };
  const parent = await uncounted(trx, message, userId, hard, now);
  const { at, seq } = await appendEvent(trx, cid, { type: 'message.deleted', userId, messageId: id }, now);
  if (!hard) return { row: await softDelete(trx, id, at), seq, parent };
  await hardDelete(trx, message);
  await forgetReply(trx, message);
  const gone = { type: 'deleted', text: '', data: {}, deleted_at: at, updated_at: at, reaction_groups: {} };
  const bare = { quoted_message_id: null, poll_id: null, pinned_at: null, reply_count: 0 };
  return { row: { ...message, ...gone, ...bare }, seq, parent };
}

/** Takes a reply out of its parent's count: a change of the parent, with an event of its own. */
async function uncounted(
  trx: Db,
  { cid, parent_id: parentId, deleted_at: deletedAt }: MessageRow,
  userId: string,
  hard: boolean,
  now: number,
): Promise<Removed['parent']> {
  if (parentId === null) return undefined;
  const event = { type: 'message.updated', userId, messageId: parentId } as const;
  const place = await appendEvent(trx, cid, event, now);
  const change = deletedAt === null ? { replies: -1, deleted: hard ? 0 : 1 } : { replies: 0, deleted: -1 };
  const row = await countReply(trx, parentId, change);
  return row && { row, place };
}

async function tellParent(
  deps: Deps,
  userId: string,
  { row, place }: { row: MessageRow; place: Place },
): Promise<void> {
  const messages = await Messages.load(deps, [row], { others: [userId] });
  toWatchers(deps, {
    ...eventIn(channelIn(row), 'message.updated', place.at),
    seq: place.seq,
    user: messages.people.eventUser(userId),
    message: messages.event(row),
    message_id: row.id,
  });
}

/**
 * Deletes a message for the caller alone; nobody else learns of it.
 *
 * @throws {ApiError} 4 for the 101st in a channel.
 */
export async function removeForMe(deps: Deps, found: Found, userId: string): Promise<object> {
  const { message: row } = found;
  const at = deps.clock.now();
  const changed = await deps.db.transaction().execute(async (trx) => {
    // One after the other: two at once would both be the hundredth.
    await lockChannel(trx, row.cid);
    await stillThere(trx, row.id);
    const added = await deleteFor(trx, row, userId, at);
    if (added && (await countDeletedFor(trx, row.cid, userId)) > MAX_FOR_ME)
      throw badInput(
        `A user may delete ${MAX_FOR_ME} messages of a channel for themselves; this would be one more.`,
      );
    return added;
  });
  const messages = await Messages.load(deps, [row], { viewer: userId, others: [userId] });
  if (changed)
    toUser(deps, userId, {
      ...eventIn(channelIn(row), 'message.deleted', at),
      created_at: formatTime(at),
      user: messages.people.eventUser(userId),
      message: messages.event(row),
      message_id: row.id,
      deleted_for_me: true,
    });
  return { message: messages.answer(row) };
}
