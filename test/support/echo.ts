import { EventEmitter, once } from 'node:events';
import { createServer, request, type Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { FaultProxy } from './proxy.js';

/** What came back for a request. */
export interface Answered {
  status: number;
  body: string;
}

/** A server that echoes, a fault proxy before it, and clients that go through that. */
export class EchoBehindProxy {
  /** `METHOD /path` of every request that the server has seen. */
  readonly seen: string[] = [];
  /** Every text that the server got over WebSockets. */
  readonly heard: string[] = [];
  proxy!: FaultProxy;
  #events = new EventEmitter();
  #http = createServer((request, response) => this.#answer(request, response));
  #sockets = new WebSocketServer({ server: this.#http });
  #open: WebSocket[] = [];

  static async start(): Promise<EchoBehindProxy> {
    const echo = new EchoBehindProxy();
    echo.#sockets.on('connection', (socket) => echo.#greet(socket));
    echo.#http.listen(0, '127.0.0.1');
    await once(echo.#http, 'listening');
    echo.proxy = await FaultProxy.start((echo.#http.address() as AddressInfo).port);
    return echo;
  }

  /** Opens a WebSocket through the proxy; its errors are the test's to look for. */
  dial(): WebSocket {
    const socket = new WebSocket(this.proxy.url.replace('http', 'ws'));
    socket.on('error', () => undefined);
    this.#open.push(socket);
    return socket;
  }

  /** A WebSocket that is open. */
  async opened(): Promise<WebSocket> {
    const socket = this.dial();
    await once(socket, 'open');
    return socket;
  }

  /** One request through the proxy, on a connection of its own unless there is an agent. @param path - `/echo` answers with the body, `/slow` in two pieces. */
  async ask(
    path: string,
    options: { method?: string; body?: string; agent?: Agent } = {},
  ): Promise<Answered> {
    const { method = 'GET', body, agent } = options;
    const sent = request(`${this.proxy.url}${path}`, { method, agent: agent ?? false });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode ?? 0, body: text };
  }

  /** Sends the second half of every `/slow` answer. */
  finishSlow(): void {
    this.#events.emit('finish');
  }

  /** Resolves when a client's connection, as the server sees it, has ended. */
  async serverSawClose(): Promise<void> {
    await once(this.#events, 'close');
  }

  /** How many WebSockets the server holds for open. */
  get serverSockets(): number {
    return this.#sockets.clients.size;
  }

  /** Ends every client. */
  hangUp(): void {
    for (const socket of this.#open.splice(0)) socket.terminate();
  }

  async close(): Promise<void> {
    this.hangUp();
    await this.proxy.close();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  #greet(socket: WebSocket): void {
    socket.on('error', () => undefined);
    socket.on('close', () => this.#events.emit('close'));
    socket.on('message', (data: Buffer) => {
      this.heard.push(data.toString());
      socket.send(`echo ${data.toString()}`);
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.seen.push(`${request.method} ${request.url}`);
    if (request.url?.startsWith('/slow')) {
      response.write('first ');
      this.#events.once('finish', () => response.end('second'));
      return;
    }
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => response.end(`hello ${Buffer.concat(chunks).toString()}`.trimEnd()));
  }
}

/** The next text on a WebSocket. */
export async function nextText(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, 'message')) as [Buffer];
  return data.toString();
}

/** Sends `text` and resolves with what comes back. */
export function echoOf(socket: WebSocket, text: string): Promise<string> {
  socket.send(text);
  return nextText(socket);
}
