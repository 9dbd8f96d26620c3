import { sql } from 'kysely';
import { isDeepStrictEqual } from 'node:util';
import {
  jsonBytes,
  MAX_OBJECT_BYTES,
  userIdProblem,
  userProblem,
  type PrivacySettings,
} from '../../../src/protocol.js';
import type { Micros } from '../clock.js';
import { ApiError, badInput, shown, tooLarge } from '../errors.js';
import { asObject, checkSize, isObject, patched, type Json } from '../input.js';
import type { Db, UserRow } from './schema.js';

/** What a client may say of a user, apart from its id. */
export interface UserChange {
  data: Json;
  /** Only the parts that were given. */
  privacy: PrivacySettings;
  invisible: boolean | undefined;
}

/** Only a backend sets these, or the server computes them and clients repeat them: ignored. */
const IGNORED = new Set([
  'id', 'role', 'roles', 'teams', 'teams_role', 'language', 'banned', 'shadow_banned', 'blocked_user_ids', 'devices',
  'mutes', 'channel_mutes', 'push_preferences', 'total_unread_count', 'unread_count', 'unread_channels',
  'unread_threads', 'anon', 'revoke_tokens_issued_before', 'avg_response_time', 'total_unread_count_by_team',
  'user', 'user_id', 'seq', 'own_capabilities',
]); // prettier-ignore

/** The `role` of who runs the application. */
const ADMIN = 'admin';

const PRIVACY_PARTS = ['typing_indicators', 'read_receipts', 'delivery_receipts'] as const;

/**
 * Reads a user object from a client.
 *
 * @throws {ApiError} 4 for a bad id or field, 22 above 5 KB.
 */
export function readUser(value: unknown): { id: string; change: UserChange } {
  const bytes = jsonBytes(value);
  if (isObject(value) && !userIdProblem(value['id']) && bytes > MAX_OBJECT_BYTES)
    throw tooLarge('A user', bytes, MAX_OBJECT_BYTES);
  const problem = userProblem(value);
  if (problem) throw badInput(problem);
  const user = asObject(value, 'A user');
  return { id: String(user['id']), change: readFields(user) };
}

function readFields(user: Json): UserChange {
  const { privacy_settings: privacy, invisible, ...rest } = user;
  for (const key of ['name', 'image'])
    if (rest[key] !== undefined && rest[key] !== null && typeof rest[key] !== 'string')
      throw badInput(`A user's ${key} is a string; got ${shown(rest[key])}`);
  if (invisible !== undefined && typeof invisible !== 'boolean')
    throw badInput(`A user's invisible is true or false; got ${shown(invisible)}`);
  const data = Object.fromEntries(Object.entries(rest).filter(([key]) => !IGNORED.has(key)));
  return { data, privacy: readPrivacy(privacy), invisible };
}

function readPrivacy(value: unknown): PrivacySettings {
  const given = asObject(value, 'privacy_settings');
  const privacy: PrivacySettings = {};
  for (const part of PRIVACY_PARTS) {
    if (given[part] === undefined || given[part] === null) continue;
    const { enabled } = asObject(given[part], `privacy_settings.${part}`);
    if (enabled === undefined) continue;
    if (typeof enabled !== 'boolean')
      throw badInput(`privacy_settings.${part}.enabled is true or false; got ${shown(enabled)}`);
    privacy[part] = { enabled };
  }
  return privacy;
}

/** All three parts, those never set as true. */
export function completePrivacy(row: Pick<UserRow, 'privacy'>): Required<PrivacySettings> {
  const part = (name: (typeof PRIVACY_PARTS)[number]) => ({ enabled: row.privacy[name]?.enabled !== false });
  return {
    typing_indicators: part('typing_indicators'),
    read_receipts: part('read_receipts'),
    delivery_receipts: part('delivery_receipts'),
  };
}

export interface Saved {
  row: UserRow;
  /** False when nothing differed; then `updated_at` stands. */
  changed: boolean;
  /** What was stored before; undefined for a new user. */
  before: UserRow | undefined;
}

/** Creates the user, or changes what `change` says by `how`: `merge` keeps fields not given, `replace` drops them. */
export async function saveUser(
  db: Db,
  id: string,
  change: UserChange,
  how: 'merge' | 'replace',
  now: Micros,
): Promise<Saved> {
  return editUser(db, id, await findUser(db, id), now, ({ data, ...rest }) => ({
    data: how === 'merge' ? { ...data, ...change.data } : change.data,
    privacy: { ...rest.privacy, ...change.privacy },
    invisible: change.invisible ?? rest.invisible,
  }));
}

/**
 * Sets and unsets single fields of an existing user; dots in keys descend.
 *
 * @throws {ApiError} 4 for a reserved field or a bad key, 16 for an unknown user, 22 above 5 KB.
 */
export async function patchUser(
  db: Db,
  id: string,
  set: Json,
  unset: readonly string[],
  now: Micros,
): Promise<Saved> {
  const known = await findUser(db, id);
  if (!known) throw new ApiError(16, `User ${shown(id)} does not exist.`);
  return editUser(db, id, known, now, ({ data, privacy, invisible }) => {
    const whole = patched({ ...data, privacy_settings: privacy, invisible, id }, set, unset);
    const { change } = readUser({ ...whole, id });
    // Parts that are not named keep their value, however the object was given (protocol.md §5).
    const kept = unset.some((key) => key.split('.')[0] === 'privacy_settings') ? {} : privacy;
    return {
      data: change.data,
      privacy: { ...kept, ...change.privacy },
      invisible: change.invisible ?? false,
    };
  });
}

type Editable = Pick<UserRow, 'data' | 'privacy' | 'invisible'>;

async function editUser(
  db: Db,
  id: string,
  known: UserRow | undefined,
  now: Micros,
  edit: (row: Editable) => Editable,
): Promise<Saved> {
  // Most come as they were the last time: nothing is locked or written for them.
  if (known && isDeepStrictEqual(editable(known), edit(known)))
    return { row: known, changed: false, before: known };
  return db.transaction().execute(async (trx) => {
    const created = await trx
      .insertInto('users')
      .values({ id, data: '{}', privacy: '{}', created_at: now, updated_at: now, last_active: null })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    const before = await trx
      .selectFrom('users')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const after = edit(before);
    checkSize(after.data, 'A user');
    if (isDeepStrictEqual(editable(before), after))
      return { row: before, changed: created !== undefined, before: created ? undefined : before };
    const row = await trx
      .updateTable('users')
      .set({
        data: JSON.stringify(after.data),
        privacy: JSON.stringify(after.privacy),
        invisible: after.invisible,
        // Of two changes at once, the second to get the row may have been asked for first.
        updated_at: created ? now : Math.max(now, before.updated_at + 1),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return { row, changed: true, before: created ? undefined : before };
  });
}

function editable({ data, privacy, invisible }: UserRow): Editable {
  return { data, privacy, invisible };
}

function findUser(db: Db, id: string): Promise<UserRow | undefined> {
  return db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The users among `ids` that exist, by id. */
export async function usersById(db: Db, ids: Iterable<string>): Promise<Map<string, UserRow>> {
  const wanted = [...new Set(ids)];
  if (!wanted.length) return new Map();
  const rows = await db.selectFrom('users').selectAll().where('id', 'in', wanted).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** @throws {ApiError} 4 listing those of `ids` that do not exist. */
export async function requireUsers(db: Db, ids: readonly string[]): Promise<void> {
  const found = await usersById(db, ids);
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length)
    throw badInput(
      `The following users are involved but do not exist: ${shown(missing)}. Connect or upsert them first.`,
    );
}

/** Whether the user may what a moderator may, in all channels and beyond. */
export async function isAdmin(db: Db, id: string): Promise<boolean> {
  return (await findUser(db, id))?.role === ADMIN;
}

/** Roles are the operator's to give: no client can. */
export async function setRole(db: Db, id: string, role: string, now: Micros): Promise<void> {
  await db.updateTable('users').set({ role, updated_at: now }).where('id', '=', id).execute();
}

/** The later of what is stored and `now`: requests may overtake each other. */
function notBefore(now: Micros) {
  return sql<number>`greatest(last_active, cast(${now} as bigint))`;
}

/** Notes that the user is here now. */
export async function touchUser(db: Db, id: string, now: Micros): Promise<void> {
  await db
    .updateTable('users')
    .set({ last_active: notBefore(now) })
    .where('id', '=', id)
    .execute();
}

/** Notes that the user has come, and counts them as active in the month of `now`: in one statement. */
export async function noteArrival(db: Db, id: string, now: Micros): Promise<void> {
  await db
    .with('touched', (here) =>
      here
        .updateTable('users')
        .set({ last_active: notBefore(now) })
        .where('id', '=', id),
    )
    .insertInto('active_users')
    .values({ month: monthOf(now), user_id: id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Counts the user as active in the month of `now`; once, however often it is called. */
export async function countActive(db: Db, userId: string, now: Micros): Promise<void> {
  await db
    .insertInto('active_users')
    .values({ month: monthOf(now), user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** How many users were active in the month of `now`, UTC. */
export async function activeUsers(db: Db, now: Micros): Promise<number> {
  const { count } = await db
    .selectFrom('active_users')
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count'))
    .where('month', '=', monthOf(now))
    .executeTakeFirstOrThrow();
  return count;
}

function monthOf(at: Micros): string {
  return new Date(at / 1000).toISOString().slice(0, 7);
}
