import type { FastifyInstance } from 'fastify';
import { userIdProblem } from '../../../src/protocol.js';
import type { Deps } from '../deps.js';
import { ApiError, badInput } from '../errors.js';
import type { Json } from '../input.js';
import type { BodyOf } from '../shapes/operation.js';
import { CreateGuest } from '../shapes/users.js';
import { readUser, saveUser, setRole } from '../store/users.js';
import { guestToken } from '../token.js';
import { GUEST, guestId } from '../visitors.js';
import { People } from '../wire.js';
import { checkKey } from './route.js';
import { schemaOf } from './schemas.js';

type Guest = BodyOf<typeof CreateGuest>;

/** `POST /guest`: a user and a token for whoever asks, where guests are admitted. */
export function addGuests(app: FastifyInstance, deps: Deps): void {
  app.route({
    method: 'POST',
    url: '/guest',
    schema: schemaOf('POST', '/guest', CreateGuest),
    onRequest: async (request, reply) => {
      checkKey(deps, (request.query as Json)['api_key']);
      if (!deps.options.guests)
        throw new ApiError(17, 'Guests are not admitted here. Connect with a user token.');
      await deps.rates.take({ userId: '', kind: 'anonymous' }, CreateGuest.name, request, reply);
    },
    handler: async (request, reply) => {
      reply.code(201);
      return createGuest(deps, (request.body as Guest).user);
    },
  });
}

async function createGuest(deps: Deps, given: Guest['user']): Promise<object> {
  const id = guestId(given.id);
  const tooLong = userIdProblem(id);
  if (tooLong) throw badInput(`The id of a guest gets a prefix of 43 characters. ${tooLong}`);
  const { change } = readUser({ ...given, id });
  await saveUser(deps.db, id, change, 'replace', deps.clock.now());
  await setRole(deps.db, id, GUEST, deps.clock.now());
  const people = await People.load(deps, [id]);
  const iat = Math.floor(Date.now() / 1000);
  return {
    user: people.user(id),
    access_token: await guestToken(deps.credentials.apiSecret, id, { iat }),
  };
}
