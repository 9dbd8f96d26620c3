import { userIdProblem } from '../../../src/protocol.js';
import { tellUserUpdated } from '../deliver.js';
import type { Deps } from '../deps.js';
import { badInput, notAllowed, shown } from '../errors.js';
import { asCount, asFlag, asList, asObject, asStrings, isObject } from '../input.js';
import { ownUser, presenceChanged } from '../session.js';
import { queryUsers } from '../store/query-users.js';
import { patchUser, readUser, saveUser, type Saved } from '../store/users.js';
import { People } from '../wire.js';
import { payloadOf, type AddRoute, type Call } from './route.js';

/** Of users in one request or answer (protocol.md §7.11). */
const MAX_USERS = 100;
const MAX_OFFSET = 1000;

export function addUsers(add: AddRoute, deps: Deps): void {
  add('GET', '/users', 'QueryUsers', (call) => query(deps, call));
  add('POST', '/users', 'UpdateUsers', async ({ body, userId }) => {
    const users = Object.entries(asObject(body['users'], 'users'));
    const changes = users.map(([id, value]) => {
      const user = readUser(isObject(value) ? { ...value, id } : value);
      requireSelf(userId, user.id);
      return user;
    });
    const answers = changes.map(async ({ id, change }) =>
      saved(deps, await saveUser(deps.db, id, change, 'replace', deps.clock.now())),
    );
    return { users: Object.fromEntries(await Promise.all(answers)) };
  });
  add('PATCH', '/users', 'UpdateUsersPartial', async ({ body, userId }) => {
    const changes = asList(body['users'], 'users', MAX_USERS).map((value) => {
      const { id, set, unset } = asObject(value, 'users[]');
      requireSelf(userId, id);
      return { set: asObject(set, 'set'), unset: asStrings(unset, 'unset', MAX_USERS) };
    });
    const answers: [string, object][] = [];
    for (const { set, unset } of changes)
      answers.push(await saved(deps, await patchUser(deps.db, userId, set, unset, deps.clock.now())));
    return { users: Object.fromEntries(answers) };
  });
}

function requireSelf(userId: string, id: unknown): void {
  const problem = userIdProblem(id);
  if (problem) throw badInput(problem);
  if (id !== userId) throw notAllowed(userId, `change user ${shown(id)}`);
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
    const { connection_id: id } = call.query;
    const stream = typeof id === 'string' ? deps.hub.find(id, call.userId) : undefined;
    if (!stream)
      throw badInput('presence needs the connection_id of a live connection of yours. Connect first.');
    for (const row of rows) deps.hub.follow(stream, row.id);
  }
  const people = await People.load(deps, rows.map((row) => row.id)); // prettier-ignore
  return { users: rows.map((row) => people.user(row.id)) };
}
