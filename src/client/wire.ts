import { ChatError, errorFromBody } from '../errors.js';
import type { ServerEvent, User } from '../protocol.js';
import type { Verdict } from '../transport/connection.js';
import type { Endpoint, Frame, TransportName } from '../transport/transport.js';

/** How we name ourselves to the server (protocol.md §1.5). */
export const CLIENT_NAME = 'chat-session-v0.1.0-browser';
/** The hosted service. */
export const DEFAULT_BASE_URL = 'https://chat.stream-io-api.com';

/** API codes that mean "not now" rather than "no" (protocol.md §6.2), and the unknown connection id. */
const TRANSIENT = new Set([-1, 3, 9, 23, 45, 46, 60, 71]);

/** @throws {ChatError} `invalid-option` unless `value` is an http(s) URL. Returns it without a trailing slash. */
export function checkBaseURL(value: string): string {
  let url: URL | undefined;
  try {
    url = new URL(value);
  } catch {
    // told below, with the value
  }
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new ChatError(
      'invalid-option',
      `The base URL is an absolute http or https URL; got "${value}". Pass one such as "https://chat.example.com".`,
    );
  return value.replace(/\/+$/, '');
}

/** What the opening request of a link carries, whatever the transport. */
export interface Opening {
  baseURL: string;
  apiKey: string;
  user: User;
  token: string;
  requestId: string;
}

/** The address and headers of one attempt to connect (protocol.md §2.1, §3). */
export function endpointFor(name: TransportName, opening: Opening): Endpoint {
  const { baseURL, apiKey, user, token, requestId } = opening;
  const payload = { user_id: user.id, user_details: user };
  if (name === 'websocket') {
    const query = new URLSearchParams({
      json: JSON.stringify({ ...payload, client_request_id: requestId }),
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
  if (frame['error'] !== undefined && frame['error'] !== null) {
    const error =
      errorFromBody(frame['error']) ??
      new ChatError('bad-response', 'The server refused the connection without a code.');
    if (error.apiCode === 40) return { kind: 'error', error, then: 'reauthorize' };
    const again = error.apiCode === undefined || TRANSIENT.has(error.apiCode);
    return { kind: 'error', error, then: again ? 'retry' : 'block' };
  }
  const greets = frame['type'] === 'health.check' && typeof frame['connection_id'] === 'string';
  return { kind: greets ? 'greeting' : 'event' };
}

function has(value: unknown, ...fields: string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    fields.every((field) => typeof (value as Record<string, unknown>)[field] === 'string')
  );
}

/**
 * Makes a typed event of a frame, or undefined of one that lacks what its type promises: a broken
 * peer must not crash a page. Unknown types pass, for listeners.
 */
export function parseEvent(frame: Frame): ServerEvent | undefined {
  const type = frame['type'];
  if (typeof type !== 'string') return undefined;
  const needsMessage = type.startsWith('message.') && !/read|delivered/.test(type);
  if (needsMessage || type === 'notification.message_new') {
    if (!has(frame['message'], 'id', 'created_at', 'updated_at')) return undefined;
  } else if (/^(typing\.|message\.read|notification\.mark_read|member\.|user\.)/.test(type)) {
    if (!has(frame['user'], 'id')) return undefined;
  } else if (type === 'health.check' && !has(frame, 'connection_id')) return undefined;
  return frame as unknown as ServerEvent;
}
