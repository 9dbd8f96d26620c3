import cors from '@fastify/cors';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Socket } from 'node:net';
import type { Deps } from '../deps.js';
import { ApiError, badInput, storeAway } from '../errors.js';
import { parseObject } from '../input.js';
import { isAway } from '../store/away.js';
import type { Bearer } from '../token.js';
import { addDocument } from './openapi.js';
import { guardRoutes, rightsOf } from './rights.js';
import { durationOf, type Call } from './route.js';
import { checkByShapes } from './schemas.js';

const MAX_BODY_BYTES = 1024 * 1024;
/** Within this an upload must have come whole: it may be large, and its sender's line slow. */
const UPLOAD_MS = 30 * 60_000;
/** A user object of 5 KB grows threefold when it is percent-encoded into the connect URL. */
const MAX_HEADER_BYTES = 64 * 1024;

/** An HTTP server that answers, refuses and fails in the protocol's shapes alone. */
export async function createHttp(deps: Deps): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: (_address, hop) => hop < deps.options.proxies,
    requestTimeout: UPLOAD_MS,
    forceCloseConnections: 'idle',
    // Its answer would not be the protocol's, and what has arrived can still be served.
    return503OnClosing: false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      connectionsCheckingInterval: Math.min(1_000, deps.options.headMs),
    },
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: (error, _request, reply) => void send(reply, refusalOf(error) ?? failure(deps, error)),
    clientErrorHandler,
  });
  app.server.headersTimeout = deps.options.headMs;
  guardRoutes(app, rightsOf(deps.options));
  await app.register(cors, {
    origin: deps.options.origins.length ? [...deps.options.origins] : '*',
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'stream-auth-type',
      'x-stream-client',
      'x-client-request-id',
      'content-type',
    ],
    exposedHeaders: [
      'Date',
      'Retry-After',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
    ],
    maxAge: 7200,
    strictPreflight: false,
  });
  addShapes(app, deps);
  checkByShapes(app, deps);
  await addDocument(app);
  return app;
}

/** JSON in, JSON out, every answer with its duration, every failure as the protocol's error body. */
function addShapes(app: FastifyInstance, deps: Deps): void {
  app.decorateRequest('startedAt', 0);
  app.decorateRequest('bearer', null as unknown as Bearer);
  app.decorateRequest('call', null as unknown as Call);
  app.addHook('onRequest', (request, _reply, done) => {
    request.startedAt = performance.now();
    limitBody(request, deps.options.bodyMs);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    deps.log.request({
      method: request.method,
      path: pathOf(request.url),
      status: reply.statusCode,
      ms: Math.round((performance.now() - request.startedAt) * 100) / 100,
      user: (request.bearer as Bearer | null)?.userId,
    });
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? {} : parseObject(String(text), 'The body'));
    } catch (error) {
      done(error as ApiError);
    }
  });
  app.addHook('preSerialization', async (_request, reply, payload) =>
    isPlain(payload) ? { duration: durationOf(reply), ...payload } : payload,
  );
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error) ?? failure(deps, error);
    return send(reply, refusal, request.routeOptions.config.endpoint);
  });
  app.setNotFoundHandler((request, reply) =>
    send(reply, new ApiError(16, `This server has no endpoint ${request.method} ${pathOf(request.url)}`)),
  );
}

/** Cuts off a body that drips in, which would hold its connection for as long as an upload may. */
function limitBody(request: FastifyRequest, bodyMs: number): void {
  const { raw, headers } = request;
  if (isUpload(request)) return;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  const cut = setTimeout(() => raw.destroy(), bodyMs);
  raw.once('end', () => clearTimeout(cut));
  raw.once('close', () => clearTimeout(cut));
}

function isUpload({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && /\/(file|image)$/.test(routeOptions.url ?? '');
}

function isPlain(payload: unknown): payload is object {
  return typeof payload === 'object' && payload !== null && !Buffer.isBuffer(payload) && !('pipe' in payload);
}

/** Without the query, which holds the application's key. */
function pathOf(url: string): string {
  return url.split('?', 1)[0]?.slice(0, 100) ?? '';
}

function send(reply: FastifyReply, error: ApiError, endpoint?: string): FastifyReply {
  if (error.status === 503) reply.header('Retry-After', '1');
  // What is still on its way is not waited for.
  if (!reply.request.raw.complete) reply.header('Connection', 'close');
  return reply
    .code(error.status)
    .type('application/json')
    .send(error.toBody(durationOf(reply), endpoint));
}

/** The framework's own refusals in the protocol's words; undefined for what nobody expected. */
function refusalOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  const { code, statusCode } = error as FastifyError;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new ApiError(22, `A body may take ${MAX_BODY_BYTES} bytes; got more.`);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return badInput('Send the body as application/json.');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return badInput((error as Error).message);
  return undefined;
}

/** Tells the operator what happened and the caller only that it did. */
function failure({ metrics, report, store }: Deps, error: unknown): ApiError {
  metrics.failures.inc();
  if (isAway(error)) {
    // That it is gone altogether has been said once.
    if (store.reachable()) report('The store did not answer', error);
    return storeAway();
  }
  report('Unexpected failure', error);
  return new ApiError(-1, 'The server failed unexpectedly. Try again later.');
}

/** Requests that are no HTTP, or whose headers are too large, never reach a route. */
function clientErrorHandler(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const refusal =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new ApiError(24, `URL and headers may take ${MAX_HEADER_BYTES} bytes; got more.`)
      : badInput('This is not an HTTP request that can be understood.');
  const body = JSON.stringify(refusal.toBody('0.00ms'));
  socket.end(
    `HTTP/1.1 ${refusal.status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
