import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { formatTime } from '../clock.js';
import type { Deps } from '../deps.js';
import { unknownConnection, type Connection } from '../connections.js';
import { ApiError, notFound } from '../errors.js';
import { isObject } from '../input.js';
import { LongPoll } from '../shapes/connect.js';
import { connect, heartbeat, stillActive } from '../session.js';
import { CLOSE_RESTART, endSocket, PollStream, SocketStream } from '../stream.js';
import { requireKind } from './limits-of.js';
import { HIDDEN } from './schemas.js';
import { checkKey, durationOf, knownBearer, visitor, type AddRoute, type Call } from './route.js';

/** Clients send nothing but health checks. */
const MAX_INBOUND_BYTES = 4096;

const CLOSE_FINAL = 1000;
const CLOSE_BINARY = 1003;
const CLOSE_NOT_JSON = 1007;
const CLOSE_NOT_A_PING = 1008;
const CLOSE_FAILED = 1011;

/** The WebSocket end of the protocol: `GET /connect`. */
export function addWebSocket(app: FastifyInstance, deps: Deps): void {
  // Upgrades take another way, below, and have their token in the URL: `greet` checks it.
  app.get('/connect', { config: { endpoint: 'Connect' }, ...HIDDEN }, () => {
    throw notFound('/connect is a WebSocket; this request has no "Upgrade" header. Connect by /longpoll.');
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_INBOUND_BYTES,
    perMessageDeflate: false,
  });
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const [path, query] = (request.url ?? '').split('?', 2);
    if (path !== '/connect' || deps.closing)
      return refuseUpgrade(socket, deps.closing ? '503 Service Unavailable' : '404 Not Found');
    // Browsers name the page; what is no browser can name any, and has no visitor to deceive.
    const { origin } = request.headers;
    if (origin !== undefined && !isAllowed(deps, origin)) return refuseUpgrade(socket, '403 Forbidden');
    // The protocol tells refusals in the first frame, since a browser cannot read the answer to an upgrade.
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peer.on('error', () => undefined); // 'close' follows
      // As the framework has it for requests that get to it.
      const address = proxyAddr(request, (_address, hop) => hop < deps.options.proxies);
      greet(deps, { socket: peer, pipe: socket }, new URLSearchParams(query), address).catch(
        (error: unknown) => refuse(deps, peer, error),
      );
    });
  });
  // Before the server waits for its sockets to end: those still being greeted are in no other list.
  app.addHook('preClose', (done) => {
    for (const peer of sockets.clients) endSocket(peer, CLOSE_RESTART);
    done();
  });
}

/** A WebSocket, and the connection that carries it. */
interface Ends {
  socket: WebSocket;
  pipe: Duplex;
}

function isAllowed({ options: { origins } }: Deps, origin: string): boolean {
  return !origins.length || origins.includes(origin);
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

async function greet(deps: Deps, ends: Ends, query: URLSearchParams, address: string): Promise<void> {
  const { socket: peer } = ends;
  let stream: SocketStream | undefined;
  peer.on('message', (data, binary) => {
    if (binary) return endSocket(peer, CLOSE_BINARY);
    const problem = problemOf((data as Buffer).toString());
    if (problem) return endSocket(peer, problem);
    if (!stream) return;
    stream.heard();
    stream.push(JSON.stringify(heartbeat(deps, stream)));
    stillActive(deps, stream).catch((error: unknown) => deps.report('Noting activity failed', error));
  });
  checkKey(deps, query.get('api_key'));
  const bearer =
    query.get('stream-auth-type') === 'anonymous'
      ? await visitor(deps, undefined)
      : await knownBearer(deps, query.get('authorization') ?? undefined);
  requireKind('GET /connect', 'user', bearer);
  await deps.rates.attempt(bearer, address);
  deps.rates.connect(bearer);
  await connect(deps, bearer, query.get('json'), (greeting) => {
    const { silenceMs, stallMs } = deps.options;
    stream = new SocketStream(bearer.userId, ends, { silenceMs, stallMs, id: deps.connections.newId() });
    if (peer.readyState !== peer.OPEN) stream.end();
    stream.push(JSON.stringify(greeting(stream.id)));
    return stream;
  });
}

/** The close code for a frame that is no `[{"type":"health.check"}]`; undefined when it is one. */
function problemOf(text: string): number | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return CLOSE_NOT_JSON;
  }
  const ping: unknown = Array.isArray(frame) ? frame[0] : undefined;
  return isObject(ping) && ping['type'] === 'health.check' ? undefined : CLOSE_NOT_A_PING;
}

function refuse(deps: Deps, peer: WebSocket, error: unknown): void {
  if (!(error instanceof ApiError)) {
    deps.report('A connection failed', error);
    // No error frame: clients would take it as a final refusal, while the next attempt may well succeed.
    return endSocket(peer, CLOSE_FAILED);
  }
  const created = formatTime(deps.clock.now());
  peer.send(
    JSON.stringify({
      type: 'connection.error',
      connection_id: '',
      created_at: created,
      error: error.toBody(),
    }),
  );
  endSocket(peer, CLOSE_FINAL);
}

/** The polling end: `GET /longpoll` to connect, to take events and to close. */
export function addLongPoll(add: AddRoute, deps: Deps): void {
  add('GET', '/longpoll', LongPoll, async (call) => {
    const { connection_id: id } = call.query;
    if (id === undefined) return openPoll(deps, call);
    const connection = deps.connections.find(id, call.userId);
    if (!connection) throw unknownConnection();
    if (call.query.close === 'true') {
      connection.close();
      return {};
    }
    return poll(connection, call);
  });
}

async function openPoll(deps: Deps, { query, reply }: Call<typeof LongPoll>): Promise<object> {
  const { bearer } = reply.request;
  const { pollHoldMs: holdMs, pollExpiryMs: expiryMs } = deps.options;
  let event: object = {};
  deps.rates.connect(bearer);
  await connect(deps, bearer, query.json, (greeting) => {
    const stream = new PollStream(bearer.userId, { holdMs, expiryMs, id: deps.connections.newId() });
    if (reply.raw.destroyed) stream.end();
    event = greeting(stream.id);
    return stream;
  });
  return { event };
}

async function poll(connection: Connection, { query, reply }: Call<typeof LongPoll>): Promise<string> {
  const { number, frames } = await connection.poll(query.ack);
  reply.raw.once('finish', () => connection.delivered(number));
  reply.type('application/json');
  // The events are JSON already.
  return `{"events":[${frames.join(',')}],"ack":${number},"duration":"${durationOf(reply)}"}`;
}
