import type { Host } from '../../transport/host.js';

/** Without a new start for this long, another's typing is over: their stop was lost. */
const EXPIRY_MS = 5000;

/** Ends the typing of others when their stop never comes. */
export class TypingExpiry {
  #host: Host;
  #expire: (userId: string) => void;
  #timers = new Map<string, unknown>();

  constructor(host: Host, expire: (userId: string) => void) {
    this.#host = host;
    this.#expire = expire;
  }

  /** `userId` was seen typing just now. */
  extend(userId: string): void {
    this.end(userId);
    const over = () => {
      this.#timers.delete(userId);
      this.#expire(userId);
    };
    this.#timers.set(userId, this.#host.setTimeout(over, EXPIRY_MS));
  }

  end(userId: string): void {
    this.#host.clearTimeout(this.#timers.get(userId));
    this.#timers.delete(userId);
  }

  clear(): void {
    for (const userId of [...this.#timers.keys()]) this.end(userId);
  }
}
