import { ChatError } from '../errors.js';
import type { BackoffTimers } from './backoff.js';
import type { Host } from './host.js';
import type { Endpoint, Frame, Transport, TransportName } from './transport.js';

/**
 * `authorizing` waits for a token, `opening` for the first greeting, `syncing` for the owner to make its
 * state right, `suspect` for proof that a live link still lives, `waiting` for the next attempt.
 * `blocked` needs the page: nothing is tried until it asks.
 */
export type ConnectionState =
  | 'idle'
  | 'authorizing'
  | 'opening'
  | 'syncing'
  | 'live'
  | 'suspect'
  | 'waiting'
  | 'offline'
  | 'blocked'
  | 'closed';

export interface StateChange {
  readonly state: ConnectionState;
  readonly previous: ConnectionState;
  /** What carries the frames; undefined unless syncing, live or suspect. */
  readonly transport: TransportName | undefined;
  /** When the next attempt starts, on the host's clock; undefined unless waiting. */
  readonly retryAt: number | undefined;
  /** What ended the last attempt or link; undefined from the next greeting on. */
  readonly error: ChatError | undefined;
}

export const IDLE: StateChange = {
  state: 'idle',
  previous: 'idle',
  transport: undefined,
  retryAt: undefined,
  error: undefined,
};

/** The server refuses. `then`: `block` for good, `reauthorize` with a fresh token, `retry` like a loss. */
export interface Refusal {
  kind: 'error';
  error: ChatError;
  then: 'reauthorize' | 'retry' | 'block';
}

/** What a frame is. */
export type Verdict = { kind: 'greeting' } | { kind: 'event' } | Refusal;

/** In milliseconds; where the numbers come from: reliability.md §4. */
export interface ConnectionTimers extends BackoffTimers {
  /** How long a transport is alone before the next joins the race; default 1500, about four round trips. */
  headStartMs: number;
  /** From the start of an attempt to its greeting; default 10000: slow networks still get their WebSocket. */
  greetingMs: number;
  /** From the last frame to our ping; default 20000, under the 30 s of middleboxes that cut idle sockets. */
  pingMs: number;
  /** From our ping to any frame, else the link is lost; default 5000. */
  replyMs: number;
  /** The same for a probe, which has a reason to doubt; default 3000. */
  probeMs: number;
  /** A page signal cuts a wait to at most this; default 300, so that all clients of a place do not come at once. */
  signalMs: number;
  /** A connection live for this long was good: the backoff starts over after it; default 10000. */
  steadyMs: number;
}

export const TIMERS: ConnectionTimers = {
  headStartMs: 1_500,
  greetingMs: 10_000,
  pingMs: 20_000,
  replyMs: 5_000,
  probeMs: 3_000,
  signalMs: 300,
  steadyMs: 10_000,
  firstRetryMs: 1_000,
  firstRetryHiddenMs: 10_000,
  minRetryMs: 250,
  retryBaseMs: 500,
  maxRetryMs: 30_000,
};

export interface ConnectionOptions {
  host: Host;
  /** Preferred first. */
  transports: readonly Transport[];
  endpoint(name: TransportName, token: string): Endpoint;
  /**
   * A token that is good now; must settle. A rejection with a `ChatError` that is not retryable blocks,
   * any other waits.
   *
   * @param fresh - The server called the last one expired.
   */
  authorize(fresh: boolean): Promise<string>;
  /** The greeting is the first frame of that kind on a link; on a greeted one it is an event. */
  judge(frame: Frame): Verdict;
  /**
   * Makes the owner's state right on the connection that sent `greeting`, which from now on is the one.
   * Live when it resolves, lost when it rejects; must settle. It may be called while an earlier call
   * still runs: the earlier one is then void. An upgrade that fails calls it with the old greeting again.
   */
  sync(greeting: Frame): Promise<void>;
  /** The heartbeat's text. */
  ping(): string;
  timers?: Partial<ConnectionTimers>;
  /** Told of every change of state; never a URL, never a token. */
  log?: (line: string) => void;
}

export interface ConnectionEvents {
  state(change: StateChange): void;
  /** Every frame that is no refusal, greetings included, of every greeted link: two overlap while upgrading. */
  frame(frame: Frame): void;
  /** Something came that is no frame, and was dropped. */
  garbage(): void;
}

/** What ended a link, in the form that `StateChange` promises. */
export function asChatError(cause?: unknown): ChatError {
  if (cause instanceof ChatError) return cause;
  return new ChatError('network', 'No connection to the server: none could be opened, or it broke.', {
    cause,
  });
}
