import { randomUUID } from 'node:crypto';
import type { Static } from 'typebox';
import { isMessageId, type Access } from './access.js';
import { readContent, readPin, readQuote } from './content.js';
import type { Deps } from './deps.js';
import { ApiError, badInput, notAllowed, notFound, shown } from './errors.js';
import type { Written } from './shapes/messages.js';
import { requirePinner } from './pins.js';
import { ownPoll } from './polls.js';
import { findMessage, type NewMessage, type Pin } from './store/messages.js';
import type { Db } from './store/schema.js';
import { isAdmin } from './store/users.js';

type Input = Static<typeof Written>;

/**
 * Reads the message that a client wants to send.
 *
 * @throws {ApiError} 4 for bad input, 16 for a parent, quote or poll that is not there, 17 for a type not the author's to
 * use, 19, 21, 22.
 */
export async function readMessage(
  deps: Deps,
  access: Access,
  userId: string,
  input: Input,
): Promise<NewMessage> {
  const system = await readType(deps, access, userId, input.type);
  return readAs(deps, access, userId, input, system);
}

/**
 * A message of the channel itself, which its owner leaves there.
 *
 * @throws {ApiError} As `readMessage`.
 */
export async function readSystemMessage(
  deps: Deps,
  access: Access,
  userId: string,
  { user_id: _, ...input }: Input,
): Promise<NewMessage> {
  return readAs(deps, access, userId, input, true);
}

async function readAs(
  deps: Deps,
  access: Access,
  userId: string,
  input: Input,
  system: boolean,
): Promise<NewMessage> {
  const { cid } = access.channel;
  const { id = randomUUID() } = input;
  if (!isMessageId(id))
    throw badInput(`A message id is 1 to 255 characters without "," and "%"; got ${shown(id)}`);
  const content = await readContent(deps.db, input, 'refuse');
  const pollId = (await ownPoll(deps.db, userId, input['poll_id']))?.id ?? null;
  if (!content.text.trim() && !Object.keys(content.data).length && pollId === null)
    throw badInput('A message needs text, attachments, a poll or custom data; got none.');
  const parentId = await readParent(deps.db, cid, input['parent_id']);
  return {
    ...content,
    id,
    cid,
    userId,
    type: system ? 'system' : parentId === null ? 'regular' : 'reply',
    parentId,
    showInChannel: parentId !== null && input.show_in_channel,
    silent: input.silent ?? false,
    quotedId: (await readQuote(deps.db, cid, input)) ?? null,
    pollId,
    pin: newPin(deps, access, userId, input),
  };
}

/** Whether it is a system message, which administrators and backends may send. */
async function readType(
  { db }: Deps,
  { backend }: Access,
  userId: string,
  type: Input['type'],
): Promise<boolean> {
  if (type === 'system') {
    if (!backend && !(await isAdmin(db, userId))) throw notAllowed(userId, 'send a message of type system');
    return true;
  }
  if (type !== undefined && type !== '' && type !== 'regular' && type !== 'reply')
    throw badInput(`type must be "regular" or absent; got ${shown(type)}`);
  return false;
}

function newPin(deps: Deps, access: Access, userId: string, input: Input): Pin | undefined {
  const asked = readPin(input, deps.clock.now());
  if (!asked?.pinned) return undefined;
  requirePinner(access, userId);
  return { by: userId, expires: asked.expires ?? null };
}

async function readParent(db: Db, cid: string, parentId: unknown): Promise<string | null> {
  if (parentId === undefined || parentId === null || parentId === '') return null;
  const parent = isMessageId(parentId) ? await findMessage(db, parentId) : undefined;
  if (parent?.cid !== cid) throw noParent(parentId);
  if (parent.parent_id !== null) throw new ApiError(21, 'A reply cannot be replied to. Reply to its parent.');
  return parent.id;
}

export function noParent(parentId: unknown): ApiError {
  return notFound(`parent_id must name a message of this channel; got ${shown(parentId)}`);
}
