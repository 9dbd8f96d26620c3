import { badInput } from '../errors.js';

/** The `next` or `prev` of an answer before, as the request names it. @throws {ApiError} 4 for both. */
export function cursorOf({ next, prev }: { next?: string; prev?: string }): string | undefined {
  if (next && prev) throw badInput('Page by next or by prev, not by both.');
  return next || prev || undefined;
}
