import { randomUUID } from 'node:crypto';
import type { Message } from '../../src/protocol.js';
import { isMessageId, type Access } from './access.js';
import { formatTime, type Micros } from './clock.js';
import { toChannel, toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import { ApiError, badInput, notAllowed, notFound, shown } from './errors.js';
import { asFlag, asList, asStrings, checkSize, isObject, type Json } from './input.js';
import { appendEvent, memberIds } from './store/channels.js';
import { countReply, findMessage, insertMessage, type NewMessage } from './store/messages.js';
import { noteMessage } from './store/reads.js';
import type { ChannelRow, Db, MessageRow } from './store/schema.js';
import { requireUsers } from './store/users.js';
import { channelOf, eventIn, messageOf, People, peopleIn } from './wire.js';

const MAX_ATTACHMENTS = 30;
const MAX_MENTIONS = 25;

/** Computed by the server. */
const COMPUTED = new Set([
  'created_at', 'updated_at', 'deleted_at', 'message_text_updated_at', 'html', 'mml', 'i18n', 'command', 'args',
  'command_info', 'latest_reactions', 'own_reactions', 'reaction_counts', 'reaction_scores', 'reaction_groups',
  'reply_count', 'deleted_reply_count', 'thread_participants', 'pinned_at', 'pinned_by', 'shadowed', 'member',
  'quoted_message', 'poll', 'channel', 'deleted_for_me', 'image_labels', 'moderation',
]); // prettier-ignore
/** Read into their own places, or the caller's own knowledge: not custom data. */
const BUILT_IN = new Set([
  'id',
  'cid',
  'type',
  'text',
  'parent_id',
  'show_in_channel',
  'silent',
  'user',
  'user_id',
  'status',
]);
/** Of features this server has not. An empty value asks for nothing; any other would be a broken promise. */
const UNSUPPORTED = [
  'quoted_message_id', 'pinned', 'pin_expires', 'poll_id', 'shared_location', 'restricted_visibility',
  'mentioned_channel', 'mentioned_here', 'mentioned_roles', 'mentioned_group_ids', 'mentioned_groups',
]; // prettier-ignore

/** What an author writes: text, attachments, mentions and custom fields. */
export interface Content {
  text: string;
  data: Json;
}

/**
 * Reads the content of a message to send or to rewrite.
 *
 * @param computed - Whether computed fields are refused, or ignored as in a rewrite, where clients send them back.
 * @throws {ApiError} 4 for a bad field, 19 for a feature that is off, 22 above 5 KB.
 */
export async function readContent(db: Db, message: Json, computed: 'refuse' | 'ignore'): Promise<Content> {
  const reserved = Object.keys(message).filter((key) => COMPUTED.has(key));
  if (computed === 'refuse' && reserved.length)
    throw badInput(`The server computes ${reserved.join(', ')} of a message. Leave it out.`);
  for (const key of UNSUPPORTED)
    if (asksFor(message[key])) throw new ApiError(19, `${key} is not offered here.`);
  const { text = '' } = message;
  if (text !== null && typeof text !== 'string') throw badInput(`text must be a string; got ${shown(text)}`);
  const data: Json = {};
  for (const [key, value] of Object.entries(message))
    if (!COMPUTED.has(key) && !BUILT_IN.has(key) && !UNSUPPORTED.includes(key)) data[key] = value;
  await readLists(db, data);
  checkSize(data, "A message's custom data with its attachments");
  return { text: text ?? '', data };
}

async function readLists(db: Db, data: Json): Promise<void> {
  for (const attachment of asList(data['attachments'], 'attachments', MAX_ATTACHMENTS))
    if (!isObject(attachment)) throw badInput(`attachments must hold objects; got ${shown(attachment)}`);
  if (data['attachments'] === null) delete data['attachments'];
  const mentioned = asStrings(data['mentioned_users'], 'mentioned_users', MAX_MENTIONS);
  await requireUsers(db, mentioned);
  if (!mentioned.length) delete data['mentioned_users'];
}

function asksFor(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}

/**
 * Stores a message and tells the channel.
 *
 * @param input - The `message` of the request.
 * @returns The message; one of type `error`, neither stored nor told, when its text is too long.
 * @throws {ApiError} 4 for bad input or a taken id, 17 for a type not the author's to use, 19, 21, 22.
 */
export async function sendMessage(deps: Deps, access: Access, userId: string, input: Json): Promise<Message> {
  const { channel, type } = access;
  const message = await readMessage(deps, channel, userId, input);
  if ([...message.text].length > type.config.max_message_length)
    return errorMessage(deps, message, `A message may have ${type.config.max_message_length} characters.`);
  return deps.inOrder(channel.cid, async () => {
    const { row, parent } = await storeMessage(deps.db, message, type.config.read_events, deps.clock.now());
    const people = await People.load(deps, [
      ...peopleIn([row]),
      ...peopleIn(parent ? [parent] : []),
      channel.created_by,
    ]);
    await tellNew(deps, access, people, row, parent);
    return messageOf(row, (id) => people.user(id));
  });
}

async function readMessage(
  deps: Deps,
  channel: ChannelRow,
  userId: string,
  input: Json,
): Promise<NewMessage> {
  const { id = randomUUID(), type } = input;
  if (!isMessageId(id))
    throw badInput(`A message id is 1 to 255 characters without "," and "%"; got ${shown(id)}`);
  if (type === 'system') throw notAllowed(userId, 'send a message of type system');
  if (type !== undefined && type !== '' && type !== 'regular' && type !== 'reply')
    throw badInput(`type must be "regular" or absent; got ${shown(type)}`);
  const content = await readContent(deps.db, input, 'refuse');
  if (!content.text.trim() && !Object.keys(content.data).length)
    throw badInput('A message needs text, attachments or custom data; got none.');
  const parentId = await readParent(deps.db, channel.cid, input['parent_id']);
  return {
    ...content,
    id,
    cid: channel.cid,
    userId,
    type: parentId === null ? 'regular' : 'reply',
    parentId,
    showInChannel: parentId !== null && asFlag(input['show_in_channel'], 'show_in_channel', false),
    silent: asFlag(input['silent'], 'silent', false),
  };
}

async function readParent(db: Db, cid: string, parentId: unknown): Promise<string | null> {
  if (parentId === undefined || parentId === null || parentId === '') return null;
  const parent = isMessageId(parentId) ? await findMessage(db, parentId) : undefined;
  if (parent?.cid !== cid)
    throw notFound(`parent_id must name a message of this channel; got ${shown(parentId)}`);
  if (parent.parent_id !== null) throw new ApiError(21, 'A reply cannot be replied to. Reply to its parent.');
  return parent.id;
}

/**
 * One transaction: the event, the message, its parent's count and everybody's read state, or nothing.
 *
 * @param reads - Whether the channel's type has read state.
 */
export function storeMessage(
  db: Db,
  message: NewMessage,
  reads: boolean,
  now: Micros,
): Promise<{ row: MessageRow; parent: MessageRow | undefined }> {
  return db.transaction().execute(async (trx) => {
    const { id, cid, userId, parentId } = message;
    const at = await appendEvent(trx, cid, { type: 'message.new', userId, messageId: id }, now);
    const row = await insertMessage(trx, message, at);
    if (!row) throw await taken(trx, message);
    if (!row.parent_id || row.show_in_channel)
      await trx.updateTable('channels').set({ last_message_at: at }).where('cid', '=', cid).execute();
    if (reads) await noteMessage(trx, row);
    return { row, parent: parentId === null ? undefined : await countReply(trx, parentId, 1) };
  });
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
  people: People,
  row: MessageRow,
  parent: MessageRow | undefined,
): Promise<void> {
  const shownAs = (id: string) => people.eventUser(id);
  const user = shownAs(row.user_id);
  const message = messageOf(row, shownAs);
  const shared = { user, message, message_id: row.id };
  const members = type.config.read_events ? await memberIds(deps.db, channel.cid) : [];
  if (parent) {
    const event = eventIn(channel, 'message.updated', row.created_at);
    toWatchers(deps, { ...event, user, message: messageOf(parent, shownAs), message_id: parent.id });
  }
  const now = { ...channel, last_message_at: row.created_at };
  const idle = {
    ...eventIn(channel, 'notification.message_new', row.created_at),
    ...shared,
    channel: channelOf(now, shownAs),
  };
  const heard = row.parent_id === null || row.show_in_channel;
  await toChannel(
    deps,
    members,
    { ...eventIn(channel, 'message.new', row.created_at), ...shared },
    heard ? idle : undefined,
  );
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
