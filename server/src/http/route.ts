import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import {
  readableChannel,
  readableMessage,
  readAddress,
  requireOwner,
  speakerIn,
  type Access,
  type Found,
} from '../access.js';
import { unknownConnection } from '../connections.js';
import type { Deps } from '../deps.js';
import { ApiError, badInput, notAllowed } from '../errors.js';
import { asObject, parseObject, type Json } from '../input.js';
import { readablePoll } from '../polls.js';
import type { PollRow } from '../store/schema.js';
import { speaksUnseen } from '../moderation.js';
import type { Asked, Operation } from '../shapes/operation.js';
import type { Bearer } from '../token.js';
import { anonymousId, isAnonymous } from '../visitors.js';
import { actedFor, withoutNames } from './acting.js';
import { FOR_INVITED, PASSING, requireKind, SPEAKING } from './limits-of.js';
import { schemaOf } from './schemas.js';
import { RIGHTS, type Right, type Route } from './rights.js';

/** One authenticated request, free of the framework. */
export interface Call<Op = Operation> extends Asked<Op> {
  /**
   * Whom the token speaks for; nothing in the request can change it. Of a backend's request whom it acts for, empty for
   * nobody.
   */
  userId: string;
  kind: Bearer['kind'];
  params: Readonly<Record<string, string>>;
  reply: FastifyReply;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** When it arrived, by `performance.now()`: the framework's own count runs only while it logs. */
    startedAt: number;
    /** Who asks; set before the body is read. */
    bearer: Bearer;
    /** What the right of the route has granted; set before its parts are checked. */
    call: Call;
  }
  interface FastifyContextConfig {
    /** The protocol's name of the endpoint, for error messages. Set by what checks the right of the route. */
    endpoint?: string;
  }
}

/** What the right of a route has made sure of, for its handler. */
type Granted<R extends Right> = R extends 'channel' | 'owner'
  ? { access: Access }
  : R extends 'message' | 'author'
    ? { access: Found }
    : R extends 'poll' | 'poll maker'
      ? { poll: PollRow }
      : unknown;

export type CallOf<Key extends string, Op = Operation> = Call<Op> &
  (Key extends Route ? Granted<(typeof RIGHTS)[Key]> : unknown);

/** A call about a channel that the caller may read. */
export type ChannelCall<Op = Operation> = Call<Op> & { access: Access };

/**
 * Adds one endpoint of the protocol: checks key, token, the right that `rights.ts` gives the route, and what is asked
 * against the shapes of the operation, in this order, then answers what `handle` returns.
 *
 * @throws {Error} For a route without a row there.
 */
export type AddRoute = <Method extends HTTPMethods, Url extends string, Op extends Operation>(
  method: Method,
  url: Url,
  operation: Op,
  handle: (call: CallOf<`${Method} ${Url}`, Op>) => Promise<object | string>,
) => void;

/** How long the answer took so far, as every answer says. */
export function durationOf({ request }: FastifyReply): string {
  // Requests that are no HTTP never reach the hook that notes their start.
  return `${(performance.now() - (request.startedAt || performance.now())).toFixed(2)}ms`;
}

export function routesOf(app: FastifyInstance, deps: Deps): AddRoute {
  return (method, url, operation, handle) => {
    const rights: Readonly<Record<string, Right>> = RIGHTS;
    const route = `${method} ${url}`;
    const { name: endpoint } = operation;
    // `guardRoutes` refuses a route without a row.
    const right = rights[route] ?? 'anyone';
    app.route({
      method,
      url,
      schema: schemaOf(method, url, operation),
      config: { endpoint },
      // Before the body is read: nobody is listened to whom nobody knows.
      onRequest: async (request, reply) => {
        request.bearer = await authenticate(deps, request);
        requireKind(route, right, request.bearer);
        await deps.rates.take(request.bearer, endpoint, request, reply);
      },
      // Before it is checked: who has no right learns that, and nothing else.
      preValidation: async (request, reply) => {
        const call = await callOf(deps, request, reply);
        request.call = await granted(deps, route, right, call);
        if (operation.body) request.body = call.body;
      },
      handler: async (request, reply) => {
        if (method === 'POST' || method === 'PUT') reply.code(201);
        const { call, query, body = {} } = request;
        const { payload = {} } = query as Json;
        // The same row decides what is granted, and the same shapes what is asked, here and in the type.
        return handle({ ...call, query, payload, body } as Parameters<typeof handle>[0]);
      },
    });
  };
}

async function callOf(deps: Deps, request: FastifyRequest, reply: FastifyReply): Promise<Call> {
  const { kind, userId } = request.bearer;
  const query = request.query as Json;
  const payload = payloadIn(query);
  const body = asObject(request.body, 'The body');
  const params = request.params as Record<string, string>;
  if (kind !== 'server') return { userId, kind, params, query, payload, body, reply };
  const acted = await actedFor(deps, query, body);
  return { userId: acted, kind, params, query, payload, body: withoutNames(body), reply };
}

/** The object in the `payload` query parameter, there and parsed from now on; an absent one is empty. */
function payloadIn(query: Json): Json {
  const { payload } = query;
  if (payload === undefined) return {};
  if (typeof payload !== 'string') throw badInput('payload must be given once, as JSON.');
  const parsed = parseObject(payload, 'payload');
  query['payload'] = parsed;
  return parsed;
}

/** @throws {ApiError} When the caller has not the right: 17 mostly, 16 where they may not learn what exists. */
async function granted(deps: Deps, route: string, right: Right, call: Call): Promise<Call> {
  const { userId, params } = call;
  const backend = call.kind === 'server';
  if (right === 'channel' || right === 'owner') {
    const cid = addressed(call);
    const access =
      PASSING.has(route) && !backend
        ? await speakerIn(deps, userId, cid)
        : await readableChannel(deps, userId, cid, backend);
    if (right === 'owner') requireOwner(access, userId);
    return grantedIn(deps, route, call, access, access.channel.created_by);
  }
  if (right === 'message' || right === 'author') {
    const access = await readableMessage(deps, userId, params['id'] ?? '', backend);
    if (right === 'author' && access.message.user_id !== userId && !backend)
      throw notAllowed(userId, 'change a message of somebody else');
    return grantedIn(deps, route, call, access, access.message.user_id);
  }
  if (right === 'poll' || right === 'poll maker') {
    const poll = await readablePoll(deps, userId, params['id'] ?? '', backend);
    if (right === 'poll maker' && poll.created_by !== userId && !backend)
      throw notAllowed(userId, 'change a poll of somebody else');
    return { ...call, userId: userId || poll.created_by, poll } as Call;
  }
  if (backend && !userId && !FOR_NOBODY.has(route))
    throw badInput('A server token acts for a user here. Name one as user_id.');
  return call;
}

/** What a backend may ask without acting for anybody. */
const FOR_NOBODY: ReadonlySet<string> = new Set<Route>([
  'GET /app',
  'PATCH /app',
  'GET /users',
  'POST /users',
  'PATCH /users',
  'DELETE /users/:id',
  'POST /moderation/ban',
  'DELETE /moderation/ban',
  'GET /query_banned_users',
]);

/** @param otherwise - Whom a backend acts for when it names nobody. */
async function grantedIn(
  deps: Deps,
  route: string,
  call: Call,
  access: Access,
  otherwise: string,
): Promise<Call> {
  const userId = call.userId || otherwise;
  const invited = access.invited && !access.type.open && !access.backend;
  if (invited && !FOR_INVITED.has(route))
    throw notAllowed(userId, 'take part in the channel before accepting the invitation');
  const shadow = SPEAKING.has(route) && !access.backend && (await speaksUnseen(deps, access, userId));
  return { ...call, userId, access: { ...access, shadow } } as Call;
}

/** The cid of the channel in the path, or else in the payload. */
function addressed(call: Call): string {
  const { type, id } = 'type' in call.params ? call.params : call.payload;
  if (typeof type !== 'string' || typeof id !== 'string')
    throw badInput('payload must name the channel: type and id.');
  return readAddress(type, id).cid;
}

async function authenticate(deps: Deps, request: FastifyRequest): Promise<Bearer> {
  const { api_key: key, connection_id: connection } = request.query as Record<string, unknown>;
  checkKey(deps, key);
  const { authorization, 'stream-auth-type': type } = request.headers;
  if (type === 'anonymous') return visitor(deps, connection);
  return knownBearer(deps, authorization);
}

/** @throws {ApiError} 5, 40 to 43 for a token that is no good, 17 for who is banned. */
export async function knownBearer(deps: Deps, token: string | undefined): Promise<Bearer> {
  const bearer = await deps.tokens.verify(token);
  const refusal = deps.standing.refusal(bearer);
  if (refusal) throw refusal;
  return bearer;
}

/**
 * An anonymous visitor: whom the live connection that the request names was opened for, or a new one.
 *
 * @throws {ApiError} 5 when none are admitted, 46 for a connection that has ended.
 */
export async function visitor(deps: Deps, connectionId: unknown): Promise<Bearer> {
  if (!deps.options.anonymous)
    throw new ApiError(5, 'Anonymous users are not admitted. Connect with a user token.');
  if (connectionId === undefined) return { userId: anonymousId(), kind: 'anonymous' };
  const userId = typeof connectionId === 'string' ? await deps.connections.ownerOf(connectionId) : undefined;
  if (userId === undefined || !isAnonymous(userId)) throw unknownConnection();
  return { userId, kind: 'anonymous' };
}

/** @throws {ApiError} 2 unless `key` is this application's. */
export function checkKey({ credentials }: Deps, key: unknown): void {
  if (key !== credentials.apiKey)
    throw new ApiError(2, 'api_key is missing or not known here. Use the key of this server.');
}
