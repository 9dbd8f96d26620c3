import { Type } from 'typebox';
import { Bag, ENDS, object, optional, slice, Sort } from './fields.js';
import { Message } from './models.js';
import type { Operation } from './operation.js';

/** Of messages in one answer, and before it (protocol.md §7.13). */
const MAX_RESULTS = 100;

export const Search = {
  name: 'Search',
  summary: 'Messages by words or by a filter, in the channels that a filter finds',
  payload: object({
    filter_conditions: Bag,
    query: optional(Type.String()),
    message_filter_conditions: optional(Bag),
    sort: Sort,
    ...slice(MAX_RESULTS, 10, 1),
    ...ENDS,
  }),
  answer: object({
    results: Type.Array(object({ message: Message })),
    next: ENDS.next,
    previous: optional(Type.String()),
  }),
} satisfies Operation;
