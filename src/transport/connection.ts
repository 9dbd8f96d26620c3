import { createNanoEvents } from 'nanoevents';
import { ChatError } from '../errors.js';
import { Attempt, type AttemptHandlers } from './attempt.js';
import { backoff } from './backoff.js';
import {
  TIMERS,
  type ConnectionEvents,
  type ConnectionOptions,
  type ConnectionState,
  type ConnectionTimers,
  type StateChange,
  type Verdict,
} from './connection-options.js';
import type { Host, PageSignal } from './host.js';
import type { Frame, Transport, TransportName } from './transport.js';

export type * from './connection-options.js';

/**
 * Keeps one connection to the server: a race of the transports, then a wait, then again.
 *
 *     idle ──connect──▶ authorizing ──token──▶ opening ──greeting──▶ syncing ──synced──▶ live ◀──▶ suspect
 *                        ▲   ▲   │                │                     │                 │  probe   │
 *          timer, signal │   │   │refused         │all failed           │lost             │lost      │silent
 *                    waiting │   ▼                ▼                     ▼                 ▼          ▼
 *                        ▲   │   └────────────────┴──────────▶ waiting ◀┴─────────────────┴──────────┘
 *                        │   │
 *      any but idle, closed, blocked: offline signal ▶ offline ── online ▶ authorizing
 *      any link: the server refuses ▶ blocked, or authorizing with a fresh token (once, then waiting)
 *      disconnect: any ▶ closed          connect, retryNow: closed, blocked ▶ authorizing
 *
 * A state owns at most one timer; entering a state replaces the timer of the last. A link that waits
 * for its greeting owns its limit (attempt.ts). Every async step carries a generation; a stale one is
 * dropped. In `opening` the first greeting wins; a better transport that greets later takes over make
 * before break, without leaving `live`. Each round starts with the best transport: falling back is
 * never remembered as a ban.
 */
export class Connection {
  #options: ConnectionOptions;
  #host: Host;
  #timers: ConnectionTimers;
  #events = createNanoEvents<ConnectionEvents>();
  #change: StateChange = {
    state: 'idle',
    previous: 'idle',
    transport: undefined,
    retryAt: undefined,
    error: undefined,
  };
  #timer: unknown;
  #generation = 0;
  #attempts = new Set<Attempt>();
  /** The transports of this round that have not been started yet. */
  #bench: Transport[] = [];
  #token = '';
  /** The link that won the round. */
  #current: Attempt | undefined;
  /** A better one that greeted later and is being synced to take over. */
  #next: Attempt | undefined;
  #liveSince = 0;
  /** Rounds since the last steady connection. */
  #failures = 0;
  /** Tokens called expired since the last greeting. */
  #expiries = 0;
  #error: ChatError | undefined;
  #ignorePage: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#timers = { ...TIMERS, ...options.timers };
  }

  get state(): ConnectionState {
    return this.#change.state;
  }

  /** What carries the frames; undefined unless syncing, live or suspect. */
  get transport(): TransportName | undefined {
    return this.#change.transport;
  }

  /** The last change, which is the present view. */
  get change(): StateChange {
    return this.#change;
  }

  on<E extends keyof ConnectionEvents>(event: E, listener: ConnectionEvents[E]): () => void {
    return this.#events.on(event, listener);
  }

  /** Starts connecting. No effect unless idle, closed or blocked. */
  connect(): void {
    if (!this.#is('idle', 'closed', 'blocked')) return;
    this.#ignorePage ??= this.#host.onSignal(this.#signal);
    this.#failures = this.#expiries = 0;
    this.#error = undefined;
    if (this.#host.online()) this.#authorize();
    else this.#enter('offline');
  }

  /** Ends it for good, in silence: no link, no timer, no listener on the page is left. */
  disconnect(): void {
    this.#drop();
    this.#ignorePage?.();
    this.#ignorePage = this.#error = undefined;
    this.#enter('closed');
  }

  /** Tries now what would be tried later: cuts a wait short, doubts `offline`, leaves `blocked`. */
  retryNow(): void {
    if (this.#is('waiting', 'offline')) this.#authorize();
    else if (this.#is('blocked')) this.connect();
  }

  /** Asks a live WebSocket for proof of life. Without effect elsewhere: a held poll is its own proof. */
  probe(): void {
    if (!this.#is('live') || !this.#beats()) return;
    this.#enter('suspect', this.#timers.probeMs, this.#lost);
    this.#current?.send(this.#options.ping());
  }

  // ── A round: token, race, greeting ─────────────────────────────────────────

  #authorize = (): void => {
    this.#drop();
    const generation = this.#generation;
    const asked = this.#options.authorize(this.#expiries > 0);
    this.#enter('authorizing');
    asked.then(
      (token) => generation === this.#generation && this.#open(token),
      (cause: unknown) => generation === this.#generation && this.#unauthorized(toChatError(cause)),
    );
  };

  #unauthorized(error: ChatError): void {
    if (error.retryable) this.#lost(error);
    else this.#block(error);
  }

  #open(token: string): void {
    this.#token = token;
    this.#bench = [...this.#options.transports];
    this.#enter('opening');
    if (this.#is('opening')) this.#join();
  }

  /** Sends the next transport into the race; the round is lost when all have failed. */
  #join = (): void => {
    const transport = this.#bench.shift();
    if (transport) {
      const endpoint = this.#options.endpoint(transport.name, this.#token);
      const { greetingMs } = this.#timers;
      this.#attempts.add(new Attempt(this.#host, transport, endpoint, greetingMs, this.#handlers));
    } else if (!this.#attempts.size) return this.#lost();
    if (this.#bench.length) this.#arm(this.#timers.headStartMs, this.#join);
    else this.#arm();
  };

  #handlers: AttemptHandlers = {
    frame: (attempt, frame) => {
      const verdict = this.#options.judge(frame);
      if (verdict.kind === 'error') return this.#refused(attempt, verdict);
      this.#heard(attempt);
      if (verdict.kind === 'greeting' && !attempt.greeting) this.#greeted(attempt, frame);
      else if (attempt.greeting) this.#events.emit('frame', frame);
    },
    garbage: (attempt) => {
      this.#heard(attempt);
      this.#events.emit('garbage');
    },
    heard: (attempt) => this.#heard(attempt),
    gone: (attempt) => this.#gone(attempt),
  };

  #greeted(attempt: Attempt, greeting: Frame): void {
    attempt.greeting = greeting;
    this.#expiries = 0;
    this.#error = undefined;
    this.#bench = [];
    this.#outrun(attempt);
    if (this.#current) this.#next = attempt;
    else {
      this.#current = attempt;
      this.#enter('syncing');
    }
    this.#events.emit('frame', greeting);
    if (this.#attempts.has(attempt)) this.#sync(attempt, greeting); // a listener may have ended all
  }

  #sync(attempt: Attempt, greeting: Frame): void {
    const generation = ++this.#generation;
    this.#options.sync(greeting).then(
      () => generation === this.#generation && this.#synced(attempt),
      (cause: unknown) => generation === this.#generation && this.#gone(attempt, toChatError(cause)),
    );
  }

  #synced(attempt: Attempt): void {
    this.#current = attempt;
    this.#next = undefined;
    this.#outrun(attempt);
    if (!this.#is('live')) this.#liveSince = this.#host.now();
    this.#live();
  }

  /** Closes the links that `winner` makes needless. The current one stays until `winner` has taken over. */
  #outrun(winner: Attempt): void {
    const rank = ({ transport }: Attempt) => this.#options.transports.indexOf(transport);
    for (const other of this.#attempts)
      if (other !== this.#current && rank(other) > rank(winner)) this.#close(other);
  }

  // ── Alive? ─────────────────────────────────────────────────────────────────

  /** A poll proves itself by being answered; only a socket can be silent and dead. */
  #beats(): boolean {
    return this.#current?.transport.name === 'websocket';
  }

  #live(): void {
    this.#enter('live', this.#beats() ? this.#timers.pingMs : undefined, this.#ping);
  }

  #heard(attempt: Attempt): void {
    if (attempt !== this.#current || !this.#beats()) return;
    if (this.#is('suspect')) this.#live();
    else if (this.#is('live')) this.#arm(this.#timers.pingMs, this.#ping);
  }

  #ping = (): void => {
    this.#arm(this.#timers.replyMs, this.#lost);
    this.#current?.send(this.#options.ping());
  };

  #signal = (signal: PageSignal): void => {
    if (signal === 'offline') {
      if (this.#is('idle', 'closed', 'blocked', 'offline')) return;
      this.#drop();
      this.#enter('offline');
    } else if (signal !== 'hidden') {
      if (this.#is('offline')) {
        if (signal === 'online') this.#authorize();
      } else if (this.#is('live')) this.probe();
      // A server that told us when to come back means it.
      else if (this.#is('waiting') && !this.#error?.retryAfterMs)
        this.#wait(this.#host.random() * this.#timers.signalMs);
    }
  };

  // ── Ends ───────────────────────────────────────────────────────────────────

  /** The server has spoken: it is reachable, so no other transport would hear better. */
  #refused(attempt: Attempt, { error, then }: Extract<Verdict, { kind: 'error' }>): void {
    if (then === 'block') this.#block(error);
    else if (then === 'reauthorize') {
      this.#error = error;
      // Twice in a row: the provider returns a dead token, and asking faster will not help.
      if (++this.#expiries > 1) this.#lost(error);
      else this.#authorize();
    } else if (this.#current && attempt !== this.#current) this.#gone(attempt);
    else this.#lost(error);
  }

  /** One link has ended, of perhaps several. */
  #gone(attempt: Attempt, error?: ChatError): void {
    this.#close(attempt);
    if (!this.#current) this.#join();
    else if (attempt === this.#current) this.#lost(error);
    else if (attempt === this.#next) {
      this.#next = undefined;
      const { greeting } = this.#current;
      if (greeting) this.#sync(this.#current, greeting); // the owner had moved to the one that is gone
    }
  }

  #lost = (
    error = new ChatError('network', 'No connection to the server: none could be opened, or it broke.'),
  ): void => {
    const steady =
      this.#is('live', 'suspect') && this.#host.now() - this.#liveSince >= this.#timers.steadyMs;
    if (steady) this.#failures = 0;
    this.#drop();
    this.#error = error;
    const { random, visible } = this.#host;
    this.#wait(error.retryAfterMs ?? backoff(this.#failures++, visible(), random(), this.#timers));
  };

  #wait(ms: number): void {
    this.#enter('waiting', ms, this.#authorize, this.#host.now() + ms);
  }

  #block(error: ChatError): void {
    this.#drop();
    this.#error = error;
    this.#enter('blocked');
  }

  #close(attempt: Attempt): void {
    this.#attempts.delete(attempt);
    attempt.close();
  }

  /** Ends all links and voids all that is under way. */
  #drop(): void {
    this.#generation++;
    this.#arm();
    this.#bench = [];
    this.#current = this.#next = undefined;
    for (const attempt of this.#attempts) this.#close(attempt);
  }

  // ── The one state and its one timer ────────────────────────────────────────

  #is(...states: ConnectionState[]): boolean {
    return states.includes(this.state);
  }

  #arm(ms?: number, run?: () => void): void {
    this.#host.clearTimeout(this.#timer);
    this.#timer = ms !== undefined && run ? this.#host.setTimeout(run, ms) : undefined;
  }

  /** Last in every step, since listeners may call back. */
  #enter(state: ConnectionState, ms?: number, run?: () => void, retryAt?: number): void {
    const { state: previous, transport: carried } = this.#change;
    const transport = this.#current?.transport.name;
    this.#arm(ms, run);
    this.#change = { state, previous, transport, retryAt, error: this.#error };
    if (state === previous && transport === carried && !retryAt) return;
    this.#options.log?.(
      `connection: ${previous} → ${state} ${transport ?? ''} ${this.#error?.code ?? ''}`.trimEnd(),
    );
    this.#events.emit('state', this.#change);
  }
}

function toChatError(cause: unknown): ChatError {
  return cause instanceof ChatError
    ? cause
    : new ChatError('network', 'The connection could not be prepared; `cause` says why.', { cause });
}
