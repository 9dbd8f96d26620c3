import { ChatError } from '../errors.js';
import type { PageHost } from './page-host.js';
import type { Endpoint, Frame, Link, Transport, TransportName } from './transport.js';

/**
 * `authorizing` waits for a token, `opening` for the first greeting, `syncing` for the owner to make its
 * state right, `suspect` for proof that a live link still lives, `waiting` for the next attempt.
 * `suspended` is a page put aside (bfcache, frozen). `blocked` needs the page: nothing is tried until it asks.
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
  | 'suspended'
  | 'blocked'
  | 'closed';

/** The states that have links. */
export const LINKED: readonly ConnectionState[] = ['opening', 'syncing', 'live', 'suspect'];

export interface StateChange {
  readonly state: ConnectionState;
  readonly previous: ConnectionState;
  /** What carries the frames; undefined unless syncing, live or suspect. */
  readonly transport?: TransportName | undefined;
  /** When the next attempt starts, on the host's clock; undefined unless waiting. */
  readonly retryAt?: number | undefined;
  /** What ended the last attempt or link; undefined from the next greeting on. */
  readonly error?: ChatError | undefined;
}

/** The server refuses. `then`: `block` for good, `reauthorize` with a fresh token, `retry` like a loss. */
export interface Refusal {
  kind: 'error';
  error: ChatError;
  then: 'reauthorize' | 'retry' | 'block';
}

/** What a frame is. */
export type Verdict = { kind: 'greeting' } | { kind: 'event' } | Refusal;

/** In milliseconds; where the numbers come from: reliability.md §4. */
export const TIMERS = {
  /** How long a transport is alone before the next joins the race; default 1500, about four round trips. */
  headStartMs: 1_500,
  /** From the start of an attempt to its greeting; default 10000: slow networks still get their WebSocket. */
  greetingMs: 10_000,
  /** From the last frame to our ping; default 20000, under the 30 s of middleboxes that cut idle sockets. */
  pingMs: 20_000,
  /** From our ping to any frame, else the link is lost; default 4500: within 25 s of silence, late timers included. */
  replyMs: 4_500,
  /** The same for a probe, which has a reason to doubt; default 3000. */
  probeMs: 3_000,
  /** The same as `replyMs` while the page is hidden, where browsers run timers once a minute; default 55000. */
  hiddenReplyMs: 55_000,
  /** From going live on a lesser transport to the first try with the best; doubled from then on; default 30000. */
  upgradeMs: 30_000,
  /** The longest wait between two such tries; default 600000. */
  maxUpgradeMs: 600_000,
  /** No retry but one that the server asks for starts later; default 30000. */
  maxRetryMs: 30_000,
};

export type ConnectionTimers = typeof TIMERS;

export interface ConnectionOptions {
  host: PageHost;
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
   * Live when it resolves. When it rejects: lost if nobody answered, else called again after a wait. Must
   * settle. It may be called while an earlier call still runs: the earlier one is then void. An upgrade
   * that fails calls it with the old greeting again.
   */
  sync(greeting: Frame): Promise<void>;
  /** The heartbeat's text. */
  ping(): string;
  /** The transport of the last `remember`, as a hint: if it is not the best, that one gets no head start. */
  remembered?(): TransportName | undefined;
  /** Told which transport works here: the best once it greets, a lesser one once the best failed beside it. */
  remember?(name: TransportName): void;
  timers?: Partial<ConnectionTimers>;
}

/** One link, from its opening to its end. */
export interface Attempt {
  name: TransportName;
  link: Link;
  /** Timer of the limit to its greeting. */
  limit: unknown;
  /** The first frame that proved the link to work; undefined before it. */
  greeting?: Frame;
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
  return cause instanceof ChatError
    ? cause
    : new ChatError('network', 'The server cannot be reached. Trying goes on.', { cause });
}
