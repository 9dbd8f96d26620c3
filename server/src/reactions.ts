import { isDeepStrictEqual } from 'node:util';
import type { Found } from './access.js';
import { announce, toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import { badInput, shown, tooLarge } from './errors.js';
import type { BodyOf } from './shapes/operation.js';
import type { SendReaction } from './shapes/reactions.js';
import { jsonBytes } from '../../src/protocol.js';
import { stillThere } from './edit.js';
import { Messages, reactionOf } from './message-view.js';
import { appendEvent, lockChannel, type ReactionEvent } from './store/channels.js';
import {
  dropReactions,
  ownReactions,
  putReaction,
  sumReactions,
  typesOf,
  type NewReaction,
} from './store/reactions.js';
import type { Db, MessageRow, ReactionRow } from './store/schema.js';
import { channelIn } from './tell-message.js';
import { eventIn } from './wire.js';

const MAX_TYPE = 30;
/** Of custom data as JSON (protocol.md §7.7). */
const MAX_BYTES = 256;
/** Of different types on one message: each is in every copy of the message. */
const MAX_TYPES = 100;

type Given = BodyOf<typeof SendReaction>['reaction'];

/** Set by the server, or said of other things. */
const BUILT_IN = new Set([
  'type', 'score', 'user', 'user_id', 'message_id', 'created_at', 'updated_at', 'deleted_at', 'seq', 'own_capabilities',
]); // prettier-ignore

/** @throws {ApiError} 4 for a type that leads to a prototype, 22 for custom data above 256 bytes. */
export function readReaction(input: Given, messageId: string, userId: string): NewReaction {
  const data = Object.fromEntries(Object.entries(input).filter(([key]) => !BUILT_IN.has(key)));
  const bytes = jsonBytes(data);
  if (bytes > MAX_BYTES) throw tooLarge("A reaction's custom data", bytes, MAX_BYTES);
  return { messageId, userId, type: readReactionType(input.type), score: input.score, data };
}

/** @throws {ApiError} 4 for what no reaction can have as its type. */
export function readReactionType(type: unknown): string {
  if (typeof type !== 'string' || !/^[^\p{Cc}\p{Cs}\s]+$/u.test(type) || [...type].length > MAX_TYPE)
    throw badInput(`A reaction's type is 1 to ${MAX_TYPE} characters without spaces; got ${shown(type)}`);
  if (type === '__proto__') throw badInput(`A reaction cannot be of type ${shown(type)}.`);
  return type;
}

interface Reacted {
  row: MessageRow;
  reaction: ReactionRow;
  /** Undefined when nothing changed. */
  event?: { type: ReactionEvent; seq: number };
}

/**
 * Adds the caller's reaction; the same one again changes nothing and is told to nobody.
 *
 * @param unique - Whether it takes the place of all their others.
 * @throws {ApiError} 4 for a deleted message, or too many types on it.
 */
export async function react(
  deps: Deps,
  { message: { cid, id } }: Found,
  reaction: NewReaction,
  unique: boolean,
): Promise<object> {
  return deps.inOrder(cid, async () => {
    const reacted = await deps.db.transaction().execute(async (trx) => {
      await lockChannel(trx, cid);
      return put(deps, trx, await stillThere(trx, id), reaction, unique);
    });
    return tellReaction(deps, reaction.userId, reacted);
  });
}

async function put(
  deps: Deps,
  trx: Db,
  message: MessageRow,
  reaction: NewReaction,
  unique: boolean,
): Promise<Reacted> {
  if (message.deleted_at !== null) throw badInput('A deleted message takes no reactions.');
  const { id, cid } = message;
  const { userId, type, score, data } = reaction;
  const own = await ownReactions(trx, id, userId);
  const held = own.find((row) => row.type === type);
  const others = unique ? own.filter((row) => row.type !== type) : [];
  if (held && !others.length && held.score === score && isDeepStrictEqual(held.data, data))
    return { row: message, reaction: held };
  const event = held || others.length ? 'reaction.updated' : 'reaction.new';
  const { at, seq } = await appendEvent(trx, cid, { type: event, userId, messageId: id }, deps.clock.now());
  await dropReactions(trx, id, userId, others.map((row) => row.type)); // prettier-ignore
  const stored = await putReaction(trx, reaction, at);
  if (!held && (await typesOf(trx, id)) > MAX_TYPES)
    throw badInput(`A message takes reactions of ${MAX_TYPES} types; this would be one more.`);
  return { row: await sumReactions(trx, id, at), reaction: stored, event: { type: event, seq } };
}

/** Takes the caller's reaction away; without one nothing happens. */
export async function unreact(
  deps: Deps,
  { message: { cid, id } }: Found,
  userId: string,
  type: string,
): Promise<object> {
  return deps.inOrder(cid, async () => {
    const reacted = await deps.db.transaction().execute(async (trx) => {
      await lockChannel(trx, cid);
      const row = await stillThere(trx, id);
      const reaction = (await ownReactions(trx, id, userId)).find((one) => one.type === type);
      if (!reaction) return { row, reaction };
      const stored = { type: 'reaction.deleted', userId, messageId: id } as const;
      const { at, seq } = await appendEvent(trx, cid, stored, deps.clock.now());
      await dropReactions(trx, id, userId, [type]);
      const event = { type: 'reaction.deleted', seq } as const;
      return { row: await sumReactions(trx, id, at), reaction, event };
    });
    const { row, reaction } = reacted;
    if (reaction) return tellReaction(deps, userId, { ...reacted, reaction });
    const messages = await Messages.load(deps, [row], { viewer: userId });
    return { message: messages.answer(row), reaction: null };
  });
}

/** Tells the watchers, and answers message and reaction. */
async function tellReaction(deps: Deps, userId: string, { row, reaction, event }: Reacted): Promise<object> {
  const messages = await Messages.load(deps, [row], { viewer: userId, others: [userId] });
  const { people } = messages;
  const answer = {
    message: messages.answer(row),
    reaction: reactionOf(reaction, (id) => people.user(id)),
  };
  if (!event) return answer;
  const { type, seq } = event;
  return announce(deps, { cid: row.cid, seq }, () => {
    toWatchers(deps, {
      ...eventIn(channelIn(row), type, row.updated_at),
      seq,
      user: people.eventUser(userId),
      message: messages.event(row),
      message_id: row.id,
      reaction: reactionOf(reaction, (id) => people.eventUser(id)),
    });
    return Promise.resolve(answer);
  });
}
