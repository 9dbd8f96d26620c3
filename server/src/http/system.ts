import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.js';
import { QueryMembers } from '../shapes/channels.js';
import { queryMembers } from '../store/query-users.js';
import { memberOf, People } from '../wire.js';
import type { AddRoute, ChannelCall } from './route.js';
import { HIDDEN } from './schemas.js';

/** What operators and probes ask: no token, no data of users. */
export function addSystem(app: FastifyInstance, deps: Deps): void {
  app.get('/healthz', HIDDEN, (_request, reply) => {
    if (deps.closing) return reply.code(503).send({ status: 'closing' });
    // Alive all the same: a restart would only end the connections, and bring no database back.
    return reply.send({ status: deps.store.reachable() ? 'ok' : 'degraded' });
  });
  app.get('/metrics', HIDDEN, async (_request, reply) => {
    reply.type(deps.metrics.registry.contentType);
    return deps.metrics.registry.metrics();
  });
  app.get('/hi', HIDDEN, (_request, reply) => reply.send({}));
}

export function addMembers(add: AddRoute, deps: Deps): void {
  add('GET', '/members', QueryMembers, (call) => members(deps, call));
}

async function members(deps: Deps, call: ChannelCall<typeof QueryMembers>): Promise<object> {
  const { filter_conditions: filter, limit, offset } = call.payload;
  const { channel } = call.access;
  const rows = await queryMembers(deps.db, channel.cid, { filter, limit, offset });
  const people = await People.load(deps, rows.map((row) => row.user_id)); // prettier-ignore
  return {
    members: rows.map((row) =>
      memberOf(row, (userId) => people.user(userId), channel.created_by, people.now),
    ),
  };
}
