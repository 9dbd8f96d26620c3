import { userIdProblem } from '../../../src/protocol.js';
import type { Deps } from '../deps.js';
import { badInput } from '../errors.js';
import { isObject, type Json } from '../input.js';
import { requireUsers } from '../store/users.js';

/** What a request holds that may say who does it: `message` of a message sent, and so on. */
const SUBJECTS = ['message', 'reaction', 'event', 'data', 'vote'];
const NAMES = ['user_id', 'user', 'created_by_id', 'created_by', 'banned_by_id', 'banned_by'];

/**
 * Whom a backend's request acts for: `user_id` or `user` in the query, the body, or what the body sends; empty when it
 * names nobody.
 *
 * @throws {ApiError} 4 for a bad id or an unknown user.
 */
export async function actedFor(deps: Deps, query: Readonly<Json>, body: Json): Promise<string> {
  const named = [query, body, ...SUBJECTS.map((key) => body[key])].flatMap(namedIn);
  const [userId] = named;
  if (userId === undefined) return '';
  const problem = userIdProblem(userId);
  if (problem || typeof userId !== 'string') throw badInput(problem ?? 'A user id is a string.');
  await requireUsers(deps.db, [userId]);
  return userId;
}

function namedIn(value: unknown): unknown[] {
  if (!isObject(value)) return [];
  return NAMES.flatMap((name) => {
    const given = value[name];
    const id = isObject(given) ? given['id'] : given;
    return id === undefined || id === null || id === '' ? [] : [id];
  });
}

/** The body without those names: what a user could not say is not for the handler either. */
export function withoutNames(body: Json): Json {
  const bare = (value: Json) =>
    Object.fromEntries(Object.entries(value).filter(([key]) => !NAMES.includes(key)));
  return Object.fromEntries(
    Object.entries(bare(body)).map(([key, value]) => [
      key,
      SUBJECTS.includes(key) && isObject(value) ? bare(value) : value,
    ]),
  );
}
