import type {
  Endpoint,
  Frame,
  Link,
  LinkHandlers,
  Transport,
  TransportName,
} from '../../src/transport/transport.js';

/** A transport whose links do what the test says. */
export class FakeTransport implements Transport {
  readonly name: TransportName;
  readonly links: FakeLink[] = [];

  constructor(name: TransportName) {
    this.name = name;
  }

  open(endpoint: Endpoint, handlers: LinkHandlers): Link {
    const link = new FakeLink(endpoint, handlers);
    this.links.push(link);
    return link;
  }

  get last(): FakeLink {
    const link = this.links.at(-1);
    if (!link) throw new Error(`No ${this.name} link was opened.`);
    return link;
  }

  get openLinks(): number {
    return this.links.filter((link) => !link.closed).length;
  }
}

/** One link of a `FakeTransport`, silent once it is closed, as the interface promises. */
export class FakeLink implements Link {
  readonly endpoint: Endpoint;
  readonly sent: string[] = [];
  closed = false;
  #handlers: LinkHandlers;

  constructor(endpoint: Endpoint, handlers: LinkHandlers) {
    this.endpoint = endpoint;
    this.#handlers = handlers;
  }

  send(text: string): void {
    if (!this.closed) this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  /** The peer sends a frame. */
  frame(frame: Frame): void {
    if (!this.closed) this.#handlers.onFrame(frame);
  }

  /** The peer sends something that is no frame. */
  garbage(): void {
    if (!this.closed) this.#handlers.onGarbage();
  }

  /** The peer answers without a frame. */
  heard(): void {
    if (!this.closed) this.#handlers.onHeard();
  }

  /** Refused, failed or lost. */
  fail(): void {
    if (this.closed) return;
    this.closed = true;
    this.#handlers.onClose();
  }
}
