import type { Static } from 'typebox';
import type { Message } from '../../src/protocol.js';
import type { Access } from './access.js';
import { formatTime, type Micros } from './clock.js';
import { announce, toChannel, toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import { tellDraft } from './drafts.js';
import { ApiError, badInput, notAllowed, shown } from './errors.js';
import type { Written } from './shapes/messages.js';
import { Messages } from './message-view.js';
import { noParent, readMessage } from './new-message.js';
import { appendEvent, type Place } from './store/channels.js';
import { memberIds, membersAmong } from './store/members.js';
import { dropDraft } from './store/drafts.js';
import { countReply, findMessage, insertMessage, noteWords, type NewMessage } from './store/messages.js';
import { blockedIn, showAgain } from './store/own-place.js';
import { noteMessage } from './store/reads.js';
import type { ChannelRow, Db, DraftRow, MessageRow } from './store/schema.js';
import { noteReply } from './store/threads.js';
import { tellPlace } from './tell-place.js';
import { tellReply } from './threads.js';
import { channelOf, eventIn, People } from './wire.js';

/**
 * Stores a message and tells the channel.
 *
 * @param input - The `message` of the request.
 * @returns The message; one of type `error`, neither stored nor told, when its text is too long.
 * @throws {ApiError} 4 for bad input or a taken id, 17 for a type not the author's to use, 19, 21, 22.
 */
export async function sendMessage(
  deps: Deps,
  access: Access,
  userId: string,
  input: Static<typeof Written>,
  keepHidden = false,
): Promise<Message> {
  const { type } = access;
  await requireUnblocked(deps, access, userId);
  const message = { ...(await readMessage(deps, access, userId, input)), shadowed: access.shadow === true };
  if ([...message.text].length > type.config.max_message_length)
    return errorMessage(deps, message, `A message may have ${type.config.max_message_length} characters.`);
  return sendPrepared(deps, access, message, keepHidden);
}

/** Stores a message that was read before, and tells the channel. */
export async function sendPrepared(
  deps: Deps,
  access: Access,
  message: NewMessage,
  keepHidden = false,
): Promise<Message> {
  const { channel, type } = access;
  const { userId } = message;
  return deps.inOrder(channel.cid, async () => {
    const options = { reads: type.config.read_events, keepHidden };
    const stored = await storeMessage(deps.db, message, options, deps.clock.now());
    return announce(deps, { cid: channel.cid, seq: stored.seq }, async () => {
      const { row, parent, draft } = stored;
      // A message that nothing hangs together with holds nothing that is the author's to see alone.
      const alone = !parent && row.quoted_message_id === null && row.poll_id === null;
      const messages = await Messages.load(deps, parent ? [row, parent.row] : [row], {
        ...(alone ? {} : { viewer: userId }),
        others: [channel.created_by, ...stored.back],
      });
      for (const id of stored.back) tellPlace(deps, channel, 'channel.visible', messages.people, id);
      await tellNew(deps, access, messages, stored);
      if (draft) tellDraft(deps, draft, 'draft.deleted');
      return messages.answer(row);
    });
  });
}

/** @throws {ApiError} 17 in a channel of two, one of whom has blocked the other; which one is not said. */
async function requireUnblocked(
  { db }: Deps,
  { channel, type, member }: Access,
  userId: string,
): Promise<void> {
  if (channel.member_count !== 2 || type.open || !member) return;
  if (await blockedIn(db, channel.cid, userId))
    throw notAllowed(userId, `send messages in channel ${shown(channel.cid)}`);
}

/** A message just stored, with the number of its event. */
interface Stored {
  row: MessageRow;
  seq: number;
  /** Of a reply: what it hangs on, with its new count, as the event before this one says. */
  parent: { row: MessageRow; place: Place } | undefined;
  /** What the author had begun to write in this place, gone now. */
  draft: DraftRow | undefined;
  /** To whom the channel has come back that they had hidden. */
  back: string[];
}

export interface StoreOptions {
  /** Whether the channel's type has read state. */
  reads: boolean;
  /** Whether the channel stays hidden from those who hid it. */
  keepHidden?: boolean;
}

/**
 * One transaction: the events, the message, its parent's count and everybody's read state, or nothing.
 *
 * @param reads - Whether the channel's type has read state.
 */
export function storeMessage(
  db: Db,
  message: NewMessage,
  { reads, keepHidden = false }: StoreOptions,
  now: Micros,
): Promise<Stored> {
  return db.transaction().execute(async (trx) => {
    const { id, cid, userId, parentId, shadowed = false } = message;
    // What nobody sees changes nothing that others see.
    const parent =
      parentId === null || shadowed ? undefined : await answered(trx, cid, parentId, userId, now);
    const { at, seq } = await appendEvent(trx, cid, { type: 'message.new', userId, messageId: id }, now);
    const row = await insertMessage(trx, message, at);
    if (!row) throw await taken(trx, message);
    // By `skip_last_msg_update_for_system_msgs`, which is on in all types.
    if (row.type !== 'system' && !shadowed && (!row.parent_id || row.show_in_channel))
      await trx.updateTable('channels').set({ last_message_at: at }).where('cid', '=', cid).execute();
    if (reads) await noteMessage(trx, row);
    if (row.type !== 'system') await noteWords(trx, id, row.text);
    if (parent) await noteReply(trx, parent.row, row, await mentionedMembers(trx, row), reads);
    const draft = await dropDraft(trx, { userId, cid, parentId: parentId ?? '' });
    const back =
      keepHidden || shadowed || (row.parent_id && !row.show_in_channel) ? [] : await showAgain(trx, cid);
    return { row, seq, parent, draft, back };
  });
}

/** Counts a reply: a change of the parent, with an event of its own. */
async function answered(
  db: Db,
  cid: string,
  parentId: string,
  userId: string,
  now: Micros,
): Promise<Stored['parent']> {
  const place = await appendEvent(db, cid, { type: 'message.updated', userId, messageId: parentId }, now);
  const row = await countReply(db, parentId, { replies: 1, deleted: 0 });
  // Deleted for good since it was looked up.
  if (!row) throw noParent(parentId);
  return { row, place };
}

async function mentionedMembers(db: Db, { cid, data }: MessageRow): Promise<string[]> {
  const { mentioned_users: ids } = data;
  const rows = Array.isArray(ids) ? await membersAmong(db, cid, ids as string[]) : [];
  return rows.map((row) => row.user_id);
}

async function taken(db: Db, { id, cid, userId }: NewMessage): Promise<ApiError> {
  const row = await findMessage(db, id);
  // Clients read "already exists" as "it has arrived" (protocol.md §10.2): said of their own message alone.
  if (row?.cid === cid && row.user_id === userId) return badInput(`a message with ID ${id} already exists`);
  return badInput(`The message id ${shown(id)} is taken. Choose another, best a random UUID.`);
}

async function tellNew(
  deps: Deps,
  { channel, type }: Access,
  messages: Messages,
  { row, seq, parent }: Stored,
): Promise<void> {
  const shownAs = (id: string) => messages.people.eventUser(id);
  const user = shownAs(row.user_id);
  const message = messages.event(row);
  const shared = { user, message, message_id: row.id };
  const members = type.config.read_events ? await memberIds(deps.db, channel.cid) : [];
  if (parent) {
    const { place } = parent;
    const event = { ...eventIn(channel, 'message.updated', place.at), seq: place.seq };
    toWatchers(deps, { ...event, user, message: messages.event(parent.row), message_id: parent.row.id });
  }
  const now: ChannelRow = { ...channel, last_message_at: row.created_at };
  const idle = {
    ...eventIn(channel, 'notification.message_new', row.created_at),
    ...shared,
    channel: channelOf(now, shownAs),
  };
  const heard = row.parent_id === null || row.show_in_channel;
  await toChannel(
    deps,
    members,
    { ...eventIn(channel, 'message.new', row.created_at), seq, ...shared },
    heard ? idle : undefined,
  );
  if (parent) await tellReply(deps, row, { ...idle, channel: channelOf(channel, shownAs) });
}

/** The answer to a message that is not taken: shown to its author alone, with the reason as text. */
async function errorMessage(deps: Deps, message: NewMessage, reason: string): Promise<Message> {
  const people = await People.load(deps, [message.userId]);
  const now = formatTime(deps.clock.now());
  return {
    ...message.data,
    id: message.id,
    cid: message.cid,
    type: 'error',
    text: reason,
    user: people.user(message.userId),
    parent_id: message.parentId,
    created_at: now,
    updated_at: now,
  };
}
