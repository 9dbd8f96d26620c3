import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Deps } from '../deps.js';
import { ApiError, badInput } from '../errors.js';
import { asObject, parseObject, type Json } from '../input.js';
import { verifyToken } from '../token.js';

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
    /** The protocol's name of the endpoint, for error messages. */
    endpoint?: string;
  }
}

/** Adds one endpoint of the protocol: checks key and token, then answers what `handle` returns. */
export type AddRoute = (
  method: HTTPMethods,
  url: string,
  endpoint: string,
  handle: (call: Call) => Promise<object | string>,
) => void;

/** How long the answer took so far, as every answer says. */
export function durationOf({ request }: FastifyReply): string {
  // Requests that are no HTTP never reach the hook that notes their start.
  return `${(performance.now() - (request.startedAt || performance.now())).toFixed(2)}ms`;
}

export function routesOf(app: FastifyInstance, deps: Deps): AddRoute {
  return (method, url, endpoint, handle) => {
    app.route({
      method,
      url,
      config: { endpoint },
      handler: async (request, reply) => {
        const userId = await authenticate(deps, request);
        if (method === 'POST' || method === 'PUT') reply.code(201);
        const query = request.query as Record<string, unknown>;
        const body = asObject(request.body, 'The body');
        return handle({ userId, params: request.params as Record<string, string>, query, body, reply });
      },
    });
  };
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
