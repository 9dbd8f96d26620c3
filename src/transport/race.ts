import type { Attempt } from './attempt.js';
import type { Frame, Transport } from './transport.js';

/** The links of one round: who is still to start, who runs, who leads, and who is about to take over. */
export class Race {
  #transports: readonly Transport[];
  #bench: Transport[] = [];
  #start: ((transport: Transport) => Attempt) | undefined;
  #attempts = new Set<Attempt>();
  #leader: Attempt | undefined;
  #challenger: Attempt | undefined;

  /** @param transports - Preferred first. */
  constructor(transports: readonly Transport[]) {
    this.#transports = transports;
  }

  /** The link in use: greeted first, or taken over since. */
  get leader(): Attempt | undefined {
    return this.#leader;
  }

  /** A better link that was greeted later and is being made ready to take over. */
  get challenger(): Attempt | undefined {
    return this.#challenger;
  }

  /** True while a transport has not been started in this round. */
  get hasMore(): boolean {
    return this.#bench.length > 0;
  }

  /** True while a link is open or on its way. */
  get isRunning(): boolean {
    return this.#attempts.size > 0;
  }

  has(attempt: Attempt): boolean {
    return this.#attempts.has(attempt);
  }

  /** Begins a new round; `start` is called for each transport when its turn has come. */
  reset(start: (transport: Transport) => Attempt): void {
    this.end();
    this.#bench = [...this.#transports];
    this.#start = start;
  }

  /** Starts the next transport, if one is left. */
  advance(): void {
    const transport = this.#bench.shift();
    if (transport && this.#start) this.#attempts.add(this.#start(transport));
  }

  /** The first to be greeted leads. One that follows is better, since the lesser ones end here. */
  greeted(attempt: Attempt, greeting: Frame): void {
    attempt.greeting = greeting;
    if (this.#leader) this.#challenger = attempt;
    else this.#leader = attempt;
    this.#outrun(attempt);
  }

  /** `attempt` is ready for use; a leader it challenged ends only now. */
  won(attempt: Attempt): void {
    this.#leader = attempt;
    this.#challenger = undefined;
    this.#outrun(attempt);
  }

  /** Ends one link. A challenger takes the place of its leader. */
  close(attempt: Attempt): void {
    this.#attempts.delete(attempt);
    if (attempt === this.#leader) this.#leader = this.#challenger;
    if (attempt === this.#challenger || this.#leader === this.#challenger) this.#challenger = undefined;
    attempt.close();
  }

  /** Ends every link and the round. */
  end(): void {
    this.#bench = [];
    this.#leader = this.#challenger = undefined;
    for (const attempt of this.#attempts) this.close(attempt);
  }

  #outrun(winner: Attempt): void {
    const rank = ({ transport }: Attempt) => this.#transports.indexOf(transport);
    for (const other of this.#attempts)
      if (other !== this.#leader && rank(other) > rank(winner)) this.close(other);
  }
}
