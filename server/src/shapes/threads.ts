import { Type } from 'typebox';
import { CONNECTION, count, ENDS, flag, object, paged, PATCH } from './fields.js';
import { Thread } from './models.js';
import type { Operation } from './operation.js';

/** Of threads, replies and participants in one answer (protocol.md §7.6). */
const MAX_THREADS = 100;
const MAX_REPLIES = 10;
const MAX_PARTICIPANTS = 100;

/** How much of each thread. */
export const Extent = object({
  reply_limit: count(MAX_REPLIES, 2),
  participant_limit: count(MAX_PARTICIPANTS, MAX_PARTICIPANTS),
});

const One = object({ thread: Thread });

export const QueryThreads = {
  name: 'QueryThreads',
  summary: "The caller's threads that a filter finds",
  query: object(CONNECTION),
  body: object({
    ...Extent.properties,
    ...paged(MAX_THREADS),
    watch: flag(),
  }),
  answer: object({ threads: Type.Array(Thread), ...ENDS }),
} satisfies Operation;

export const GetThread = {
  name: 'GetThread',
  summary: 'The thread of a message',
  query: object({ ...CONNECTION, ...Extent.properties, watch: flag() }),
  answer: One,
} satisfies Operation;

export const UpdateThreadPartial = {
  name: 'UpdateThreadPartial',
  summary: 'Changes the title or the custom data of a thread',
  body: object(PATCH),
  answer: One,
} satisfies Operation;
