import { ChatError } from '../errors.js';
import type { Host } from '../transport/host.js';

/** Server errors (HTTP 5xx) after which a message counts as failed; the network is retried for ever. */
const SERVER_TRIES = 3;
const BACKOFF_MIN_MS = 1000;
const BACKOFF_MAX_MS = 30_000;

interface Job {
  run: () => Promise<void>;
  resolve: () => void;
  reject: (error: ChatError) => void;
  tries: number;
}

/**
 * Sends one thing at a time, in order. What the network lost is tried again, with the same id, after a
 * wait or as soon as `wake` says the way is free; a refusal fails that one alone and the next goes on.
 */
export class SendQueue {
  #host: Host;
  #jobs: Job[] = [];
  #running = false;
  #timer: unknown;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Settles when `run` has gone through, or rejects with the refusal. */
  add(run: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ run, resolve, reject, tries: 0 });
      void this.#next();
    });
  }

  /** The way is free again: do not wait out the backoff. */
  wake(): void {
    void this.#next();
  }

  /** Gives up everything that waits. What is on its way at this moment may still arrive. */
  clear(error: ChatError): void {
    this.#host.clearTimeout(this.#timer);
    for (const job of this.#jobs.splice(0)) job.reject(error);
  }

  async #next(): Promise<void> {
    const job = this.#jobs[0];
    if (!job || this.#running) return;
    this.#host.clearTimeout(this.#timer);
    this.#running = true;
    let failure: ChatError | undefined;
    try {
      await job.run();
    } catch (error) {
      failure =
        error instanceof ChatError ? error : new ChatError('network', 'Sending failed.', { cause: error });
    }
    this.#running = false;
    if (this.#jobs[0] !== job) return void this.#next(); // cleared meanwhile
    if (failure && this.#again(job, failure)) return;
    this.#jobs.shift();
    if (failure) job.reject(failure);
    else job.resolve();
    void this.#next();
  }

  #again(job: Job, failure: ChatError): boolean {
    job.tries++;
    if (!failure.retryable || (failure.code === 'server-error' && job.tries >= SERVER_TRIES)) return false;
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** job.tries);
    const wait = failure.retryAfterMs ?? BACKOFF_MIN_MS + this.#host.random() * (ceiling - BACKOFF_MIN_MS);
    this.#timer = this.#host.setTimeout(() => void this.#next(), wait);
    return true;
  }
}
