import type { Static } from 'typebox';
import { badInput } from '../errors.js';
import { object, paged } from '../shapes/fields.js';

type Paged = Static<ReturnType<typeof object<ReturnType<typeof paged>>>>;

/** What a query in pages asks for, as the store wants it. @throws {ApiError} 4 for both ends. */
export function pagedOf({ filter, sort, limit, ...ends }: Paged) {
  return { filter, sort, limit, cursor: cursorOf(ends) };
}

/** The `next` or `prev` of an answer before, as the request names it. @throws {ApiError} 4 for both. */
export function cursorOf({ next, prev }: { next?: string; prev?: string }): string | undefined {
  if (next && prev) throw badInput('Page by next or by prev, not by both.');
  return next || prev || undefined;
}
