import type { ChatError } from '../../errors.js';
import type { Host } from '../../transport/host.js';

/** Answers with status 500 after which a message counts as failed: it may be the message that breaks the server. */
const SERVER_TRIES = 3;
const BACKOFF_MIN_MS = 1000;
const BACKOFF_MAX_MS = 30_000;

interface Job {
  /** Throws nothing but `ChatError`. */
  run: () => Promise<void>;
  resolve: () => void;
  reject: (error: ChatError) => void;
}

/**
 * Does one thing at a time, in order. What the network lost is tried again: after a wait while the connection is
 * live, else as soon as `wake` says that it is. What the server puts off waits as long as it says, never less.
 * A refusal fails that one alone and the next goes on.
 */
export class SendQueue {
  #host: Host;
  #live: () => boolean;
  #quietMs: () => number;
  #jobs: Job[] = [];
  #pauses = 0;
  /** Ends the pause, whatever it waits for. */
  #resume: () => void = () => undefined;
  /** The server said how long to wait. */
  #bidden = false;

  /** @param quietMs - For how long the server wants nothing from any queue. */
  constructor(host: Host, live: () => boolean, quietMs: () => number) {
    this.#host = host;
    this.#live = live;
    this.#quietMs = quietMs;
  }

  get empty(): boolean {
    return !this.#jobs.length;
  }

  /** Settles when `run` has gone through, or rejects with the refusal. */
  add(run: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#jobs.push({ run, resolve, reject }) === 1) void this.#work();
    });
  }

  /** The way is free again: tries now what the network lost. */
  wake(): void {
    if (!this.#bidden) this.#resume();
  }

  /** Gives up everything that waits. What is on its way at this moment may still arrive. */
  clear(error: ChatError): void {
    for (const { reject } of this.#jobs.splice(0)) reject(error);
    this.#resume();
  }

  async #work(): Promise<void> {
    let tries = 0;
    for (let job = this.#jobs[0]; job; job = this.#jobs[0]) {
      try {
        const quietMs = this.#quietMs();
        if (quietMs > 0 || !this.#live()) {
          await this.#pause(quietMs > 0 ? quietMs : undefined);
          continue; // it may be cleared meanwhile
        }
        await job.run();
        job.resolve();
      } catch (reason) {
        const error = reason as ChatError;
        if (mayPass(error) && (error.status !== 500 || ++tries < SERVER_TRIES)) {
          await this.#pause(error.retryAfterMs);
          continue;
        }
        job.reject(error);
      }
      tries = this.#pauses = 0;
      if (this.#jobs[0] === job) this.#jobs.shift(); // unless cleared meanwhile
    }
  }

  /** @param bidden - How long the server said to wait, in milliseconds. */
  async #pause(bidden?: number): Promise<void> {
    let timer: unknown;
    this.#bidden = bidden !== undefined;
    await new Promise<void>((over) => {
      this.#resume = over;
      if (this.#bidden || this.#live()) timer = this.#host.setTimeout(over, bidden ?? this.#backoff());
    });
    this.#bidden = false;
    this.#host.clearTimeout(timer);
  }

  #backoff(): number {
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** ++this.#pauses);
    return BACKOFF_MIN_MS + this.#host.random() * (ceiling - BACKOFF_MIN_MS);
  }
}

/** The same message may pass later: the way was lost, the server is busy, or the user is to sign in again. */
function mayPass({ retryable, code }: ChatError): boolean {
  return retryable || /^(cooldown|token|invalid-token|unknown-key)/.test(code);
}
