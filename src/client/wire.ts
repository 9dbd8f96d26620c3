import { ChatError, errorFromBody } from '../errors.js';
import type { User } from '../protocol.js';
import type { Verdict } from '../transport/connection.js';
import { uuid } from '../transport/host.js';
import type { Endpoint, Frame, TransportName } from '../transport/transport.js';

/** How we name ourselves to the server (protocol.md §1.5). */
export const CLIENT_NAME = 'chat-session-v0.1.0-browser';
/** The hosted service. */
export const DEFAULT_BASE_URL = 'https://chat.stream-io-api.com';

/** API codes that mean "not now" rather than "no" (protocol.md §6.2), and the unknown connection id. */
const TRANSIENT = new Set([-1, 3, 9, 23, 45, 46, 60, 71]);

/** @throws {ChatError} `invalid-option` unless `value` is an http(s) URL. Returns it without a trailing slash. */
export function checkBaseURL(value: string): string {
  if (/^https?:\/\/[^/]/.test(value)) return value.replace(/\/+$/, '');
  throw new ChatError('invalid-option', `The base URL starts with http:// or https://; got "${value}".`);
}

/** @throws {ChatError} `server-side` outside a browser, unless that is wanted. */
export function assertBrowser(allowed = false): void {
  if (allowed || 'document' in globalThis || 'WorkerGlobalScope' in globalThis) return;
  throw new ChatError(
    'server-side',
    'connectUser is for browsers: on a server it would hold a connection per request. To do so, set allowServerSideConnect.',
  );
}

/** What the opening request of a link carries, whatever the transport. */
export interface Opening {
  baseURL: string;
  apiKey: string;
  user: User;
  token: string;
  /** The token of a later moment: a poll is asked for as long as the connection lives. */
  newest(): string;
}

/** The address and headers of one attempt to connect (protocol.md §2.1, §3). */
export function endpointFor(name: TransportName, opening: Opening): Endpoint {
  const { baseURL, apiKey, user, token, newest } = opening;
  const payload = { user_id: user.id, user_details: user };
  if (name === 'websocket') {
    const query = new URLSearchParams({
      json: JSON.stringify({ ...payload, client_request_id: uuid() }),
      api_key: apiKey,
      authorization: token,
      'stream-auth-type': 'jwt',
      'X-Stream-Client': CLIENT_NAME,
    });
    return { url: `${baseURL.replace(/^http/, 'ws')}/connect?${query}`, headers: () => ({}) };
  }
  const query = new URLSearchParams({ user_id: user.id, api_key: apiKey, json: JSON.stringify(payload) });
  return { url: `${baseURL}/longpoll?${query}`, headers: () => authHeaders(newest()) };
}

/** The headers every REST call carries. No `Bearer`: the protocol takes the raw token. */
export function authHeaders(token: string): Record<string, string> {
  return { Authorization: token, 'stream-auth-type': 'jwt', 'X-Stream-Client': CLIENT_NAME };
}

/** Tells the connection what a frame is. */
export function judge(frame: Frame): Verdict {
  if (frame['error']) {
    const error =
      errorFromBody(frame['error'], { retryAfterMs: frame['retryAfterMs'] as number }) ??
      new ChatError('bad-response', 'The server refused the connection without a code.');
    const { apiCode } = error;
    if (apiCode === 40) return { kind: 'error', error, then: 'reauthorize' };
    return {
      kind: 'error',
      error,
      then: apiCode === undefined || TRANSIENT.has(apiCode) ? 'retry' : 'block',
    };
  }
  const greets = frame['type'] === 'health.check' && typeof frame['connection_id'] === 'string';
  return { kind: greets ? 'greeting' : 'event' };
}
