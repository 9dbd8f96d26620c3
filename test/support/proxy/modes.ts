/**
 * What a network does to a connection or a request.
 *
 * - `pass`: through.
 * - `reset`: cut with a TCP reset as soon as the request is there; the server never sees it.
 * - `refuse`: answered with 403, as by a proxy that knows no WebSocket; the server never sees it.
 * - `hang`: taken and never answered; the server never sees it.
 * - `swallow`: a WebSocket's 101 comes through, and after it no frame in either direction. A plain request
 *   reaches the server, and its answer gets lost; the connection stays open.
 * - `blackhole`: every byte is dropped both ways and no end is passed on; the sockets stay open. What has
 *   lost bytes once stays mute for ever, also after `pass`.
 * - `hold`: an answer is kept back until its last byte, then sent at once. Not for WebSockets.
 */
export const FAULT_MODES = ['pass', 'reset', 'refuse', 'hang', 'swallow', 'blackhole', 'hold'] as const;
export type FaultMode = (typeof FAULT_MODES)[number];

/** `longpoll` is a request for `/longpoll` (not its CORS preflight), `http` any other. */
export const TRANSPORTS = ['websocket', 'longpoll', 'http'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** What a mode applies to: upgrades and requests from now on, those that live already, or both. */
export const SCOPES = ['new', 'existing', 'all'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Where {
  /** Default: every one that knows the mode. */
  transport?: Transport;
  /** Default: `all` for `pass` and `blackhole`, else `new`. Only these two and `swallow` know the others. */
  to?: Scope;
}

/** The speed of the line. Each absent field is as on a line without limits. */
export interface Shape {
  /** Added each way, in ms. A connect pays twice that once more, for its handshake. */
  latencyMs?: number;
  /** Each way; one line for all that share the shape. */
  bytesPerSecond?: number;
  /** Resets a connection that has carried no byte for so long. */
  idleKillMs?: number;
}

/** Which requests are meant; an absent field means any. */
export interface Match {
  transport?: Transport;
  /** Default: any but OPTIONS, since a CORS preflight is not what one means. */
  method?: string;
  /** Regular expression, searched for in path and query as sent. */
  path?: string;
}

/** A canned answer in the server's place. */
export interface Answer {
  /** Default 200. */
  status?: number;
  body?: string;
  headers?: Record<string, string>;
  /** Lets pages of any origin read it, as the chat server does. A captive portal would not. Default true. */
  cors?: boolean;
}

/** Where an answer breaks off. The server has made it, and to the server it looks delivered. */
export interface Cut {
  /** Bytes that still arrive. 0: reset right before the first. */
  after: number;
  /** What is counted. Default `response`, which begins with the status line. */
  of?: 'response' | 'body';
}

/** One fault for requests that match; goes before the mode. Name exactly one of `mode`, `answer` and `cut`. */
export interface Fault extends Match {
  /** How many requests meet it. Default 1; 0 means every one until it is cleared. */
  times?: number;
  mode?: FaultMode;
  answer?: Answer;
  cut?: Cut;
}

const KEEPS_TO_NEW: readonly FaultMode[] = ['reset', 'refuse', 'hang', 'hold'];

/**
 * Fills in what `where` leaves out.
 *
 * @throws {Error} When the mode does not know the transport or scope.
 */
export function resolveWhere(
  mode: FaultMode,
  { transport, to }: Where,
): { transports: readonly Transport[]; to: Scope } {
  if (mode === 'hold' && transport === 'websocket')
    throw new Error('hold keeps an answer until it ends, which a WebSocket never does. Use hang.');
  if (to && to !== 'new' && KEEPS_TO_NEW.includes(mode))
    throw new Error(`${mode} is for new requests; got to "${to}". To end those that live, reset them.`);
  const known = TRANSPORTS.filter((name) => mode !== 'hold' || name !== 'websocket');
  return {
    transports: transport ? [transport] : known,
    to: to ?? (mode === 'pass' || mode === 'blackhole' ? 'all' : 'new'),
  };
}
