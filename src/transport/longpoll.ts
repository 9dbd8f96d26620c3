import { asFrame, deliver } from './frame.js';
import type { Host } from './host.js';
import { retryAfter } from './http.js';
import type { Endpoint, Link, LinkHandlers, Transport } from './transport.js';

/** Frames out of held GET requests (protocol.md §3), one at a time. Nothing goes up: `send` only asks anew. */
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
  #closed = false;

  constructor(host: Host, endpoint: Endpoint, handlers: LinkHandlers) {
    this.#host = host;
    this.#endpoint = endpoint;
    this.#handlers = handlers;
    this.#get(8_000); // reliability.md §4
  }

  /** Doubts the request that is held: it may have died unnoticed while the machine slept. */
  send(): void {
    this.#request?.abort();
    this.#failures = 1;
    this.#get();
  }

  close(): void {
    this.#closed = true;
    this.#request?.abort();
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
      for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
      if (!close) {
        this.#request = request;
        request.onload = () => this.#answered(request);
        request.onerror = request.ontimeout = () => this.#failed();
      }
      request.send();
    } catch {
      if (!close) this.#host.setTimeout(() => this.#finish(), 0); // callers have no link yet
    }
  }

  #answered(request: XMLHttpRequest): void {
    const { status } = request;
    const body = asFrame(request.response);
    if (body && status >= 300) {
      const headers = { get: (name: string) => request.getResponseHeader(name) };
      this.#deliver({ error: body, retryAfterMs: retryAfter(status, headers, this.#host.now()) });
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
    this.#get();
    for (const one of events) this.#deliver(one);
    if (!events.length) this.#handlers.onHeard();
  }

  #failed(): void {
    if (++this.#failures > 1) this.#finish();
    else this.#get();
  }

  /** Not in tasks of their own: hidden tabs start those late. */
  #deliver(value: unknown): void {
    if (!this.#closed) deliver(this.#handlers, asFrame(value));
  }

  /** Ends it from this side of the wire, with nothing to tell the server. */
  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connectionId = undefined;
    this.#request?.abort();
    this.#handlers.onClose();
  }
}
