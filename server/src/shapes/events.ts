import { Type } from 'typebox';
import { byKey, Any, Fields, list, MessageId, nullable, object, optional, Time } from './fields.js';
import { Event } from './models.js';
import type { Operation } from './operation.js';

/** Of channels in one request (protocol.md §7.9). */
const MAX_CHANNELS = 100;

/** Null where there was nothing to tell. */
const Told = object({ event: nullable(Event) });

export const SendEvent = {
  name: 'SendEvent',
  summary:
    'Tells the watchers of a channel of typing, or of something of the application’s own; nothing is stored',
  body: object({ event: object({ type: Type.String({ minLength: 1, description: 'a non-empty string' }) }) }),
  answer: object({ event: Fields }),
} satisfies Operation;

export const MarkRead = {
  name: 'MarkRead',
  summary: 'Marks a channel, or one of its threads, as read',
  body: object({ thread_id: optional(Type.String()) }),
  answer: Told,
} satisfies Operation;

export const MarkUnread = {
  name: 'MarkUnread',
  summary: 'Marks a channel as unread from a message on, or one of its threads',
  body: object({ message_id: optional(Type.String()), thread_id: optional(Type.String()) }),
  answer: object({}),
} satisfies Operation;

export const MarkChannelsRead = {
  name: 'MarkChannelsRead',
  summary: 'Marks the channels named as read, or all with something unread',
  body: object({ read_by_channel: byKey(Any, { maxProperties: MAX_CHANNELS, default: {} }) }),
  answer: Told,
} satisfies Operation;

export const MarkDelivered = {
  name: 'MarkDelivered',
  summary: 'Notes up to which message each channel has arrived',
  body: object({
    latest_delivered_messages: list(object({ cid: Type.String(), id: MessageId }), MAX_CHANNELS),
  }),
  answer: object({}),
} satisfies Operation;

const Count = Type.Integer({ minimum: 0 });

export const UnreadCounts = {
  name: 'UnreadCounts',
  summary: 'What the caller has not read yet',
  answer: object({
    total_unread_count: Count,
    total_unread_threads_count: Count,
    channels: Type.Array(object({ channel_id: Type.String(), unread_count: Count, last_read: Time })),
    channel_type: Type.Array(
      object({ channel_type: Type.String(), channel_count: Count, unread_count: Count }),
    ),
    threads: Type.Array(
      object({
        parent_message_id: Type.String(),
        unread_count: Count,
        last_read: Time,
        last_read_message_id: nullable(Type.String()),
      }),
    ),
  }),
} satisfies Operation;
