import { ChatError, errorFromBody, type ChatErrorCode, type ChatErrorOptions } from '../errors.js';
import { parseFrame } from './frame.js';
import { uuid, type Host } from './host.js';
import type { Frame } from './transport.js';

/** What every request carries: as of this moment, since tokens change. */
export interface Common {
  query: Readonly<Record<string, unknown>>;
  headers: Readonly<Record<string, string>>;
}

export interface RequesterOptions {
  host: Host;
  /** Without a trailing slash. */
  baseURL: string;
  /** Asked before every send. May wait, for a connect that is under way; its rejection is the request's. */
  common(): Promise<Common>;
  /**
   * Gets a new token after the server called the one in `sent` expired; the request is then repeated
   * once. Its rejection is the request's. Those who ask at once should share one renewal.
   */
  renew(sent: Common): Promise<unknown>;
  /** For one answer, body included; default 8000 ms, `RequestOptions.timeoutMs` wins. */
  timeoutMs?: number;
}

export interface RequestOptions {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the base URL on, its parts encoded: `/channels/messaging/general/message`. */
  path: string;
  /** Wins over the common parameters; `undefined` leaves one out, objects go as JSON text. */
  query?: Readonly<Record<string, unknown>>;
  /** Sent as JSON; a form as it is. */
  body?: unknown;
  /** Instead of the host's own. */
  fetch?: Host['fetch'] | undefined;
  timeoutMs?: number;
  /** Gives the request up. An abort reason that is a `ChatError` becomes the request's. */
  signal?: AbortSignal;
}

/** One command, one answer. @throws {ChatError} always one, whatever went wrong. */
export type Requester = <T>(request: RequestOptions) => Promise<T>;

/** The protocol's query text (protocol.md §1.3), without a leading `?`. */
export function encodeQuery(query: Readonly<Record<string, unknown>>): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.entries(query)
    .flatMap(([key, value]) => (value === undefined ? [] : `${key}=${encodeURIComponent(text(value))}`))
    .join('&');
}

/**
 * Makes the function through which all HTTP commands go.
 *
 * It throws `network` when nobody answered, `timeout`, `bad-response` for what is not the protocol's
 * (the base URL is likely wrong), and the server's refusals by their code. Messages name host and
 * path, never the query or a token.
 */
export function createRequester(options: RequesterOptions): Requester {
  return async <T>(request: RequestOptions): Promise<T> => {
    const common = await options.common();
    const answer = send(options, request, common).catch(async (error: ChatError) => {
      if (error.apiCode !== 40) throw error;
      await options.renew(common);
      return send(options, request, await options.common());
    });
    return answer as Promise<T>;
  };
}

/** Says what has become of the request. */
type Fail = (code: ChatErrorCode, what: string, options?: ChatErrorOptions) => ChatError;

async function send(options: RequesterOptions, request: RequestOptions, common: Common): Promise<unknown> {
  const { host, baseURL } = options;
  const { method, path, body, signal, timeoutMs = options.timeoutMs ?? 8_000 } = request;
  const address = baseURL + path;
  const form = body instanceof FormData;
  const aborter = new AbortController();
  const fail: Fail = (code, what, more) => new ChatError(code, `${method} ${address} ${what}`, more);
  const giveUp = () => {
    const reason: unknown = signal?.reason;
    aborter.abort(reason instanceof ChatError ? reason : fail('disconnected', 'was given up.'));
  };
  const late = () => aborter.abort(fail('timeout', `was not answered within ${timeoutMs} ms.`));
  const timer = host.setTimeout(late, timeoutMs);
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted) giveUp();
  try {
    const { fetch = host.fetch } = request;
    const response = await fetch(`${address}?${encodeQuery({ ...common.query, ...request.query })}`, {
      method,
      headers: {
        ...common.headers,
        'x-client-request-id': uuid(),
        ...(body !== undefined && !form && { 'Content-Type': 'application/json' }),
      },
      body: form ? body : JSON.stringify(body),
      credentials: 'omit', // the token says who we are; the page's cookies are none of the server's business
      signal: aborter.signal,
    });
    return readAnswer(response, await response.text(), host.now(), fail);
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw (
      aborter.signal.reason ?? fail('network', 'got no answer; check network and base URL.', { cause: error })
    );
  } finally {
    host.clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

function readAnswer(response: Response, text: string, now: number, fail: Fail): Frame {
  const { ok, status, headers } = response;
  const body = parseFrame(text);
  if (ok && body) return body;
  const options = { status, retryAfterMs: retryAfter(status, headers, now) };
  throw (
    errorFromBody(body, options) ??
    fail(
      status >= 500 ? 'server-error' : status === 429 ? 'rate-limited' : 'bad-response',
      `was answered with status ${status}, not in the chat protocol; check the base URL.`,
      options,
    )
  );
}

/** A rate limit's window is one minute (protocol.md §11.6); more means that a clock is wrong. */
const MAX_RESET_MS = 60_000;

/** How long the server asks us to wait, in milliseconds. */
export function retryAfter(status: number, headers: Pick<Headers, 'get'>, now: number): number | undefined {
  const ms = (name: string) => Number(headers.get(name)) * 1000;
  // Every answer has the window, also those that say nothing of waiting.
  const windowMs = status === 429 ? Math.min(ms('X-RateLimit-Reset') - now, MAX_RESET_MS) : 0;
  return [ms('Retry-After'), windowMs].find((wait) => wait > 0);
}
