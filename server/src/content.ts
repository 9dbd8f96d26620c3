import type { Static } from 'typebox';
import { isMessageId } from './access.js';
import { parseTime, type Micros } from './clock.js';
import { ApiError, badInput, notFound, shown } from './errors.js';
import { checkSize, type Json } from './input.js';
import type { Written } from './shapes/messages.js';
import { findMessage } from './store/messages.js';
import type { Db } from './store/schema.js';
import { requireUsers } from './store/users.js';

/** Computed by the server. */
const COMPUTED = new Set([
  'created_at', 'updated_at', 'deleted_at', 'message_text_updated_at', 'html', 'mml', 'i18n', 'command', 'args',
  'command_info', 'latest_reactions', 'own_reactions', 'reaction_counts', 'reaction_scores', 'reaction_groups',
  'reply_count', 'deleted_reply_count', 'thread_participants', 'pinned_at', 'pinned_by', 'shadowed', 'member',
  'quoted_message', 'poll', 'channel', 'deleted_for_me', 'image_labels', 'moderation',
]); // prettier-ignore
/** Read into their own places, the caller's own knowledge, or said by the server of other things: not custom data. */
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
  'seq',
  'own_capabilities',
  'quoted_message_id',
  'poll_id',
  'pinned',
  'pin_expires',
]);
/** Of features this server has not. An empty value asks for nothing; any other would be a broken promise. */
const UNSUPPORTED = [
  'shared_location', 'restricted_visibility',
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
export async function readContent(
  db: Db,
  message: Static<typeof Written>,
  computed: 'refuse' | 'ignore',
): Promise<Content> {
  // Clients say `pinned_at: null` with a pin. Nothing is said by that.
  const reserved = Object.keys(message).filter((key) => COMPUTED.has(key) && message[key] !== null);
  if (computed === 'refuse' && reserved.length)
    throw badInput(`The server computes ${reserved.join(', ')} of a message. Leave it out.`);
  for (const key of UNSUPPORTED)
    if (asksFor(message[key])) throw new ApiError(19, `${key} is not offered here.`);
  const data: Json = {};
  for (const [key, value] of Object.entries(message))
    if (!COMPUTED.has(key) && !BUILT_IN.has(key) && !UNSUPPORTED.includes(key)) data[key] = value;
  const { text = '', mentioned_users: mentioned = [] } = message;
  await requireUsers(db, mentioned);
  if (!mentioned.length) delete data['mentioned_users'];
  checkSize(data, "A message's custom data with its attachments");
  return { text, data };
}

function asksFor(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}

/**
 * The message of this channel that `quoted_message_id` names; null for none, undefined when nothing is said of it.
 *
 * @throws {ApiError} 16 for one that is not there.
 */
export async function readQuote(db: Db, cid: string, input: Json): Promise<string | null | undefined> {
  const { quoted_message_id: id } = input;
  if (id === undefined) return undefined;
  if (id === null || id === '') return null;
  const quoted = isMessageId(id) ? await findMessage(db, id) : undefined;
  if (quoted?.cid !== cid)
    throw notFound(`quoted_message_id must name a message of this channel; got ${shown(id)}`);
  return quoted.id;
}

/**
 * Whether to pin, and until when; undefined when nothing is said of it.
 *
 * @throws {ApiError} 4 for an end that is no time to come.
 */
export function readPin(
  { pinned, pin_expires: end }: Static<typeof Written>,
  now: Micros,
): { pinned: boolean; expires: Micros | null | undefined } | undefined {
  if (pinned === undefined) return undefined;
  if (!pinned || end === undefined || end === null)
    return { pinned, expires: end === undefined ? undefined : null };
  const expires = parseTime(end);
  if (expires === undefined || expires <= now)
    throw badInput(`pin_expires must be an RFC 3339 time to come, or null; got ${shown(end)}`);
  return { pinned, expires };
}
