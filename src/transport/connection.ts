import { createNanoEvents } from 'nanoevents';
import type { ChatError } from '../errors.js';
import type { PageHost, PageSignal } from './page-host.js';
import { asChatError, LINKED, TIMERS } from './options.js';
import type {
  Attempt,
  ConnectionEvents,
  ConnectionOptions,
  ConnectionState,
  Refusal,
  StateChange,
} from './options.js';
import { Links } from './links.js';
import { backoffMs, Retry, Upgrades } from './retry.js';
import { meaningOf } from './signals.js';
import { States } from './states.js';
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
 *      (from all but idle, blocked, closed, suspended)     timer or page signal ends `waiting`
 *
 *     the page is put aside: any but idle, blocked, closed ▶ suspended ─page is back▶ authorizing
 *     the server refuses: any link ▶ blocked, or authorizing for a fresh token, the second time waiting
 *     disconnect: any ▶ closed         connect: closed, blocked ▶ authorizing
 *
 * A state owns at most one timer, a link the limit to its greeting. An async step of an older generation is dropped.
 * The first greeting wins; a better transport greeted later takes over, make before break, without leaving `live`.
 * The best is tried again from time to time. What worked is remembered as a hint for the head start, never as a ban.
 */
export class Connection {
  #options: ConnectionOptions;
  #host: PageHost;
  #timers: typeof TIMERS;
  #events = createNanoEvents<ConnectionEvents>();
  #states: States;
  /** The transports that have not joined the race yet. */
  #bench: Transport[] = [];
  #token = '';
  #links: Links;
  #retry: Retry;
  #upgrades: Upgrades;
  /** Syncs in a row that the server answered with a failure. */
  #unsynced = 0;
  /** Tokens called expired since the last greeting. */
  #expiries = 0;
  #error: ChatError | undefined;
  #ignorePage: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#timers = { ...TIMERS, ...options.timers };
    const tell = (change: StateChange) => this.#events.emit('state', change);
    this.#states = new States(this.#host, () => this.#woke(), tell);
    this.#links = new Links(this.#host, this.#timers.greetingMs);
    this.#retry = new Retry(this.#host, this.#timers.maxRetryMs);
    this.#upgrades = new Upgrades(this.#host, this.#timers);
  }

  /** The last change, which is the present view. */
  get change(): StateChange {
    return this.#states.change;
  }

  on<E extends keyof ConnectionEvents>(event: E, listener: ConnectionEvents[E]): () => void {
    return this.#events.on(event, listener);
  }

  /** Starts connecting. No effect unless idle, closed or blocked. */
  connect(): void {
    if (!this.#states.is('idle', 'closed', 'blocked')) return;
    this.#ignorePage ??= this.#host.onSignal(this.#signal);
    this.#retry.reset();
    this.#expiries = 0;
    this.#error = undefined;
    this.#begin();
  }

  /** Ends it for good, in silence: no link, no timer, no listener on the page is left. */
  disconnect(): void {
    this.#ignorePage?.();
    this.#ignorePage = this.#error = undefined;
    this.#enter('closed');
  }

  /** Tries now what would be tried later: cuts a wait short, doubts `offline`, leaves `blocked`. */
  retryNow(): void {
    if (this.#states.is('waiting', 'offline')) this.#authorize();
    else if (this.#states.is('blocked')) this.connect();
  }

  /** Asks what is live for proof of life: a WebSocket by a ping, a poll by another one in its place. */
  probe(): void {
    if (!this.#states.is('live')) return;
    if (this.#beats) return this.#ping('suspect', this.#timers.probeMs);
    this.#upgrades.reset();
    this.#upgrade((leader) => leader.link.send(''));
  }

  #begin(): void {
    if (this.#host.online()) this.#authorize();
    else this.#enter('offline');
  }

  #authorize = (): void => {
    this.#enter('authorizing');
    if (this.#states.is('authorizing'))
      this.#states.step(
        () => this.#options.authorize(this.#expiries > 0),
        (token) => {
          this.#bench = [...this.#options.transports];
          this.#join(token);
        },
        (error) => (error.retryable ? this.#lost(error) : this.#block(error)),
      );
  };

  /** Sends the next transport into the race; the round is lost when all have failed. */
  #join(token = this.#token): void {
    this.#token = token;
    const next = this.#bench.shift();
    if (next) this.#open(next, token);
    const { transports, remembered } = this.#options;
    const equal = this.#upgrades.lesser || remembered?.() === transports[1]?.name;
    const joining = this.#bench.length > 0 && (() => this.#join());
    if (!this.#links.count) this.#lost();
    else this.#enter('opening', joining, equal ? 0 : this.#timers.headStartMs);
  }

  #open(transport: Transport, token: string): void {
    const endpoint = this.#options.endpoint(transport.name, token);
    this.#links.open(transport, endpoint, {
      onFrame: (attempt, frame) => this.#take(attempt, frame),
      onGarbage: (attempt) => {
        this.#heard(attempt);
        this.#events.emit('garbage');
      },
      onHeard: (attempt) => this.#heard(attempt),
      onClose: (attempt) => this.#gone(attempt),
    });
  }

  /** Listeners may end the link at every turn; nothing is told of it from then on. */
  #take(attempt: Attempt, frame: Frame): void {
    const verdict = this.#options.judge(frame);
    if (verdict.kind === 'error') return this.#refused(attempt, verdict);
    this.#heard(attempt);
    const isFirst = !attempt.greeting && verdict.kind === 'greeting';
    if (isFirst) this.#greeted(attempt, frame);
    if (attempt.greeting && this.#links.has(attempt)) this.#events.emit('frame', frame);
    if (isFirst && this.#links.has(attempt)) this.#sync(attempt);
  }

  /** The first to be greeted leads. One that follows is better, since the lesser ones end here. */
  #greeted(attempt: Attempt, greeting: Frame): void {
    const leader = this.#links.leader;
    this.#expiries = this.#unsynced = 0;
    this.#error = undefined;
    this.#links.greet(attempt, greeting);
    const isBest = this.#isBest(attempt);
    this.#upgrades.greeted(isBest);
    if (isBest) this.#options.remember?.(attempt.name);
    this.#retry.greeted();
    if (!leader) this.#enter('syncing');
  }

  /** Makes the owner right on this link; a leader that it challenged ends only after that. */
  #sync(attempt: Attempt): void {
    this.#states.step(
      () => this.#options.sync(attempt.greeting as Frame),
      () => {
        this.#links.endLesser(attempt);
        if (!this.#isBest(attempt)) this.#upgrades.plan();
        this.#live();
      },
      (error) => {
        // An answer, if not the one we need, shows that the way is there: no reason to give up the link.
        const answered =
          this.#states.is('syncing') && error.retryable && !/^(network|timeout|conn)/.test(error.code);
        if (!answered) return this.#gone(attempt, error);
        const waitMs = error.retryAfterMs ?? backoffMs(++this.#unsynced, this.#host, this.#timers.maxRetryMs);
        this.#enter('syncing', () => this.#sync(attempt), waitMs);
      },
    );
  }

  #isBest({ name }: Attempt): boolean {
    return name === this.#options.transports[0]?.name;
  }

  /** A poll proves itself by being answered; only a socket can be silent and dead. */
  get #beats(): boolean {
    return this.#links.leader?.name === 'websocket';
  }

  #live(): void {
    const { pingMs, replyMs, hiddenReplyMs } = this.#timers;
    const ping = () => this.#ping('live', this.#host.visible() ? replyMs : hiddenReplyMs);
    if (this.#beats) this.#enter('live', ping, pingMs);
    else this.#enter('live', this.#upgrade, this.#upgrades.inMs);
  }

  #heard(attempt: Attempt): void {
    if (attempt === this.#links.leader && this.#states.is('live', 'suspect')) this.#live();
  }

  /** Silence after it is the end; in a hidden tab, whose timers prove little, only after another try. */
  #ping(state: ConnectionState, limitMs: number): void {
    const silent = () => (this.#host.visible() || this.#states.is('suspect') ? this.#lost() : this.probe());
    this.#enter(state, silent, limitMs);
    this.#links.leader?.link.send(this.#options.ping());
  }

  /** The machine slept while it was live: the link is as good as its next answer. */
  #woke(): void {
    if (this.#beats) return this.#ping('suspect', this.#timers.probeMs);
    this.#upgrade((leader) => {
      leader.link.send('');
      this.#sync(leader);
    });
  }

  /** Tries the best transport beside the lesser one that is live, unless that is under way; with a good token. */
  #upgrade = (first?: (leader: Attempt) => void): void => {
    const [best] = this.#options.transports;
    const { leader, count } = this.#links;
    this.#upgrades.plan();
    this.#live();
    if (!best || !leader || count > 1) return;
    this.#states.step(
      () => this.#options.authorize(false),
      (token) => {
        first?.(leader);
        this.#open(best, token);
      },
      () => undefined, // the next try asks again
    );
  };

  #signal = (signal: PageSignal): void => {
    const meaning = meaningOf(signal, this.change.state);
    if (meaning === 'begin') this.#begin();
    else if (meaning === 'hurry') {
      // A server that told us when to come back means it. Others we spread, so that a place does not come at once.
      if (!this.#error?.retryAfterMs) this.#enter('waiting', this.#authorize, this.#host.random() * 300);
    } else if (meaning === 'doubt') this.probe();
    else if (meaning) this.#enter(meaning);
  };

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
    const leader = this.#links.leader;
    this.#links.end([attempt]);
    if (leader && leader !== attempt) {
      // HTTP works here while this does not: only that proves anything about the place.
      if (!error && !attempt.greeting) this.#options.remember?.(leader.name);
      if (attempt.greeting) this.#sync(leader); // it was about to take over
    } else if (this.#links.leader)
      this.#enter('syncing'); // it is being synced already
    // With an error the server has spoken: no other transport would hear better.
    else if (leader || error) this.#lost(error);
    else this.#join();
  }

  #lost(error = asChatError()): void {
    this.#error = error;
    this.#enter('waiting', this.#authorize, error.retryAfterMs ?? this.#retry.lostMs());
  }

  #block(error: ChatError): void {
    this.#error = error;
    this.#enter('blocked');
  }

  /** As `States.enter`; a state without links ends them all. Last in every step, since listeners may call back. */
  #enter(state: ConnectionState, run?: false | (() => void), ms = 0): void {
    if (!LINKED.includes(state)) this.#links.end();
    this.#states.enter(state, { transport: this.#links.leader?.name, error: this.#error, run, ms });
  }
}
