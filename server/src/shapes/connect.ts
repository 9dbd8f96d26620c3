import { Type } from 'typebox';
import { Bag, object, optional } from './fields.js';
import type { Operation } from './operation.js';

export const LongPoll = {
  name: 'LongPoll',
  summary: 'Connects without a WebSocket, takes the events since the last answer, or closes the connection',
  query: object({
    connection_id: optional(Type.String()),
    json: optional(Type.String()),
    ack: optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    close: optional(Type.String()),
  }),
  answer: object({ event: optional(Bag), events: optional(Type.Array(Bag)), ack: optional(Type.Integer()) }),
} satisfies Operation;
