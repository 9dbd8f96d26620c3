import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import {
  readableChannel,
  readableMessage,
  readAddress,
  requireOwner,
  type Access,
  type Found,
} from '../access.js';
import type { Deps } from '../deps.js';
import { ApiError, badInput, notAllowed } from '../errors.js';
import { asObject, parseObject, type Json } from '../input.js';
import { readablePoll } from '../polls.js';
import type { PollRow } from '../store/schema.js';
import { verifyToken } from '../token.js';
import { RIGHTS, type Right, type Route } from './rights.js';

/** One authenticated request, free of the framework. */
export interface Call {
  /** Whom the token speaks for; nothing in the request can change it. */
  userId: string;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, unknown>>;
  body: Json;
  reply: FastifyReply;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** When it arrived, by `performance.now()`: the framework's own count runs only while it logs. */
    startedAt: number;
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

export type CallOf<Key extends string> = Key extends Route ? Call & Granted<(typeof RIGHTS)[Key]> : Call;

/** A call about a channel that the caller may read. */
export type ChannelCall = Call & { access: Access };

/**
 * Adds one endpoint of the protocol: checks key, token and the right that `rights.ts` gives the route, then answers
 * what `handle` returns.
 *
 * @throws {Error} For a route without a row there.
 */
export type AddRoute = <Method extends HTTPMethods, Url extends string>(
  method: Method,
  url: Url,
  endpoint: string,
  handle: (call: CallOf<`${Method} ${Url}`>) => Promise<object | string>,
) => void;

/** How long the answer took so far, as every answer says. */
export function durationOf({ request }: FastifyReply): string {
  // Requests that are no HTTP never reach the hook that notes their start.
  return `${(performance.now() - (request.startedAt || performance.now())).toFixed(2)}ms`;
}

export function routesOf(app: FastifyInstance, deps: Deps): AddRoute {
  return (method, url, endpoint, handle) => {
    const rights: Readonly<Record<string, Right>> = RIGHTS;
    // `guardRoutes` refuses a route without a row.
    const right = rights[`${method} ${url}`] ?? 'anyone';
    app.route({
      method,
      url,
      config: { endpoint },
      handler: async (request, reply) => {
        const userId = await authenticate(deps, request);
        if (method === 'POST' || method === 'PUT') reply.code(201);
        const query = request.query as Record<string, unknown>;
        const body = asObject(request.body, 'The body');
        const params = request.params as Record<string, string>;
        const call: Call = { userId, params, query, body, reply };
        // The same row decides what is granted, here and in the type.
        return handle({ ...call, ...(await granted(deps, right, call)) } as Parameters<typeof handle>[0]);
      },
    });
  };
}

/** @throws {ApiError} When the caller has not the right: 17 mostly, 16 where they may not learn what exists. */
async function granted(deps: Deps, right: Right, call: Call): Promise<{ access?: Access; poll?: PollRow }> {
  const { userId, params } = call;
  if (right === 'channel' || right === 'owner') {
    const access = await readableChannel(deps, userId, addressed(call));
    if (right === 'owner') requireOwner(access, userId);
    return { access };
  }
  if (right === 'message' || right === 'author') {
    const access = await readableMessage(deps, userId, params['id'] ?? '');
    if (right === 'author' && access.message.user_id !== userId)
      throw notAllowed(userId, 'change a message of somebody else');
    return { access };
  }
  if (right === 'poll' || right === 'poll maker') {
    const poll = await readablePoll(deps, userId, params['id'] ?? '');
    if (right === 'poll maker' && poll.created_by !== userId)
      throw notAllowed(userId, 'change a poll of somebody else');
    return { poll };
  }
  return {};
}

/** The cid of the channel in the path, or else in the payload. */
function addressed(call: Call): string {
  const { type, id } = 'type' in call.params ? call.params : payloadOf(call);
  if (typeof type !== 'string' || typeof id !== 'string')
    throw badInput('payload must name the channel: type and id.');
  return readAddress(type, id).cid;
}

async function authenticate(deps: Deps, request: FastifyRequest): Promise<string> {
  const { api_key: key } = request.query as Record<string, unknown>;
  checkKey(deps, key);
  checkAuthType(request.headers['stream-auth-type']);
  return verifyToken(deps.credentials.apiSecret, request.headers.authorization);
}

/** @throws {ApiError} 2 unless `key` is this application's. */
export function checkKey({ credentials }: Deps, key: unknown): void {
  if (key !== credentials.apiKey)
    throw new ApiError(2, 'api_key is missing or not known here. Use the key of this server.');
}

/** @throws {ApiError} 5 for anonymous users, whom this server does not admit. */
export function checkAuthType(type: unknown): void {
  if (type === 'anonymous')
    throw new ApiError(5, 'Anonymous users are not admitted. Connect with a user token.');
}

/** The object in the `payload` query parameter; an absent one is empty. */
export function payloadOf({ query }: Call): Json {
  const { payload } = query;
  if (payload === undefined) return {};
  if (typeof payload !== 'string') throw badInput('payload must be given once, as JSON.');
  return parseObject(payload, 'payload');
}
