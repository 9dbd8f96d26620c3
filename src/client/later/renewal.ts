import type { ChatClient } from '../client.js';

/** After a renewal ahead that failed, and the longest that this grows to; the token is still good at first. */
const RETRY_MS = 5_000;
const MAX_RETRY_MS = 60_000;
/** The longest that timers can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Renews the user's token before it expires, so that nothing has to wait for it. */
export class Renewal {
  #client: ChatClient;
  #timer: unknown;
  /** In a row. */
  #failures = 0;
  #ended = false;

  constructor(client: ChatClient) {
    this.#client = client;
  }

  /** From now on; to be called again whenever the server's clock is known better. */
  plan(): void {
    const leftMs = this.#client.login.tokens.leftMs();
    this.#client.host.clearTimeout(this.#timer);
    if (leftMs < Infinity) this.#wait(leftMs);
  }

  end(): void {
    this.#ended = true;
    this.#client.host.clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    const { host, login } = this.#client;
    const again = (): void => {
      this.#failures = 0;
      if (!this.#ended) this.plan();
    };
    const later = (): void => {
      const ms = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** this.#failures++);
      if (!this.#ended) this.#wait(ms * (1 + host.random()));
    };
    const { tokens } = login;
    const due = () => void tokens.get(tokens.leftMs() <= 0).then(again, later); // perhaps it is not time yet
    this.#timer = host.setTimeout(due, Math.min(Math.max(0, ms), MAX_TIMER_MS));
  }
}
