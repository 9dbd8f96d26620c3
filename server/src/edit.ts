import type { Static } from 'typebox';
import type { Access, Found } from './access.js';
import { readContent, readPin, readQuote } from './content.js';
import { announce } from './deliver.js';
import type { Deps } from './deps.js';
import { ApiError, badInput, notAllowed, notFound, shown } from './errors.js';
import { patched, type Json } from './input.js';
import { isPinned } from './message-view.js';
import { requirePinner } from './pins.js';
import { checked } from './shapes/check.js';
import { Written } from './shapes/messages.js';
import { appendEvent, lockChannel } from './store/channels.js';
import { findMessage, noteWords, updateMessage, type MessageChange } from './store/messages.js';
import type { Db, MessageRow } from './store/schema.js';
import { tellMessage } from './tell-message.js';

/** What of a message others than its author may change. */
const PIN_KEYS = new Set(['pinned', 'pin_expires', 'pinned_at']);

type Input = Static<typeof Written>;

/** How a message is rewritten: as a whole by its author, or some of its fields. */
export type Edit = { whole: Input } | { set: Json; unset: readonly string[] };

/**
 * Rewrites a message and tells the watchers.
 *
 * @throws {ApiError} 4 for bad input or a deleted message, 16 for one gone for good, 17 when it is not the caller's to
 * change, 20 above the allowed length, 22 above 5 KB.
 */
export async function rewrite(deps: Deps, found: Found, userId: string, edit: Edit): Promise<object> {
  const { cid, id } = found.message;
  requireEditor(found, userId, edit);
  return deps.inOrder(cid, async () => {
    const { row, seq } = await deps.db.transaction().execute(async (trx) => {
      await lockChannel(trx, cid);
      const now = await stillThere(trx, id);
      const change = await changeOf(deps, trx, { ...found, message: now }, userId, edit);
      const event = { type: 'message.updated', userId, messageId: id } as const;
      const place = await appendEvent(trx, cid, event, deps.clock.now());
      if (change.text !== now.text && now.type !== 'system') await noteWords(trx, id, change.text);
      return { row: await updateMessage(trx, now, change, place.at), seq: place.seq };
    });
    const told = await announce(deps, { cid, seq }, () =>
      tellMessage(deps, 'message.updated', userId, row, { seq }),
    );
    return { message: told };
  });
}

function requireEditor({ message, backend }: Found, userId: string, edit: Edit): void {
  if (message.user_id === userId || backend) return;
  const keys = 'whole' in edit ? [] : [...Object.keys(edit.set), ...edit.unset];
  if (!keys.length || !keys.every((key) => PIN_KEYS.has(key)))
    throw notAllowed(userId, 'change a message of somebody else');
}

/** The message as it stands once its channel is locked. @throws {ApiError} 16 when it was deleted for good. */
export async function stillThere(trx: Db, id: string): Promise<MessageRow> {
  const row = await findMessage(trx, id);
  if (!row) throw notFound(`Message ${shown(id)} does not exist.`);
  return row;
}

async function changeOf(
  deps: Deps,
  db: Db,
  found: Found,
  userId: string,
  edit: Edit,
): Promise<MessageChange> {
  const { message } = found;
  if (message.deleted_at !== null) throw badInput('A deleted message cannot be updated.');
  const input =
    'whole' in edit
      ? edit.whole
      : checked(Written, patched({ ...message.data, text: message.text }, edit.set, edit.unset));
  checkFixed(message, input);
  return {
    ...(await newContent(db, found, input, 'whole' in edit ? 'ignore' : 'refuse')),
    quotedId: await readQuote(db, message.cid, input),
    pin: newPin(deps, found, userId, unpinning(edit) ? { ...input, pinned: false } : input),
  };
}

function unpinning(edit: Edit): boolean {
  return 'unset' in edit && edit.unset.includes('pinned');
}

/** @throws {ApiError} 4 for another value of what a message is sent with. */
function checkFixed(message: MessageRow, input: Input): void {
  if ((input.silent ?? message.silent) !== message.silent)
    throw badInput('silent cannot be changed once a message is sent.');
  const { poll_id: poll } = input;
  if (poll !== undefined && poll !== message.poll_id && (poll !== '' || message.poll_id !== null))
    throw badInput('poll_id cannot be changed once a message is sent.');
}

async function newContent(
  db: Db,
  { type }: Access,
  input: Input,
  computed: 'refuse' | 'ignore',
): Promise<{ text: string; data: Json }> {
  const content = await readContent(db, input, computed);
  const { max_message_length: max } = type.config;
  const length = [...content.text].length;
  if (length > max) throw new ApiError(20, `A message may have ${max} characters; got ${length}.`);
  return content;
}

/** Undefined when the pin stays as it is: clients send `pinned` with every edit. */
function newPin(deps: Deps, found: Found, userId: string, input: Input): MessageChange['pin'] {
  const now = deps.clock.now();
  const { message } = found;
  const asked = readPin(input, now);
  if (!asked) return undefined;
  const held = isPinned(message, now);
  const same = asked.expires === undefined || asked.expires === message.pin_expires;
  if (asked.pinned === held && (!held || same)) return undefined;
  requirePinner(found, userId);
  return asked.pinned ? { by: userId, expires: asked.expires ?? null } : null;
}
