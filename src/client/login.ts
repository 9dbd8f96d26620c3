import { ChatError } from '../errors.js';
import type { OwnUser, User } from '../protocol.js';
import type { Host } from '../transport/host.js';
import type { TokenSource } from './token.js';

export interface LoginOptions {
  user: User;
  tokens: TokenSource;
  host: Host;
  /** Until those who wait are told that it takes too long. */
  limitMs: number;
  /** What they are told. */
  late: () => ChatError;
}

/** One user's stay, from `connectUser` to `disconnectUser`: who, by which token, and who waits for the greeting. */
export class Login {
  /** What is sent at every connect: given by the page, kept up to date from the server. */
  readonly user: User;
  readonly tokens: TokenSource;
  /** Settles with the greeting, or the reason why there is none. */
  readonly greeted: Promise<OwnUser>;
  outcome: 'pending' | 'connected' | 'failed' = 'pending';

  #host: Host;
  #timer: unknown;
  #settle!: { resolve(user: OwnUser): void; reject(error: ChatError): void };
  #ended = new AbortController();

  constructor({ user, tokens, host, limitMs, late }: LoginOptions) {
    this.user = JSON.parse(JSON.stringify(user)) as User; // ours from now on, and exactly what is sent
    this.tokens = tokens;
    this.greeted = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.greeted.catch(() => undefined); // those who wait are told; nobody waiting is no error
    this.#host = host;
    this.#timer = host.setTimeout(() => this.fail(late()), limitMs);
  }

  /** Aborts with a `ChatError` when the stay ends: its late answers concern nobody. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  succeed(me: OwnUser): void {
    this.#host.clearTimeout(this.#timer);
    this.outcome = 'connected';
    this.#settle.resolve(me);
  }

  fail(error: ChatError): void {
    if (this.outcome !== 'pending') return;
    this.#host.clearTimeout(this.#timer);
    this.outcome = 'failed';
    this.#settle.reject(error);
  }

  end(error: ChatError): void {
    this.fail(error);
    this.#ended.abort(error);
  }

  /** Takes over what the server says of us, or the next connect would write stale data back (protocol.md §4.6). */
  refresh(me: User): void {
    for (const key of Object.keys(this.user)) if (key in me) this.user[key] = me[key];
  }
}
