import { badInput, shown } from '../errors.js';
import type { Json } from '../input.js';

/** The `next` or `prev` of an answer before, as the request names it. @throws {ApiError} 4 for both, or no text. */
export function cursorOf({ next, prev }: Json): string | undefined {
  const given = [next, prev].filter((value) => value !== undefined && value !== null && value !== '');
  if (given.length > 1) throw badInput('Page by next or by prev, not by both.');
  const [cursor] = given;
  if (cursor !== undefined && typeof cursor !== 'string')
    throw badInput(`next must be a string; got ${shown(cursor)}`);
  return cursor;
}
