import { userIdProblem } from '../../../src/protocol.js';
import { formatTime, type Micros } from '../clock.js';
import { tellFollowers, tellUserUpdated } from '../deliver.js';
import type { Deps } from '../deps.js';
import { badInput, notAllowed, notFound, shown } from '../errors.js';
import { asCount, asFlag, asList, asObject, asStrings, isObject, type Json } from '../input.js';
import { ownUser, presenceChanged } from '../session.js';
import { queryUsers } from '../store/query-users.js';
import { markDeleted, revokeTokens } from '../store/standings.js';
import { patchUser, readUser, saveUser, setRole, usersById, type Saved } from '../store/users.js';
import { closeUnwanted } from '../sweep.js';
import { People } from '../wire.js';
import { readRevocation } from './application.js';
import { payloadOf, type AddRoute, type Call } from './route.js';
import { connectionOf } from './watch.js';

/** Of users in one request or answer (protocol.md §7.11). */
const MAX_USERS = 100;
const MAX_OFFSET = 1000;

export function addUsers(add: AddRoute, deps: Deps): void {
  add('GET', '/users', 'QueryUsers', (call) => query(deps, call));
  add('POST', '/users', 'UpdateUsers', (call) => replaceUsers(deps, call));
  add('PATCH', '/users', 'UpdateUsersPartial', (call) => patchUsers(deps, call));
  add('DELETE', '/users/:id', 'DeleteUser', async ({ params }) => deleteUser(deps, params['id'] ?? ''));
}

async function replaceUsers(deps: Deps, call: Call): Promise<object> {
  const users = Object.entries(asObject(call.body['users'], 'users'));
  if (users.length > MAX_USERS) throw badInput(`users may hold ${MAX_USERS} users; got ${users.length}`);
  const changes = users.map(([id, value]) => {
    const user = readUser(isObject(value) ? { ...value, id } : value);
    requireSelf(call, user.id);
    return { ...user, ordered: readOrdered(call, asObject(value, 'A user')) };
  });
  const answers = changes.map(async ({ id, change, ordered }) => {
    const { before, changed, row } = await saveUser(deps.db, id, change, 'replace', deps.clock.now());
    return saved(deps, await carryOut(deps, { before, changed, row }, ordered));
  });
  return { users: Object.fromEntries(await Promise.all(answers)) };
}

async function patchUsers(deps: Deps, call: Call): Promise<object> {
  const changes = asList(call.body['users'], 'users', MAX_USERS).map((value) => {
    const { id, set: given, unset } = asObject(value, 'users[]');
    const whom = requireSelf(call, id);
    const set = asObject(given, 'set');
    const ordered = readOrdered(call, set);
    for (const key of Object.keys(ordered)) delete set[key];
    return { id: whom, set, unset: asStrings(unset, 'unset', MAX_USERS), ordered };
  });
  const answers: [string, object][] = [];
  for (const { id, set, unset, ordered } of changes) {
    const patched = await patchUser(deps.db, id, set, unset, deps.clock.now());
    answers.push(await saved(deps, await carryOut(deps, patched, ordered)));
  }
  return { users: Object.fromEntries(answers) };
}

/** @throws {ApiError} 17 for a user who would change another. A backend may. */
function requireSelf({ userId, kind }: Call, id: unknown): string {
  const problem = userIdProblem(id);
  if (problem) throw badInput(problem);
  if (id !== userId && kind !== 'server') throw notAllowed(userId, `change user ${shown(id)}`);
  return String(id);
}

/** What only a backend says of a user; from others it is ignored, as all that the server sets. */
interface Ordered {
  role?: string;
  revoke_tokens_issued_before?: Micros | null;
}

function readOrdered({ kind }: Call, given: Json): Ordered {
  if (kind !== 'server') return {};
  const { role, revoke_tokens_issued_before: before } = given;
  if (role !== undefined && (typeof role !== 'string' || !/^[a-z0-9_-]{1,64}$/i.test(role)))
    throw badInput(`role is 1 to 64 of the characters a–z A–Z 0–9 _ -; got ${shown(role)}`);
  return {
    ...(role === undefined ? {} : { role }),
    ...(before === undefined ? {} : { revoke_tokens_issued_before: readRevocation(before) }),
  };
}

async function carryOut(
  deps: Deps,
  before: Saved,
  { role, revoke_tokens_issued_before: revoked }: Ordered,
): Promise<Saved> {
  const { row } = before;
  if (revoked !== undefined) {
    await revokeTokens(deps.db, row.id, revoked, deps.clock.now());
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

async function query(deps: Deps, call: Call): Promise<object> {
  const payload = payloadOf(call);
  const rows = await queryUsers(deps.db, {
    filter: asObject(payload['filter_conditions'], 'filter_conditions'),
    limit: asCount(payload['limit'], 'limit', 30, MAX_USERS),
    offset: asCount(payload['offset'], 'offset', 0, MAX_OFFSET),
  });
  if (asFlag(payload['presence'], 'presence', false)) {
    const connection = connectionOf(deps, call);
    if (!connection)
      throw badInput('presence needs the connection_id of a live connection of yours. Connect first.');
    await connection.follow(rows.map((row) => row.id));
  }
  const people = await People.load(deps, rows.map((row) => row.id)); // prettier-ignore
  return { users: rows.map((row) => people.user(row.id)) };
}
