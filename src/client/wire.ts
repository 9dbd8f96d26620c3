import { ChatError, errorFromBody } from '../errors.js';
import type { ServerEvent, User } from '../protocol.js';
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

/** What the opening request of a link carries, whatever the transport. */
export interface Opening {
  baseURL: string;
  apiKey: string;
  user: User;
  token: string;
}

/** The address and headers of one attempt to connect (protocol.md §2.1, §3). */
export function endpointFor(name: TransportName, opening: Opening): Endpoint {
  const { baseURL, apiKey, user, token } = opening;
  const payload = { user_id: user.id, user_details: user };
  if (name === 'websocket') {
    const query = new URLSearchParams({
      json: JSON.stringify({ ...payload, client_request_id: uuid() }),
      api_key: apiKey,
      authorization: token,
      'stream-auth-type': 'jwt',
      'X-Stream-Client': CLIENT_NAME,
    });
    return { url: `${baseURL.replace(/^http/, 'ws')}/connect?${query}`, headers: {} };
  }
  const query = new URLSearchParams({ user_id: user.id, api_key: apiKey, json: JSON.stringify(payload) });
  return { url: `${baseURL}/longpoll?${query}`, headers: authHeaders(token) };
}

/** The headers every REST call carries. No `Bearer`: the protocol takes the raw token. */
export function authHeaders(token: string): Record<string, string> {
  return { Authorization: token, 'stream-auth-type': 'jwt', 'X-Stream-Client': CLIENT_NAME };
}

/** Tells the connection what a frame is. */
export function judge(frame: Frame): Verdict {
  if (frame['error']) {
    const error =
      errorFromBody(frame['error']) ??
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

/** Which field of an event has an id that the state relies on, by event type. */
const NEEDS = [
  [/^message\.(new|up|del)|message_new/, 'message'],
  [/^(typing|message\.read|member|user)|mark_read/, 'user'],
] as const;

/**
 * Makes a typed event of a frame, or undefined of one that lacks what its type promises: a broken
 * peer must not crash a page. Unknown types pass, for listeners.
 */
export function parseEvent(frame: Frame): ServerEvent | undefined {
  const { type } = frame;
  const sound = NEEDS.every(([types, field]) => {
    const { id, created_at, updated_at } = Object(frame[field]) as Record<string, unknown>;
    const dated = field === 'user' || (typeof created_at === 'string' && typeof updated_at === 'string');
    return !types.test(String(type)) || (typeof id === 'string' && dated);
  });
  return typeof type === 'string' && sound ? (frame as unknown as ServerEvent) : undefined;
}
