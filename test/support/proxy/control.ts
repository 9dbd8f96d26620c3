import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultProxy, ProxyState } from './fault-proxy.js';
import { asFault, asMatch, asMode, asShape, asTransport, asWhere } from './input.js';

const MAX_BODY = 1_000_000;
const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

export interface ControlOptions {
  /** Where the proxy's bytes go: the port of the server. */
  target: number;
  /** Default 0, which takes a free one. */
  port?: number;
}

/** What `state` answers. */
export interface ControlState extends ProxyState {
  url: string;
  /** The server's port. */
  target: number;
  /** How many there are in the log. */
  attempts: number;
}

type Calls = Record<string, (...args: unknown[]) => unknown>;

/**
 * A proxy in the hand of whoever sits at this machine: `POST /<call>` with the arguments as a JSON array is
 * answered by `{"value": …}` or `{"error": "…"}`; see `FaultProxy` for what they do. Pages of this machine may
 * call it, those of any other origin not.
 */
export class ProxyControl {
  #server: Server;
  #calls: Calls;

  private constructor(proxy: FaultProxy, target: number) {
    this.#calls = callsOf(proxy, target);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(proxy: FaultProxy, { target, port = 0 }: ControlOptions): Promise<ProxyControl> {
    const control = new ProxyControl(proxy, target);
    control.#server.listen(port, '127.0.0.1');
    await once(control.#server, 'listening');
    return control;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin, host = '' } = request.headers;
    // The host as well: a foreign name that was made to point here would else be an origin of its own.
    if (!isLocal(`http://${host}`) || (origin !== undefined && !isLocal(origin)))
      return answer(response, 403, { error: 'Only pages of this machine may switch faults.' });
    if (origin) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-allow-headers', 'content-type');
      response.setHeader('vary', 'origin');
    }
    if (request.method === 'OPTIONS') return answer(response, 204);
    try {
      const name = new URL(request.url ?? '/', this.url).pathname.slice(1);
      const call = Object.hasOwn(this.#calls, name) ? this.#calls[name] : undefined;
      if (!call) return answer(response, 404, { error: unknownCall(name, this.#calls) });
      const value = call(...(request.method === 'POST' ? argumentsOf(await textOf(request)) : []));
      answer(response, 200, { value: value ?? null });
    } catch (error) {
      answer(response, 400, { error: error instanceof Error ? error.message : String(error) });
    }
  }
}

function callsOf(proxy: FaultProxy, target: number): Calls {
  return {
    state: (): ControlState => ({
      ...proxy.state,
      url: proxy.url,
      target,
      attempts: proxy.log().length,
    }),
    log: (match) => proxy.log(asMatch(match)),
    setMode: (mode, where) => proxy.setMode(asMode(mode), asWhere(where)),
    setShape: (shape, transport) => proxy.setShape(asShape(shape), asTransport(transport)),
    addFault: (fault) => proxy.addFault(asFault(fault)),
    clear: () => proxy.clear(),
    reset: (transport) => proxy.reset(asTransport(transport)),
    cutClients: (transport) => proxy.cutClients(asTransport(transport)),
  };
}

function unknownCall(name: string, calls: Calls): string {
  return `There is no call "${name}". POST to one of: ${Object.keys(calls).join(', ')}.`;
}

/** @throws {Error} When it is no JSON array. */
function argumentsOf(text: string): unknown[] {
  let args: unknown;
  try {
    args = text.trim() ? JSON.parse(text) : [];
  } catch {
    // as what is no array
  }
  if (Array.isArray(args)) return args as unknown[];
  throw new Error(`Arguments come as a JSON array, as in ["hang"]; got ${text.slice(0, 80)}`);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MAX_BODY) throw new Error(`Arguments take up to ${MAX_BODY} characters; got more.`);
  }
  return text;
}

function isLocal(origin: string): boolean {
  return URL.canParse(origin) && LOCAL.includes(new URL(origin).hostname);
}

function answer(response: ServerResponse, status: number, body?: object): void {
  response.writeHead(status, body && { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(body && `${JSON.stringify(body)}\n`);
}
