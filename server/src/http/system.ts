import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.js';
import { asCount, asObject } from '../input.js';
import { queryMembers } from '../store/query-users.js';
import { memberOf, People } from '../wire.js';
import { payloadOf, type AddRoute, type ChannelCall } from './route.js';

/** What operators and probes ask: no token, no data of users. */
export function addSystem(app: FastifyInstance, deps: Deps): void {
  app.get('/healthz', (_request, reply) => {
    if (deps.closing) return reply.code(503).send({ status: 'closing' });
    // Alive all the same: a restart would only end the connections, and bring no database back.
    return reply.send({ status: deps.store.reachable() ? 'ok' : 'degraded' });
  });
  app.get('/metrics', async (_request, reply) => {
    reply.type(deps.metrics.registry.contentType);
    return deps.metrics.registry.metrics();
  });
  app.get('/hi', (_request, reply) => reply.send({}));
}

export function addMembers(add: AddRoute, deps: Deps): void {
  add('GET', '/members', 'QueryMembers', (call) => members(deps, call));
}

async function members(deps: Deps, call: ChannelCall): Promise<object> {
  const payload = payloadOf(call);
  const { channel } = call.access;
  const rows = await queryMembers(deps.db, channel.cid, {
    filter: asObject(payload['filter_conditions'], 'filter_conditions'),
    limit: asCount(payload['limit'], 'limit', 100, 100),
    offset: asCount(payload['offset'], 'offset', 0, 1000),
  });
  const people = await People.load(deps, rows.map((row) => row.user_id)); // prettier-ignore
  return {
    members: rows.map((row) =>
      memberOf(row, (userId) => people.user(userId), channel.created_by, people.now),
    ),
  };
}
