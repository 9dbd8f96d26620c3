import type { Host } from './host.js';
import type { Endpoint, Frame, Link, Transport } from './transport.js';

export interface AttemptHandlers {
  frame(attempt: Attempt, frame: Frame): void;
  garbage(attempt: Attempt): void;
  heard(attempt: Attempt): void;
  /** Closed by the peer, failed, or not greeted in time. */
  gone(attempt: Attempt): void;
}

/** One link, from its opening to its end, with the limit to its greeting. */
export class Attempt {
  readonly transport: Transport;
  #host: Host;
  #link: Link;
  #limit: unknown;
  #greeting: Frame | undefined;

  constructor(host: Host, transport: Transport, endpoint: Endpoint, limitMs: number, on: AttemptHandlers) {
    this.#host = host;
    this.transport = transport;
    this.#limit = host.setTimeout(() => on.gone(this), limitMs);
    this.#link = transport.open(endpoint, {
      onFrame: (frame) => on.frame(this, frame),
      onGarbage: () => on.garbage(this),
      onHeard: () => on.heard(this),
      onClose: () => on.gone(this),
    });
  }

  /** The first frame that proved the link to work; undefined before it. */
  get greeting(): Frame | undefined {
    return this.#greeting;
  }

  set greeting(frame: Frame | undefined) {
    this.#host.clearTimeout(this.#limit);
    this.#greeting = frame;
  }

  send(text: string): void {
    this.#link.send(text);
  }

  close(): void {
    this.#host.clearTimeout(this.#limit);
    this.#link.close();
  }
}
