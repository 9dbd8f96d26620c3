import { createNanoEvents } from 'nanoevents';
import type { ChatError } from '../errors.js';
import { Attempt, type AttemptHandlers } from './attempt.js';
import { Backoff } from './backoff.js';
import type { Host, PageSignal } from './host.js';
import { asChatError, IDLE, TIMERS } from './options.js';
import type {
  ConnectionEvents,
  ConnectionOptions,
  ConnectionState,
  Refusal,
  StateChange,
} from './options.js';
import { Race } from './race.js';
import type { Frame, TransportName } from './transport.js';

export type * from './options.js';

/**
 * Keeps one connection to the server: a race of the transports, then a wait, then again.
 *
 *     idle ─connect▶ authorizing ─token▶ opening ─greeting▶ syncing ─synced▶ live ─probe▶ suspect
 *                      ▲  ▲    │            │                  │             │  ▲─heard─┘    │
 *          page online │  │    │no token    │all failed        │lost         │lost          │silent
 *                offline  │    ▼            ▼                  ▼             ▼              ▼
 *      page offline ▲     └─waiting ◀───────┴──────────────────┴─────────────┴──────────────┘
 *      (from all but idle, blocked, closed)        timer or page signal ends `waiting`
 *
 *     the server refuses: any link ▶ blocked, or authorizing for a fresh token, the second time waiting
 *     disconnect: any ▶ closed         connect: closed, blocked ▶ authorizing
 *
 * A state owns at most one timer; entering a state replaces the timer of the last. A link that waits for
 * its greeting owns its limit (attempt.ts). Every async step carries a generation; a stale one is dropped.
 * The first greeting wins; a better transport greeted later takes over, make before break, without leaving
 * `live`. Each round starts with the best transport: falling back is never remembered as a ban.
 */
export class Connection {
  #options: ConnectionOptions;
  #host: Host;
  #timers: typeof TIMERS;
  #events = createNanoEvents<ConnectionEvents>();
  #change = IDLE;
  #timer: unknown;
  #generation = 0;
  #race: Race;
  #backoff: Backoff;
  #liveSince = 0;
  /** Tokens called expired since the last greeting. */
  #expiries = 0;
  #error: ChatError | undefined;
  #ignorePage: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#timers = { ...TIMERS, ...options.timers };
    this.#race = new Race(options.transports);
    this.#backoff = new Backoff(options.host, this.#timers);
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
    this.#backoff.reset();
    this.#expiries = 0;
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
    this.#race.leader?.send(this.#options.ping());
  }

  // ── A round: token, race, greeting ─────────────────────────────────────────

  #authorize = (): void => {
    this.#drop();
    const generation = this.#generation;
    const asked = this.#options.authorize(this.#expiries > 0);
    this.#enter('authorizing');
    asked.then(
      (token) => generation === this.#generation && this.#open(token),
      (cause: unknown) => {
        const error = asChatError(cause);
        if (generation !== this.#generation) return;
        if (error.retryable) this.#lost(error);
        else this.#block(error);
      },
    );
  };

  #open(token: string): void {
    this.#race.reset((transport) => {
      const endpoint = this.#options.endpoint(transport.name, token);
      return new Attempt(this.#host, transport, endpoint, this.#timers.greetingMs, this.#handlers);
    });
    this.#enter('opening');
    if (this.#is('opening')) this.#join();
  }

  /** Sends the next transport into the race; the round is lost when all have failed. */
  #join = (): void => {
    this.#race.advance();
    const { isRunning, hasMore } = this.#race;
    if (isRunning) this.#arm(hasMore ? this.#timers.headStartMs : undefined, this.#join);
    else this.#lost();
  };

  #handlers: AttemptHandlers = {
    frame: (attempt, frame) => {
      const verdict = this.#options.judge(frame);
      if (verdict.kind === 'error') return this.#refused(attempt, verdict);
      this.#heard(attempt);
      if (attempt.greeting) this.#emit(attempt, frame);
      else if (verdict.kind === 'greeting') this.#greeted(attempt, frame);
    },
    garbage: (attempt) => {
      this.#heard(attempt);
      this.#events.emit('garbage');
    },
    heard: (attempt) => this.#heard(attempt),
    gone: (attempt) => this.#gone(attempt),
  };

  #greeted(attempt: Attempt, greeting: Frame): void {
    this.#expiries = 0;
    this.#error = undefined;
    this.#race.greeted(attempt, greeting);
    if (attempt === this.#race.leader) this.#enter('syncing');
    if (this.#emit(attempt, greeting)) this.#sync(attempt, greeting);
  }

  /** False when a listener, of this or of the state before, has ended the link. */
  #emit(attempt: Attempt, frame: Frame): boolean {
    if (this.#race.has(attempt)) this.#events.emit('frame', frame);
    return this.#race.has(attempt);
  }

  #sync(attempt: Attempt, greeting: Frame): void {
    const generation = ++this.#generation;
    this.#options.sync(greeting).then(
      () => generation === this.#generation && this.#synced(attempt),
      (cause: unknown) => generation === this.#generation && this.#gone(attempt, asChatError(cause)),
    );
  }

  #synced(attempt: Attempt): void {
    this.#race.won(attempt);
    if (!this.#is('live')) this.#liveSince = this.#host.now();
    this.#live();
  }

  // ── Alive? ─────────────────────────────────────────────────────────────────

  /** A poll proves itself by being answered; only a socket can be silent and dead. */
  #beats(): boolean {
    return this.#race.leader?.transport.name === 'websocket';
  }

  #live(): void {
    this.#enter('live', this.#beats() ? this.#timers.pingMs : undefined, this.#ping);
  }

  #heard(attempt: Attempt): void {
    if (attempt !== this.#race.leader || !this.#beats()) return;
    if (this.#is('suspect')) this.#live();
    else if (this.#is('live')) this.#arm(this.#timers.pingMs, this.#ping);
  }

  #ping = (): void => {
    this.#arm(this.#timers.replyMs, this.#lost);
    this.#race.leader?.send(this.#options.ping());
  };

  #signal = (signal: PageSignal): void => {
    if (signal === 'hidden' || this.#is('blocked')) return;
    if (signal === 'offline') {
      this.#drop();
      this.#enter('offline');
    } else if (this.#is('offline') && signal === 'online') this.#authorize();
    else if (this.#is('live')) this.probe();
    // A server that told us when to come back means it.
    else if (this.#is('waiting') && !this.#error?.retryAfterMs)
      this.#wait(this.#host.random() * this.#timers.signalMs);
  };

  // ── Ends ───────────────────────────────────────────────────────────────────

  /** The server has spoken: it is reachable, so no other transport would hear better. */
  #refused(attempt: Attempt, { error, then }: Refusal): void {
    if (then === 'block') this.#block(error);
    else if (then === 'reauthorize') {
      this.#error = error;
      // Twice in a row: the provider returns a dead token, and asking faster will not help.
      if (++this.#expiries > 1) this.#lost(error);
      else this.#authorize();
    } else if (this.#race.leader && attempt !== this.#race.leader) this.#gone(attempt);
    else this.#lost(error);
  }

  /** One link has ended, of perhaps several. */
  #gone(attempt: Attempt, error?: ChatError): void {
    const { leader, challenger } = this.#race;
    this.#race.close(attempt);
    if (!leader) this.#join();
    else if (attempt === leader) {
      if (challenger)
        this.#enter('syncing'); // it is being synced already
      else this.#lost(error);
    } else if (attempt === challenger && leader.greeting) this.#sync(leader, leader.greeting);
  }

  #lost = (error: ChatError = asChatError()): void => {
    const heldMs = this.#is('live', 'suspect') ? this.#host.now() - this.#liveSince : 0;
    if (heldMs >= this.#timers.steadyMs) this.#backoff.reset();
    this.#drop(error);
    this.#wait(error.retryAfterMs ?? this.#backoff.next());
  };

  #wait(ms: number): void {
    this.#enter('waiting', ms, this.#authorize, this.#host.now() + ms);
  }

  #block(error: ChatError): void {
    this.#drop(error);
    this.#enter('blocked');
  }

  /** Ends all links and voids all that is under way. */
  #drop(error = this.#error): void {
    this.#error = error;
    this.#generation++;
    this.#arm();
    this.#race.end();
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
    const transport = this.#race.leader?.transport.name;
    this.#arm(ms, run);
    this.#change = { state, previous, transport, retryAt, error: this.#error };
    if (state === previous && transport === carried && !retryAt) return;
    this.#options.log?.(['connection:', previous, '→', state, transport, this.#error?.code].join(' ').trim());
    this.#events.emit('state', this.#change);
  }
}
