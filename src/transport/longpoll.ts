import { asFrame } from './frame.js';
import type { Host } from './host.js';
import type { Endpoint, Frame, Link, LinkHandlers, Transport } from './transport.js';

/** In milliseconds (protocol.md §3, reliability.md §4). */
export interface LongPollOptions {
  /** For the connecting request; default 8000. */
  connectMs?: number;
  /** For one poll, which the server answers within 20 s even if idle; default 27000, under middleboxes' 30 s. */
  pollMs?: number;
  /** For the closing request, which nobody waits for; default 2000. */
  closeMs?: number;
}

/** So many polls in a row may fail before the link counts as lost: one may be bad luck (F15). */
const MAX_FAILURES = 2;

/** Frames out of held GET requests (protocol.md §3), one at a time. Nothing goes up: `send` does nothing. */
export function longPollTransport(host: Host, options: LongPollOptions = {}): Transport {
  return {
    name: 'longpoll',
    open(endpoint, handlers) {
      const link = new LongPollLink(host, options, endpoint, handlers);
      link.connect();
      return link;
    },
  };
}

class LongPollLink implements Link {
  #host: Host;
  #options: LongPollOptions;
  #endpoint: Endpoint;
  #handlers: LinkHandlers;
  #request: XMLHttpRequest | undefined;
  #connectionId: string | undefined;
  #failures = 0;
  #closed = false;
  /** Timers of the handler calls to come, one call per task and in order. */
  #tasks = new Set<unknown>();

  constructor(host: Host, options: LongPollOptions, endpoint: Endpoint, handlers: LinkHandlers) {
    this.#host = host;
    this.#options = options;
    this.#endpoint = endpoint;
    this.#handlers = handlers;
  }

  connect(): void {
    this.#get(this.#endpoint.url, this.#options.connectMs ?? 8_000, (body) => {
      const event = asFrame(body?.['event']);
      const id = event?.['connection_id'];
      if (!event || typeof id !== 'string') return this.#failed(true);
      this.#connectionId = id;
      this.#deliver(event);
      this.#poll();
    });
  }

  send(): void {
    // Commands are HTTP requests of their own.
  }

  close(): void {
    if (this.#closed) return;
    this.#end();
    // Best effort, so that the server need not wait until it misses our polls.
    if (this.#connectionId !== undefined)
      this.#get(this.#pollURL('close'), this.#options.closeMs ?? 2_000, () => {});
  }

  #poll(): void {
    this.#get(this.#pollURL(), this.#options.pollMs ?? 27_000, (body) => {
      const events = body?.['events'];
      if (!Array.isArray(events)) return this.#failed(true);
      this.#failures = 0;
      if (!events.length) this.#later(() => this.#handlers.onHeard());
      for (const event of events) this.#deliver(asFrame(event));
      this.#poll();
    });
  }

  /** The same address for every poll: browsers keep the answer to its CORS preflight. */
  #pollURL(close?: 'close'): string {
    const url = new URL(this.#endpoint.url);
    url.searchParams.delete('json');
    url.searchParams.set('connection_id', this.#connectionId ?? '');
    if (close) url.searchParams.set('close', 'true');
    return url.href;
  }

  /** One request; `answered` gets the body of a 2xx, undefined when that is no JSON object. */
  #get(url: string, timeoutMs: number, answered: (body: Frame | undefined) => void): void {
    try {
      if (!this.#host.XMLHttpRequest) throw new Error('no XMLHttpRequest here');
      const request = new this.#host.XMLHttpRequest();
      this.#request = request;
      request.open('GET', url);
      request.responseType = 'json';
      request.timeout = timeoutMs;
      for (const [name, value] of Object.entries(this.#endpoint.headers))
        request.setRequestHeader(name, value);
      request.onload = () => {
        if (this.#closed) return;
        const body = asFrame(request.response);
        if (request.status >= 200 && request.status < 300) answered(body);
        else if (!body) this.#failed(true);
        else {
          this.#deliver({ error: body });
          this.#finish();
        }
      };
      request.onerror = request.ontimeout = () => {
        if (!this.#closed) this.#failed(false);
      };
      request.send();
    } catch {
      this.#finish();
    }
  }

  #failed(garbage: boolean): void {
    if (garbage) this.#deliver(undefined);
    if (this.#connectionId === undefined || ++this.#failures >= MAX_FAILURES) this.#finish();
    else this.#poll();
  }

  #deliver(frame: Frame | undefined): void {
    this.#later(() => (frame ? this.#handlers.onFrame(frame) : this.#handlers.onGarbage()));
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
    this.#closed = true;
    this.#request?.abort();
    for (const task of this.#tasks) this.#host.clearTimeout(task);
    this.#tasks.clear();
  }
}
