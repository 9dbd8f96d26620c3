import { asFrame, deliver } from './frame.js';
import type { Host } from './host.js';
import type { Endpoint, Link, LinkHandlers, Transport } from './transport.js';

/** Frames out of held GET requests (protocol.md §3), one at a time. Nothing goes up: `send` does nothing. */
export function longPollTransport(host: Host): Transport {
  return { name: 'longpoll', open: (endpoint, handlers) => new LongPollLink(host, endpoint, handlers) };
}

class LongPollLink implements Link {
  #host: Host;
  #endpoint: Endpoint;
  #handlers: LinkHandlers;
  #request: XMLHttpRequest | undefined;
  /** Undefined before the greeting, and when the server need not be told of the end. */
  #connectionId: unknown;
  /** Two polls in a row may not fail: one may be bad luck (F15). Before the greeting not one may. */
  #failures = 1;
  /** The number of the last batch that arrived, where the server counts them. */
  #ack: unknown = 0;
  /** Timers of the handler calls to come, one call per task and in order. */
  #tasks = new Set<unknown>();

  constructor(host: Host, endpoint: Endpoint, handlers: LinkHandlers) {
    this.#host = host;
    this.#endpoint = endpoint;
    this.#handlers = handlers;
    this.#get(8_000); // reliability.md §4
  }

  send(): void {
    // Commands are HTTP requests of their own.
  }

  close(): void {
    this.#end();
    // Best effort, so that the server need not wait until it misses our polls; nobody waits for the answer.
    if (this.#connectionId) this.#get(2_000, 'close');
    this.#connectionId = undefined;
  }

  /**
   * One request. Every poll has the same address, for which browsers keep the answer to a CORS preflight; but
   * for one after a failure, which says what had arrived: a server that counts then repeats what was lost.
   *
   * @param timeoutMs - Of a poll, which the server answers within 20 s even if idle, under middleboxes' 30 s.
   */
  #get(timeoutMs = 27_000, close?: 'close'): void {
    try {
      const { url, headers } = this.#endpoint;
      const address = new URL(url);
      const { searchParams } = address;
      if (this.#connectionId) {
        searchParams.delete('json');
        searchParams.set('connection_id', this.#connectionId as string);
        if (this.#failures) searchParams.set('ack', String(this.#ack));
      }
      if (close) searchParams.set(close, 'true');
      const request = new (this.#host.XMLHttpRequest as typeof XMLHttpRequest)();
      request.open('GET', address.href);
      request.responseType = 'json';
      request.timeout = timeoutMs;
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      if (!close) {
        this.#request = request;
        request.onload = () => this.#answered(request);
        request.onerror = request.ontimeout = () => this.#failed();
      }
      request.send();
    } catch {
      if (!close) this.#finish();
    }
  }

  #answered({ status, response }: XMLHttpRequest): void {
    const body = asFrame(response);
    if (body && status >= 300) {
      this.#deliver({ error: body });
      return this.#finish();
    }
    const { event, events = event && [event], ack = this.#ack } = body ?? {};
    this.#connectionId ??= asFrame(event)?.['connection_id'];
    if (!this.#connectionId || !Array.isArray(events)) {
      this.#deliver(undefined);
      return this.#failed();
    }
    this.#failures = 0;
    this.#ack = ack;
    for (const one of events) this.#deliver(one);
    if (!events.length) this.#later(() => this.#handlers.onHeard());
    this.#get();
  }

  #failed(): void {
    if (++this.#failures > 1) this.#finish();
    else this.#get();
  }

  #deliver(value: unknown): void {
    this.#later(() => deliver(this.#handlers, asFrame(value)));
  }

  /** Ends it from this side of the wire: after what is still to be delivered, and with nothing to tell the server. */
  #finish(): void {
    this.#connectionId = undefined;
    this.#later(() => {
      this.#end();
      this.#handlers.onClose();
    });
  }

  /** All at once instead of one after another: hidden tabs slow down timers that set timers. */
  #later(run: () => void): void {
    const task = this.#host.setTimeout(() => {
      this.#tasks.delete(task);
      run();
    }, 0);
    this.#tasks.add(task);
  }

  #end(): void {
    this.#request?.abort();
    for (const task of this.#tasks) this.#host.clearTimeout(task);
    this.#tasks.clear();
  }
}
