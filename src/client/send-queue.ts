import type { ChatError } from '../errors.js';
import type { Host } from '../transport/host.js';

/** Server errors (HTTP 5xx) after which a message counts as failed; the network is retried for ever. */
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
 * Sends one thing at a time, in order. What the network lost is tried again, with the same id, after a
 * wait or as soon as `wake` says the way is free; a refusal fails that one alone and the next goes on.
 */
export class SendQueue {
  #host: Host;
  #jobs: Job[] = [];
  #pauses = 0;
  /** Ends the wait before another try: the way is free again. */
  wake: () => void = () => undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Settles when `run` has gone through, or rejects with the refusal. */
  add(run: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#jobs.push({ run, resolve, reject }) === 1) void this.#work();
    });
  }

  /** Gives up everything that waits. What is on its way at this moment may still arrive. */
  clear(error: ChatError): void {
    for (const { reject } of this.#jobs.splice(0)) reject(error);
    this.wake();
  }

  async #work(): Promise<void> {
    let tries = 0;
    for (let job = this.#jobs[0]; job; job = this.#jobs[0]) {
      try {
        await job.run();
        job.resolve();
      } catch (reason) {
        const error = reason as ChatError;
        if (error.retryable && (error.code !== 'server-error' || ++tries < SERVER_TRIES)) {
          await this.#pause(error.retryAfterMs);
          continue;
        }
        job.reject(error);
      }
      tries = this.#pauses = 0;
      if (this.#jobs[0] === job) this.#jobs.shift(); // unless cleared meanwhile
    }
  }

  async #pause(ms = this.#backoff()): Promise<void> {
    let timer: unknown;
    await new Promise<void>((over) => {
      this.wake = over;
      timer = this.#host.setTimeout(over, ms);
    });
    this.#host.clearTimeout(timer);
  }

  #backoff(): number {
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** ++this.#pauses);
    return BACKOFF_MIN_MS + this.#host.random() * (ceiling - BACKOFF_MIN_MS);
  }
}
