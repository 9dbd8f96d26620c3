import type { Static } from 'typebox';
import { formatTime } from '../clock.js';
import { tellFollowers, tellUserUpdated } from '../deliver.js';
import type { Deps } from '../deps.js';
import { notAllowed, notFound, shown } from '../errors.js';
import type { Json } from '../input.js';
import { ownUser, presenceChanged } from '../session.js';
import { queryUsers } from '../store/query-users.js';
import { markDeleted, revokeTokens } from '../store/standings.js';
import { patchUser, readUser, saveUser, setRole, usersById, type Saved } from '../store/users.js';
import { closeUnwanted } from '../sweep.js';
import { People } from '../wire.js';
import { checked } from '../shapes/check.js';
import { DeleteUser, Ordered, QueryUsers, UpdateUsers, UpdateUsersPartial } from '../shapes/users.js';
import { timeOrNull } from './application.js';
import type { AddRoute, Call } from './route.js';
import { connectionOf, wanted } from './watch.js';

export function addUsers(add: AddRoute, deps: Deps): void {
  add('GET', '/users', QueryUsers, (call) => query(deps, call));
  add('POST', '/users', UpdateUsers, (call) => replaceUsers(deps, call));
  add('PATCH', '/users', UpdateUsersPartial, (call) => patchUsers(deps, call));
  add('DELETE', '/users/:id', DeleteUser, async ({ params }) => deleteUser(deps, params['id'] ?? ''));
}

async function replaceUsers(deps: Deps, call: Call<typeof UpdateUsers>): Promise<object> {
  const changes = Object.entries(call.body.users).map(([id, value]) => {
    const user = readUser({ ...value, id });
    requireSelf(call, user.id);
    return { ...user, ordered: readOrdered(call, value) };
  });
  const answers = changes.map(async ({ id, change, ordered }) => {
    const { before, changed, row } = await saveUser(deps.db, id, change, 'replace', deps.clock.now());
    return saved(deps, await carryOut(deps, { before, changed, row }, ordered));
  });
  return { users: Object.fromEntries(await Promise.all(answers)) };
}

async function patchUsers(deps: Deps, call: Call<typeof UpdateUsersPartial>): Promise<object> {
  const changes = call.body.users.map(({ id, set, unset }) => {
    requireSelf(call, id);
    const ordered = readOrdered(call, set);
    for (const key of Object.keys(ordered)) delete set[key];
    return { id, set, unset, ordered };
  });
  const answers: [string, object][] = [];
  for (const { id, set, unset, ordered } of changes) {
    const patched = await patchUser(deps.db, id, set, unset, deps.clock.now());
    answers.push(await saved(deps, await carryOut(deps, patched, ordered)));
  }
  return { users: Object.fromEntries(answers) };
}

/** @throws {ApiError} 17 for a user who would change another. A backend may. */
function requireSelf({ userId, kind }: Asker, id: string): void {
  if (id !== userId && kind !== 'server') throw notAllowed(userId, `change user ${shown(id)}`);
}

type Asker = Pick<Call, 'userId' | 'kind'>;

/** What only a backend says of a user; from others it is ignored, as all that the server sets. */
type Ordered = Static<typeof Ordered>;

function readOrdered({ kind }: Asker, given: Json): Ordered {
  if (kind !== 'server') return {};
  const { role, revoke_tokens_issued_before: before } = checked(Ordered, given);
  return {
    ...(role === undefined ? {} : { role }),
    ...(before === undefined ? {} : { revoke_tokens_issued_before: before }),
  };
}

async function carryOut(
  deps: Deps,
  before: Saved,
  { role, revoke_tokens_issued_before: revoked }: Ordered,
): Promise<Saved> {
  const { row } = before;
  if (revoked !== undefined) {
    await revokeTokens(deps.db, row.id, timeOrNull(revoked), deps.clock.now());
    await closeUnwanted(deps);
  }
  if (role === undefined || role === row.role) return before;
  const now = deps.clock.now();
  await setRole(deps.db, row.id, role, now);
  return { ...before, changed: true, row: { ...row, role, updated_at: now } };
}

/** The user can no longer connect; what they said stays. */
async function deleteUser(deps: Deps, id: string): Promise<object> {
  const [row] = [...(await usersById(deps.db, [id])).values()];
  if (!row) throw notFound(`User ${shown(id)} does not exist.`);
  await markDeleted(deps.db, id, deps.clock.now());
  await closeUnwanted(deps);
  const people = await People.load(deps, [id]);
  tellFollowers(deps, id, {
    type: 'user.deleted',
    user: people.eventUser(id),
    created_at: formatTime(deps.clock.now()),
    hard_delete: false,
    mark_messages_deleted: false,
  });
  return { user: people.user(id) };
}

/** Tells who should know what changed, and answers the user as they see themselves. */
async function saved(deps: Deps, { row, changed, before }: Saved): Promise<[string, object]> {
  if (changed) await tellUserUpdated(deps, row);
  if (before && before.invisible !== row.invisible) await presenceChanged(deps, row.id);
  return [row.id, await ownUser(deps, row)];
}

async function query(deps: Deps, call: Call<typeof QueryUsers>): Promise<object> {
  const { filter_conditions: filter, limit, offset, presence } = call.payload;
  const rows = await queryUsers(deps.db, { filter, limit, offset });
  await wanted(presence, 'presence', connectionOf(deps, call))?.follow(rows.map((row) => row.id));
  const people = await People.load(deps, rows.map((row) => row.id)); // prettier-ignore
  return { users: rows.map((row) => people.user(row.id)) };
}
