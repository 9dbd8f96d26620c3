import type { Host } from './host.js';
import type { Attempt } from './options.js';
import type { Endpoint, Frame, LinkHandlers, Transport } from './transport.js';

/** As `LinkHandlers`, but for many links: each call says of which. */
type Handlers = {
  [K in keyof LinkHandlers]: (attempt: Attempt, ...rest: Parameters<LinkHandlers[K]>) => void;
};

/** The links of one connection, on their way or greeted: a better transport stands before a lesser one. */
export class Links {
  #host: Host;
  #greetingMs: number;
  #attempts: Attempt[] = [];

  /** @param greetingMs - How long a link has until its greeting; then it counts as closed. */
  constructor(host: Host, greetingMs: number) {
    this.#host = host;
    this.#greetingMs = greetingMs;
  }

  get count(): number {
    return this.#attempts.length;
  }

  /** The link in use: the last one if greeted, since every better one is still on its way to take over. */
  get leader(): Attempt | undefined {
    const last = this.#attempts.at(-1);
    return last?.greeting && last;
  }

  has(attempt: Attempt): boolean {
    return this.#attempts.includes(attempt);
  }

  /** Opens one more. Beside a leader it is a better one, else a lesser one than those on their way. */
  open(transport: Transport, endpoint: Endpoint, on: Handlers): void {
    const attempt: Attempt = {
      name: transport.name,
      limit: this.#host.setTimeout(() => on.onClose(attempt), this.#greetingMs),
      link: transport.open(endpoint, {
        onFrame: (frame) => on.onFrame(attempt, frame),
        onGarbage: () => on.onGarbage(attempt),
        onHeard: () => on.onHeard(attempt),
        onClose: () => on.onClose(attempt),
      }),
    };
    if (this.leader) this.#attempts.unshift(attempt);
    else this.#attempts.push(attempt);
  }

  /** The link works. Lesser ones end, but for the one in use. */
  greet(attempt: Attempt, greeting: Frame): void {
    const { leader } = this;
    attempt.greeting = greeting;
    this.#host.clearTimeout(attempt.limit);
    this.end(this.#lesser(attempt).filter((other) => other !== leader));
  }

  /** Nothing but this link, and the better ones, from now on. */
  endLesser(attempt: Attempt): void {
    this.end(this.#lesser(attempt));
  }

  end(ended: Attempt[] = this.#attempts): void {
    this.#attempts = this.#attempts.filter((attempt) => !ended.includes(attempt));
    for (const { limit, link } of ended) {
      this.#host.clearTimeout(limit);
      link.close();
    }
  }

  #lesser(attempt: Attempt): Attempt[] {
    return this.#attempts.slice(this.#attempts.indexOf(attempt) + 1);
  }
}
