import type { ChatError } from '../errors.js';
import type { Host } from './host.js';
import { asChatError, LINKED } from './options.js';
import type { ConnectionState, StateChange } from './options.js';

/** A timer this late was asleep with its machine: what it was to prove is not proved. */
const LATE_MS = 5_000;

interface Entry extends Pick<StateChange, 'transport' | 'error'> {
  /** What the state's timer does after `ms`; none when missing. */
  run?: false | undefined | (() => void);
  ms: number;
}

/** The one state of a connection, its one timer, and the generation of what is under way in it. */
export class States {
  change: StateChange = { state: 'idle', previous: 'idle' };
  #host: Host;
  #woke: () => void;
  #tell: (change: StateChange) => void;
  #timer: unknown;
  #generation = 0;

  /**
   * @param woke - Runs in the place of a timer of `live` or `suspect` that was asleep.
   * @param tell - Runs after every change. It may change the state again.
   */
  constructor(host: Host, woke: () => void, tell: (change: StateChange) => void) {
    this.#host = host;
    this.#woke = woke;
    this.#tell = tell;
  }

  is(...states: ConnectionState[]): boolean {
    return states.includes(this.change.state);
  }

  /** Goes on with the outcome of `run`, unless another step or a state without links has come between. */
  step<T>(run: () => Promise<T>, done: (value: T) => void, failed: (error: ChatError) => void): void {
    const generation = ++this.#generation;
    run().then(
      (value) => generation === this.#generation && done(value),
      (cause: unknown) => generation === this.#generation && failed(asChatError(cause)),
    );
  }

  /** Replaces state and timer; the same state again is told only with another transport or end. */
  enter(state: ConnectionState, { transport, error, run, ms }: Entry): void {
    const { state: previous, transport: carried } = this.change;
    if (!LINKED.includes(state)) this.#generation++;
    this.#host.clearTimeout(this.#timer);
    this.#timer = run && this.#start(run, ms);
    const retryAt = state === 'waiting' ? this.#host.now() + ms : undefined;
    if (state === previous && transport === carried && !retryAt) return;
    this.change = { state, previous, transport, retryAt, error };
    this.#tell(this.change);
  }

  /** In a hidden page timers are late without having slept. */
  #start(run: () => void, ms: number): unknown {
    const due = this.#host.now() + ms;
    return this.#host.setTimeout(() => {
      const slept = this.#host.visible() && this.#host.now() - due > LATE_MS;
      if (slept && /live|suspect/.test(this.change.state)) this.#woke();
      else run();
    }, ms);
  }
}
