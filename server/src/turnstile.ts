import { ApiError } from './errors.js';

/** Of connections that are greeted at once: each reads and writes the store several times. */
const AT_ONCE = 8;
/** Of those that wait for their turn. What is more is refused early, so that nobody waits for nothing. */
const WAITING = 5000;

/** Lets so many connections in at once that a storm of them does not drown the requests of those who are here. */
export class Turnstile {
  #inside = 0;
  #queue: (() => void)[] = [];
  #atOnce: number;
  #waiting: number;

  constructor(atOnce = AT_ONCE, waiting = WAITING) {
    this.#atOnce = atOnce;
    this.#waiting = waiting;
  }

  /** @throws {ApiError} 9 when too many wait already; clients try again later, each after a time of its own. */
  async pass<T>(task: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#atOnce) {
      if (this.#queue.length >= this.#waiting)
        throw new ApiError(9, 'Too many connect at once. Try again in a few seconds.');
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else this.#inside++;
    try {
      return await task();
    } finally {
      const next = this.#queue.shift();
      // The place goes to the next one without being free in between.
      if (next) next();
      else this.#inside--;
    }
  }
}
