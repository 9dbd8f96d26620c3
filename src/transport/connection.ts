import { createNanoEvents } from 'nanoevents';
import type { ChatError } from '../errors.js';
import type { Host, PageSignal } from './host.js';
import { asChatError, backoffMs, LINKED, STEADY_MS, TIMERS } from './options.js';
import type {
  Attempt,
  ConnectionEvents,
  ConnectionOptions,
  ConnectionState,
  Refusal,
  StateChange,
} from './options.js';
import type { Frame, Transport } from './transport.js';

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
 * A state owns at most one timer, which the next state replaces; a link owns the limit to its greeting.
 * Every async step carries a generation; a stale one is dropped. The first greeting wins; a better transport
 * greeted later takes over, make before break, without leaving `live`. Each round starts with the best:
 * falling back is never remembered as a ban.
 */
export class Connection {
  #options: ConnectionOptions;
  #host: Host;
  #timers: typeof TIMERS;
  #events = createNanoEvents<ConnectionEvents>();
  #change: StateChange = { state: 'idle', previous: 'idle' };
  #timer: unknown;
  #generation = 0;
  /** Open the links of the transports that have not joined the race yet. */
  #bench: (() => Attempt)[] = [];
  /** Open links and those on their way, preferred first, as they join in that order. */
  #attempts: Attempt[] = [];
  #liveSince = 0;
  /** Rounds lost since the last that held. */
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
    if (this.#is('live') && this.#beats) this.#ping('suspect', this.#timers.probeMs);
  }

  // ── A round: token, race, greeting ─────────────────────────────────────────

  #authorize = (): void => {
    this.#enter('authorizing');
    if (this.#is('authorizing'))
      this.#step(
        () => this.#options.authorize(this.#expiries > 0),
        (token) => {
          this.#bench = this.#options.transports.map((transport) => () => this.#open(transport, token));
          this.#join();
        },
        (error) => (error.retryable ? this.#lost(error) : this.#block(error)),
      );
  };

  /** Goes on with the outcome of `run`, unless it is stale by then. */
  #step<T>(run: () => Promise<T>, done: (value: T) => void, failed: (error: ChatError) => void): void {
    const generation = ++this.#generation;
    run().then(
      (value) => generation === this.#generation && done(value),
      (cause: unknown) => generation === this.#generation && failed(asChatError(cause)),
    );
  }

  /** Sends the next transport into the race; the round is lost when all have failed. */
  #join = (): void => {
    const open = this.#bench.shift();
    if (open) this.#attempts.push(open());
    if (this.#attempts.length)
      this.#enter('opening', this.#bench.length > 0 && this.#join, this.#timers.headStartMs);
    else this.#lost();
  };

  #open(transport: Transport, token: string): Attempt {
    const { name } = transport;
    const attempt: Attempt = {
      name,
      limit: this.#host.setTimeout(() => this.#gone(attempt), this.#timers.greetingMs),
      link: transport.open(this.#options.endpoint(name, token), {
        onFrame: (frame) => this.#take(attempt, frame),
        onGarbage: () => {
          this.#heard(attempt);
          this.#events.emit('garbage');
        },
        onHeard: () => this.#heard(attempt),
        onClose: () => this.#gone(attempt),
      }),
    };
    return attempt;
  }

  /** Listeners may end the link at every turn; nothing is told of it from then on. */
  #take(attempt: Attempt, frame: Frame): void {
    const verdict = this.#options.judge(frame);
    if (verdict.kind === 'error') return this.#refused(attempt, verdict);
    this.#heard(attempt);
    const isFirst = !attempt.greeting && verdict.kind === 'greeting';
    if (isFirst) this.#greeted(attempt, frame);
    if (attempt.greeting && this.#attempts.includes(attempt)) this.#events.emit('frame', frame);
    if (isFirst && this.#attempts.includes(attempt)) this.#sync(attempt);
  }

  /** The first to be greeted leads. One that follows is better, since the lesser ones end here. */
  #greeted(attempt: Attempt, greeting: Frame): void {
    const leader = this.#leader;
    this.#expiries = 0;
    this.#error = undefined;
    attempt.greeting = greeting;
    this.#host.clearTimeout(attempt.limit);
    this.#end(this.#lesser(attempt).filter((other) => other !== leader));
    if (!leader) this.#enter('syncing');
  }

  /** Makes the owner right on this link; a leader that it challenged ends only after that. */
  #sync(attempt: Attempt): void {
    this.#step(
      () => this.#options.sync(attempt.greeting as Frame),
      () => {
        this.#end(this.#lesser(attempt));
        if (!this.#is('live')) this.#liveSince = this.#host.now();
        this.#live();
      },
      (error) => this.#gone(attempt, error),
    );
  }

  /** The link in use: the last of the greeted, since every better one is still on its way to take over. */
  get #leader(): Attempt | undefined {
    const last = this.#attempts.at(-1);
    return last?.greeting && last;
  }

  #lesser(attempt: Attempt): Attempt[] {
    return this.#attempts.slice(this.#attempts.indexOf(attempt) + 1);
  }

  #end(ended: Attempt[]): void {
    this.#attempts = this.#attempts.filter((attempt) => !ended.includes(attempt));
    for (const { limit, link } of ended) {
      this.#host.clearTimeout(limit);
      link.close();
    }
  }

  // ── Alive? ─────────────────────────────────────────────────────────────────

  /** A poll proves itself by being answered; only a socket can be silent and dead. */
  get #beats(): boolean {
    return this.#leader?.name === 'websocket';
  }

  #live(): void {
    this.#enter('live', this.#beats && (() => this.#ping('live', this.#timers.replyMs)), this.#timers.pingMs);
  }

  #heard(attempt: Attempt): void {
    if (attempt === this.#leader && this.#is('live', 'suspect')) this.#live();
  }

  #ping(state: ConnectionState, limitMs: number): void {
    this.#enter(state, this.#lost, limitMs);
    this.#leader?.link.send(this.#options.ping());
  }

  #signal = (signal: PageSignal): void => {
    if (signal === 'hidden') return;
    if (signal === 'offline' && !this.#is('blocked')) this.#enter('offline');
    else if (signal === 'online' && this.#is('offline')) this.#authorize();
    // A server that told us when to come back means it. Others we spread, so that a place does not come at once.
    else if (this.#is('waiting') && !this.#error?.retryAfterMs)
      this.#enter('waiting', this.#authorize, this.#host.random() * 300);
    else this.probe();
  };

  // ── Ends ───────────────────────────────────────────────────────────────────

  #refused(attempt: Attempt, { error, then }: Refusal): void {
    if (then === 'block') this.#block(error);
    else if (then === 'retry') this.#gone(attempt, error);
    // Twice in a row: the provider returns a dead token, and asking faster will not help.
    else if (++this.#expiries > 1) this.#lost(error);
    else {
      this.#error = error;
      this.#authorize();
    }
  }

  /** One link has ended, of perhaps several. */
  #gone(attempt: Attempt, error?: ChatError): void {
    const leader = this.#leader;
    this.#end([attempt]);
    if (leader && leader !== attempt) {
      if (attempt.greeting) this.#sync(leader); // it was about to take over
    } else if (this.#leader)
      this.#enter('syncing'); // it is being synced already
    // With an error the server has spoken: no other transport would hear better.
    else if (leader || error) this.#lost(error);
    else this.#join();
  }

  #lost = (error = asChatError()): void => {
    const heldMs = this.#is('live', 'suspect') ? this.#host.now() - this.#liveSince : 0;
    if (heldMs >= STEADY_MS) this.#failures = 0;
    this.#error = error;
    const waitMs = error.retryAfterMs ?? backoffMs(this.#failures++, this.#host, this.#timers.maxRetryMs);
    this.#enter('waiting', this.#authorize, waitMs);
  };

  #block(error: ChatError): void {
    this.#error = error;
    this.#enter('blocked');
  }

  // ── The one state and its one timer ────────────────────────────────────────

  #is(...states: ConnectionState[]): boolean {
    return states.includes(this.state);
  }

  /**
   * Replaces the timer: `run` after `ms`, if given. A state without links ends them all, and voids what is
   * under way. Last in every step, since listeners may call back.
   */
  #enter(state: ConnectionState, run?: false | (() => void), ms = 0): void {
    const { state: previous, transport: carried } = this.#change;
    if (!LINKED.includes(state)) {
      this.#generation++;
      this.#end(this.#attempts);
    }
    this.#host.clearTimeout(this.#timer);
    this.#timer = run && this.#host.setTimeout(run, ms);
    const transport = this.#leader?.name;
    const retryAt = state === 'waiting' ? this.#host.now() + ms : undefined;
    if (state === previous && transport === carried && !retryAt) return;
    this.#change = { state, previous, transport, retryAt, error: this.#error };
    this.#options.log?.(['connection:', previous, '→', state, transport, this.#error?.code].join(' ').trim());
    this.#events.emit('state', this.#change);
  }
}
