import type { Endpoint, Frame, Link, LinkHandlers, Transport } from '../transport/transport.js';

/** What a link has told so far, to be told again. */
type Told = (handlers: LinkHandlers) => void;

/**
 * The first link of a session, opened while what keeps a connection is still being fetched. It remembers what
 * comes, until `transport` hands it over.
 */
export class EarlyLink {
  #link: Link;
  #told: Told[] = [];
  #handlers: LinkHandlers | undefined;
  /** It failed, or was lost. */
  closed = false;

  /** @param onFrame - Sees every frame before it is handed over. */
  constructor(transport: Transport, endpoint: Endpoint, onFrame: (frame: Frame) => void) {
    const tell = (told: Told) => void (this.#handlers ? told(this.#handlers) : this.#told.push(told));
    this.#link = transport.open(endpoint, {
      onFrame(frame) {
        tell((handlers) => handlers.onFrame(frame));
        onFrame(frame);
      },
      onGarbage: () => tell((handlers) => handlers.onGarbage()),
      onHeard: () => tell((handlers) => handlers.onHeard()),
      onClose: () => {
        this.closed = true;
        tell((handlers) => handlers.onClose());
      },
    });
  }

  close(): void {
    this.#link.close();
  }

  /** `inner`, whose first link is this one. */
  transport(inner: Transport): Transport {
    let given = false;
    return {
      name: inner.name,
      open: (endpoint, handlers) => {
        if (given) return inner.open(endpoint, handlers);
        given = true;
        return this.#adopted(handlers);
      },
    };
  }

  #adopted(handlers: LinkHandlers): Link {
    let closed = false;
    // Not at once: callers have no link yet. What comes until then takes its place behind the rest.
    queueMicrotask(() => {
      for (let told = this.#told.shift(); told && !closed; told = this.#told.shift()) told(handlers);
      if (!closed) this.#handlers = handlers;
    });
    return {
      send: (text) => this.#link.send(text),
      close: () => {
        closed = true;
        this.#link.close();
      },
    };
  }
}
