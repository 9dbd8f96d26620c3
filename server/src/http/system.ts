import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.js';
import { asCount, asObject } from '../input.js';
import { badInput } from '../errors.js';
import { readableChannel } from '../access.js';
import { queryMembers } from '../store/query-users.js';
import { memberOf, People } from '../wire.js';
import { payloadOf, type AddRoute, type Call } from './route.js';

/** What operators and probes ask: no token, no data of users. */
export function addSystem(app: FastifyInstance, deps: Deps): void {
  app.get('/healthz', (_request, reply) =>
    reply.code(deps.closing ? 503 : 200).send({ status: deps.closing ? 'closing' : 'ok' }),
  );
  app.get('/metrics', async (_request, reply) => {
    reply.type(deps.metrics.registry.contentType);
    return deps.metrics.registry.metrics();
  });
  app.get('/hi', (_request, reply) => reply.send({}));
}

export function addMembers(add: AddRoute, deps: Deps): void {
  add('GET', '/members', 'QueryMembers', (call) => members(deps, call));
}

async function members(deps: Deps, call: Call): Promise<object> {
  const payload = payloadOf(call);
  const { type, id } = payload;
  if (typeof type !== 'string' || typeof id !== 'string')
    throw badInput('payload must name the channel: type and id.');
  const { channel } = await readableChannel(deps, call.userId, `${type}:${id}`);
  const rows = await queryMembers(deps.db, channel.cid, {
    filter: asObject(payload['filter_conditions'], 'filter_conditions'),
    limit: asCount(payload['limit'], 'limit', 100, 100),
    offset: asCount(payload['offset'], 'offset', 0, 1000),
  });
  const people = await People.load(deps, rows.map((row) => row.user_id)); // prettier-ignore
  return { members: rows.map((row) => memberOf(row, (userId) => people.user(userId), channel.created_by)) };
}
