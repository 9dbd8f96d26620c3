import type { ChannelStateResponse, OwnUser, ServerEvent, User } from '../../src/protocol.js';
import type { PageHost } from '../../src/transport/page-host.js';
import { FakeSocket } from './fake-websocket.js';
import './parts.js';

/** A token as a backend would sign it, for `id`; nobody here checks the signature. */
export function tokenOf(id: string, serial = 0): string {
  return `e30.${btoa(JSON.stringify({ user_id: id, serial })).replaceAll('=', '')}.sig`;
}

/** One connect as the server saw it. */
export interface SeenConnect {
  apiKey: string | null;
  token: string | null;
  user: User;
  url: URL;
}

/** One command as the server saw it. */
export interface SeenRequest {
  method: string;
  path: string;
  body: unknown;
}

/** A chat server in the page, behind the client's own seams: `WebSocket` and `fetch`. */
export class FakeService {
  readonly sockets: FakeSocket[] = [];
  readonly connects: SeenConnect[] = [];
  readonly requests: SeenRequest[] = [];
  /** What `POST /channels` finds. */
  channels: ChannelStateResponse[] = [];
  /** An error body that meets every connect. */
  refusal: { code: number; message: string; StatusCode: number } | undefined;
  /** Answers a command itself, in the place of everything below. */
  answer: ((request: SeenRequest) => Response | undefined) | undefined;
  /** No upgrade is ever answered. */
  silent = false;

  /** To be given to a client. Other transports than WebSocket do not exist in it. */
  get host(): Partial<PageHost> {
    const accept = (socket: FakeSocket) => this.#accept(socket);
    class ServiceSocket extends FakeSocket {
      constructor(url: string) {
        super(url);
        accept(this);
      }
    }
    return {
      WebSocket: ServiceSocket as unknown as typeof WebSocket,
      XMLHttpRequest: undefined,
      indexedDB: undefined,
      storage: () => undefined,
      fetch: (input, init) => this.#command(new URL(String(input)), init ?? {}),
    };
  }

  /** The sockets that the client has not closed. */
  get open(): FakeSocket[] {
    return this.sockets.filter((socket) => socket.closeCode === undefined && socket.readyState === 1);
  }

  /** Sends an event down every open socket. */
  push(event: Partial<ServerEvent> & { type: string }): void {
    for (const socket of this.open) socket.message(JSON.stringify(event));
  }

  #accept(socket: FakeSocket): void {
    this.sockets.push(socket);
    const url = new URL(socket.url);
    const { user_details: user } = JSON.parse(url.searchParams.get('json') ?? '{}') as { user_details: User };
    const { searchParams } = url;
    this.connects.push({
      apiKey: searchParams.get('api_key'),
      token: searchParams.get('authorization'),
      user,
      url,
    });
    if (this.silent) return;
    const me: OwnUser = { ...user, total_unread_count: 0 };
    const greeting = { type: 'health.check', connection_id: `c${this.sockets.length}`, me };
    queueMicrotask(() => {
      socket.open();
      socket.message(JSON.stringify(this.refusal ? { error: this.refusal } : greeting));
    });
  }

  async #command(url: URL, init: RequestInit): Promise<Response> {
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const request = { method: init.method ?? 'GET', path: url.pathname, body };
    this.requests.push(request);
    await Promise.resolve();
    const own = this.answer?.(request);
    if (own) return own;
    if (request.path === '/channels') return Response.json({ channels: this.#find(body) });
    return Response.json({ duration: '1ms', users: {} });
  }

  #find(body: unknown): ChannelStateResponse[] {
    const { filter_conditions: filter } = body as { filter_conditions: { cid?: { $in: string[] } } };
    const cids = filter.cid?.$in;
    return this.channels.filter(({ channel }) => !cids || cids.includes(channel.cid));
  }
}

/** The protocol's error body as an answer. */
export function refuse(code: number, StatusCode: number, message = 'refused'): Response {
  return Response.json({ code, message, StatusCode }, { status: StatusCode });
}
