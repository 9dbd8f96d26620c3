import { ChatClient } from '../../src/client/client.js';
import type { ChatClientOptions } from '../../src/client/options.js';
import type { OwnUser } from '../../src/protocol.js';
import { FakeHost, settled } from './fake-host.js';
import { fakeXHR, type FakeRequest } from './fake-xhr.js';
import { fakeWebSocket, type FakeSocket } from './fake-websocket.js';
import './parts.js';

/** One command as it reached the server, to be answered by the test's route or later by hand. */
export interface Command {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: Record<string, unknown>;
}

/** What comes back, if anything does. */
export type Reply = { status?: number; body: unknown; headers?: Record<string, string> } | 'lost';

/** The protocol's error body. */
export function refusal(code: number, status: number, message = 'no') {
  return { status, body: { code, StatusCode: status, message, duration: '0ms', more_info: '', details: [] } };
}

/** A token for `userId` that no server has to accept. */
export function tokenFor(userId: string, mark = 'signed'): string {
  return `${btoa('{"alg":"HS256"}')}.${btoa(JSON.stringify({ user_id: userId }))}.${mark}`;
}

/** The other end of a client under test: its socket and its commands, through the real interfaces. */
export class FakeServer {
  readonly host = new FakeHost();
  readonly sockets: FakeSocket[];
  readonly commands: Command[] = [];
  /** Requests of what tells how far it has come. */
  readonly uploads: FakeRequest[];
  /** By `METHOD /path`; what has no route is answered by `{}`. */
  readonly routes: Record<string, (command: Command) => Reply | Promise<Reply>> = {};

  constructor() {
    const { WebSocket, sockets } = fakeWebSocket();
    this.host.WebSocket = WebSocket;
    this.host.fetch = (input, init) => this.#fetch(input, init ?? {});
    this.sockets = sockets;
    const { XMLHttpRequest, requests } = fakeXHR();
    this.host.XMLHttpRequest = XMLHttpRequest;
    this.uploads = requests;
  }

  client(options: ChatClientOptions = {}): ChatClient {
    return new ChatClient('key', {
      baseURL: 'http://chat.test',
      enableWSFallback: false,
      host: this.host,
      ...options,
    });
  }

  /** The socket opened last. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  /** Accepts the newest socket and greets, as `me`. */
  async greet(me: Partial<OwnUser> & { id: string } = { id: 'ada' }, connectionId?: string) {
    await settled();
    const id = connectionId ?? `c${this.sockets.length}`;
    this.socket.open();
    this.emit({ type: 'health.check', connection_id: id, me });
    await settled();
  }

  emit(event: object): void {
    this.socket.message(JSON.stringify(event));
  }

  /** The commands of one kind, such as `POST /channels`. */
  of(route: string): Command[] {
    return this.commands.filter(({ method, path }) => `${method} ${path}` === route);
  }

  async #fetch(input: string, init: RequestInit): Promise<Response> {
    const url = new URL(input);
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as Command['body']) : {};
    const command = {
      method: init.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: new Headers(init.headers),
      body,
    };
    this.commands.push(command);
    const given = this.routes[`${command.method} ${command.path}`]?.(command) ?? { body: {} };
    const aborted = new Promise<never>((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
    const answer = await Promise.race([given, aborted]);
    if (answer === 'lost') throw new TypeError('connection lost');
    const text = JSON.stringify(answer.body);
    // A real body is read in tasks of the browser's own; this one within the turn, so that `settled` is enough.
    return Object.assign(new Response(null, { status: answer.status ?? 200, headers: answer.headers }), {
      text: () => Promise.resolve(text),
    });
  }
}

/** A connected client of Ada's, and the server it talks to. */
export async function connected(me: Partial<OwnUser> = {}, options: ChatClientOptions = {}) {
  const server = new FakeServer();
  const client = server.client(options);
  const connecting = client.connectUser({ id: 'ada' }, tokenFor('ada'));
  await server.greet({ id: 'ada', ...me });
  await connecting;
  return { server, client };
}

/** Whatever `promise` was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was expected to be refused');
}
