import { Type } from 'typebox';
import { ENDS, object, optional, paged } from './fields.js';
import { Written } from './messages.js';
import { Draft } from './models.js';
import type { Operation } from './operation.js';

const MAX_DRAFTS = 100;

/** Of a thread, what it hangs on. */
const Place = object({ parent_id: optional(Type.String()) });

const One = object({ draft: Draft });

export const CreateDraft = {
  name: 'CreateDraft',
  summary: 'Keeps what the caller has begun to write',
  body: object({ message: Written }),
  answer: One,
} satisfies Operation;

export const GetDraft = {
  name: 'GetDraft',
  summary: 'What the caller has begun to write',
  query: Place,
  answer: One,
} satisfies Operation;

export const DeleteDraft = {
  name: 'DeleteDraft',
  summary: 'Forgets what the caller has begun to write',
  query: Place,
  answer: object({}),
} satisfies Operation;

export const QueryDrafts = {
  name: 'QueryDrafts',
  summary: "The caller's drafts that a filter finds",
  body: object(paged(MAX_DRAFTS)),
  answer: object({ drafts: Type.Array(Draft), ...ENDS }),
} satisfies Operation;
