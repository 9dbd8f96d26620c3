import { Type, type Static } from 'typebox';
import type { Json } from '../input.js';
import { Bag, flag, MessageId, nullable, object, optional, PATCH, Sort, Time } from './fields.js';
import { Message, RefusedMessage } from './models.js';
import type { Operation } from './operation.js';
import { page } from './pages.js';

const MAX_ATTACHMENTS = 30;
const MAX_MENTIONS = 25;

/** What an author writes; `content.ts` says which fields are the server's own, and which it does not offer. */
const WRITTEN = object({
  /** Best made by the client: the same message is not stored twice. */
  id: optional(MessageId),
  parent_id: optional(Type.String()),
  quoted_message_id: optional(nullable(Type.String())),
  poll_id: optional(nullable(Type.String())),
  text: optional(Type.String()),
  attachments: optional(Type.Array(Bag, { maxItems: MAX_ATTACHMENTS })),
  mentioned_users: optional(Type.Array(Type.String(), { maxItems: MAX_MENTIONS })),
  type: optional(Type.String()),
  show_in_channel: flag(),
  silent: optional(Type.Boolean()),
  pinned: optional(Type.Boolean()),
  pin_expires: optional(nullable(Time)),
});
export const Written = Type.Unsafe<Static<typeof WRITTEN> & Json>(WRITTEN);

const One = object({ message: Message });
const Several = object({ messages: Type.Array(Message) });

export const SendMessage = {
  name: 'SendMessage',
  summary: 'Sends a message, or a reply; sent again with the same id it is refused',
  body: object({ message: Written, keep_channel_hidden: flag() }),
  answer: object({ message: Type.Union([Message, RefusedMessage]) }),
} satisfies Operation;

export const GetManyMessages = {
  name: 'GetManyMessages',
  summary: 'Messages of a channel by id',
  query: object({ ids: Type.String({ minLength: 1, description: 'message ids, comma-separated' }) }),
  answer: Several,
} satisfies Operation;

export const GetMessage = { name: 'GetMessage', summary: 'A message', answer: One } satisfies Operation;

export const UpdateMessage = {
  name: 'UpdateMessage',
  summary: 'Rewrites a message as a whole',
  body: object({ message: Written }),
  answer: One,
} satisfies Operation;

export const UpdateMessagePartial = {
  name: 'UpdateMessagePartial',
  summary: 'Changes some fields of a message',
  body: object(PATCH),
  answer: One,
} satisfies Operation;

export const DeleteMessage = {
  name: 'DeleteMessage',
  summary: 'Deletes a message: its place stays, or nothing, or for the caller alone',
  query: object({ hard: flag(), delete_for_me: flag() }),
  answer: One,
} satisfies Operation;

export const GetReplies = {
  name: 'GetReplies',
  summary: 'The replies to a message',
  query: object(page(100)),
  answer: Several,
} satisfies Operation;

/** Clients say it in the payload or in plain parameters. */
const Pins = object({ ...page(20, 'pinned_at'), sort: Sort });

export const GetPinnedMessages = {
  name: 'GetPinnedMessages',
  summary: 'The pinned messages of a channel',
  query: Pins,
  payload: optional(Pins),
  answer: Several,
} satisfies Operation;
