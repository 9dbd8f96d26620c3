import { ChatError, errorFromBody } from '../errors.js';
import { uuid, type Host } from './host.js';

export { uuid } from './host.js';

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
  /** Sent as JSON. */
  body?: unknown;
  timeoutMs?: number;
  /** Gives the request up. An abort reason that is a `ChatError` becomes the request's. */
  signal?: AbortSignal;
}

/** One command, one answer. @throws {ChatError} always one, whatever went wrong. */
export type Requester = <T>(request: RequestOptions) => Promise<T>;

/** The protocol's query text (protocol.md §1.3), without a leading `?`. */
export function encodeQuery(query: Readonly<Record<string, unknown>>): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return `${key}=${encodeURIComponent(text)}`;
    })
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
    try {
      return (await send(options, request, common)) as T;
    } catch (error) {
      if (!(error instanceof ChatError && error.apiCode === 40)) throw error;
      await options.renew(common);
      return (await send(options, request, await options.common())) as T;
    }
  };
}

async function send(options: RequesterOptions, request: RequestOptions, common: Common): Promise<unknown> {
  const { host, baseURL } = options;
  const { method, path, body, signal, timeoutMs = options.timeoutMs ?? 8_000 } = request;
  const target = `${method} ${baseURL}${path}`;
  const query = encodeQuery({ ...common.query, ...request.query });
  const headers: Record<string, string> = { ...common.headers, 'x-client-request-id': uuid() };
  if (body !== undefined) headers['Content-Type'] = 'application/json';

  const aborter = new AbortController();
  const giveUp = () => aborter.abort(signal?.reason);
  let late = false;
  const timer = host.setTimeout(() => {
    late = true;
    aborter.abort();
  }, timeoutMs);
  signal?.addEventListener('abort', giveUp);
  try {
    if (signal?.aborted) giveUp();
    const response = await host.fetch(`${baseURL}${path}?${query}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'omit', // the token says who we are; the page's cookies are none of the server's business
      signal: aborter.signal,
    });
    const text = await response.text();
    return readAnswer(target, response, text, host.now());
  } catch (error) {
    if (error instanceof ChatError) throw error;
    if (signal?.aborted)
      throw signal.reason instanceof ChatError
        ? signal.reason
        : new ChatError('disconnected', `${target} was given up.`, { cause: error });
    if (late) throw new ChatError('timeout', `${target} was not answered within ${timeoutMs} ms.`);
    throw new ChatError('network', `${target} got no answer. Check the network and the base URL.`, {
      cause: error,
    });
  } finally {
    host.clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

function readAnswer(target: string, response: Response, text: string, now: number): unknown {
  const { status } = response;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // told below, by what it means at this status
  }
  if (response.ok && typeof body === 'object' && body !== null) return body;
  const options = { status, retryAfterMs: retryAfter(response, now) };
  const refusal = response.ok ? undefined : errorFromBody(body, options);
  if (refusal) throw refusal;
  throw new ChatError(
    status >= 500 ? 'server-error' : status === 429 ? 'rate-limited' : 'bad-response',
    `${target} was answered with status ${status} but not in the chat protocol. Check the base URL.`,
    options,
  );
}

/** A rate limit's window is one minute (protocol.md §11.6); more means that a clock is wrong. */
const MAX_RESET_MS = 60_000;

function retryAfter({ headers, status }: Response, now: number): number | undefined {
  const seconds = Number(headers.get('Retry-After'));
  if (seconds > 0) return seconds * 1000;
  // Every answer has this header, also those that say nothing of waiting.
  const resetMs = status === 429 ? Number(headers.get('X-RateLimit-Reset')) * 1000 - now : 0;
  return resetMs > 0 ? Math.min(resetMs, MAX_RESET_MS) : undefined;
}
