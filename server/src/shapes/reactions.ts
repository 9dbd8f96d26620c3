import { Type } from 'typebox';
import { count, ENDS, flag, nullable, object, paged, slice } from './fields.js';
import { Message, Reaction } from './models.js';
import type { Operation } from './operation.js';

/** Of reactions in one answer, and before it (protocol.md §7.7). */
const MAX_LISTED = 300;
const MAX_QUERIED = 100;
const MAX_SCORE = 1_000_000;

/** Custom fields stand beside these. */
const Given = object({
  // Its rule is `readReactionType`, which reads it out of a path, too.
  type: Type.String(),
  score: count(MAX_SCORE, 1, -MAX_SCORE),
});

const Reacted = object({ message: Message, reaction: Reaction });

export const SendReaction = {
  name: 'SendReaction',
  summary: 'Reacts to a message',
  body: object({ reaction: Given, enforce_unique: flag() }),
  answer: Reacted,
} satisfies Operation;

export const DeleteReaction = {
  name: 'DeleteReaction',
  summary: 'Takes the own reaction of a type back',
  // Null where there was none.
  answer: object({ message: Message, reaction: nullable(Reaction) }),
} satisfies Operation;

export const GetReactions = {
  name: 'GetReactions',
  summary: 'The newest reactions to a message',
  query: object(slice(MAX_LISTED, 10)),
  answer: object({ reactions: Type.Array(Reaction) }),
} satisfies Operation;

export const QueryReactions = {
  name: 'QueryReactions',
  summary: 'The reactions to a message that a filter finds',
  body: object(paged(MAX_QUERIED)),
  answer: object({ reactions: Type.Array(Reaction), ...ENDS }),
} satisfies Operation;
