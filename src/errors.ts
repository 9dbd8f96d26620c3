/**
 * What went wrong, for programs. `ChatError.message` says it for people.
 *
 * Misuse, thrown where it happened: `invalid-user`, `invalid-token`, `invalid-channel`, `invalid-message`,
 * `invalid-option`, `server-side` (connecting outside a browser), `other-user` (another user is connected),
 * `not-connected` (a request before `connectUser`), `disconnected` (ended by `disconnectUser`).
 *
 * The way there: `network` (no answer), `timeout`, `bad-response` (an answer that is not the protocol's).
 *
 * The server's refusals, by protocol code: `token-expired` (40), `token-rejected` (5, 41–43), `unknown-key` (2),
 * `invalid-input` (4), `message-too-long` (20), `not-found` (16), `not-allowed` (17), `rate-limited` (9),
 * `too-large` (22), `cooldown` (60), `connection-unknown` (46, or 4 by its words), `server-error` (-1 and every HTTP 5xx),
 * `refused` (any other).
 */
export type ChatErrorCode =
  | 'invalid-user'
  | 'invalid-token'
  | 'invalid-channel'
  | 'invalid-message'
  | 'invalid-option'
  | 'server-side'
  | 'other-user'
  | 'not-connected'
  | 'disconnected'
  | 'network'
  | 'timeout'
  | 'bad-response'
  | 'token-expired'
  | 'token-rejected'
  | 'unknown-key'
  | 'invalid-input'
  | 'message-too-long'
  | 'not-found'
  | 'not-allowed'
  | 'rate-limited'
  | 'too-large'
  | 'cooldown'
  | 'connection-unknown'
  | 'server-error'
  | 'refused';

export interface ChatErrorOptions {
  /** The protocol's numeric code, when a server answered. */
  apiCode?: number;
  /** The HTTP status, when a server answered. */
  status?: number;
  /** How long the server asks us to wait before the next try, in milliseconds. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** The one error this library throws. Programs read `code`, people read `message`. */
export class ChatError extends Error {
  readonly code: ChatErrorCode;
  /** The protocol's numeric code; undefined when no server answered. */
  declare readonly apiCode: number | undefined;
  /** The HTTP status; undefined when no server answered. */
  declare readonly status: number | undefined;
  /** The server's own hint when to try again, in milliseconds. */
  declare readonly retryAfterMs: number | undefined;

  constructor(code: ChatErrorCode, message: string, options?: ChatErrorOptions) {
    super(message);
    this.name = 'ChatError';
    this.code = code;
    Object.assign(this, options);
  }

  /** True when trying the same thing again later can help: no answer, or an answer that says "not now". */
  get retryable(): boolean {
    return /^(network|timeout|bad-|server-error|rate|connection)/.test(this.code);
  }
}

const BY_API_CODE: Readonly<Record<number, ChatErrorCode>> = {
  [-1]: 'server-error',
  2: 'unknown-key',
  4: 'invalid-input',
  5: 'token-rejected',
  9: 'rate-limited',
  16: 'not-found',
  17: 'not-allowed',
  20: 'message-too-long',
  22: 'too-large',
  23: 'timeout',
  40: 'token-expired',
  41: 'token-rejected',
  42: 'token-rejected',
  43: 'token-rejected',
  46: 'connection-unknown',
  60: 'cooldown',
  71: 'rate-limited',
};

/** Makes a `ChatError` of the protocol's error body; undefined when `body` is not one. */
export function errorFromBody(body: unknown, options: ChatErrorOptions = {}): ChatError | undefined {
  const { code, message, StatusCode } = Object(body) as {
    code?: number;
    message?: string;
    StatusCode?: number;
  };
  if (typeof code !== 'number') return undefined;
  const status = options.status ?? StatusCode;
  // A watch on a connection that has ended meanwhile is refused as bad input, too (protocol.md §1.4).
  const known = code === 4 && /connection_id/.test(message ?? '') ? 46 : code;
  const name = BY_API_CODE[known] ?? ((status ?? 0) < 500 ? 'refused' : 'server-error');
  return new ChatError(name, `The server refused with code ${code}: ${message}`, {
    ...options,
    apiCode: code,
    status,
  });
}
