import { WebSocket } from 'ws';
import type { Host } from '../../src/transport/host.js';

/** As much of XMLHttpRequest as polling takes, over Node's fetch: Node has none. */
class NodeRequest {
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  ontimeout: (() => void) | null = null;
  responseType = '';
  timeout = 0;
  status = 0;
  response: unknown = null;
  #request: [method: string, url: string] = ['GET', ''];
  #headers: Record<string, string> = {};
  #aborter = new AbortController();
  #isLost: (answer: unknown) => boolean;

  constructor(isLost: (answer: unknown) => boolean) {
    this.#isLost = isLost;
  }

  open(method: string, url: string): void {
    this.#request = [method, url];
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  send(): void {
    void this.#send();
  }

  abort(): void {
    this.#aborter.abort();
  }

  async #send(): Promise<void> {
    const [method, url] = this.#request;
    const limit = AbortSignal.timeout(this.timeout);
    const signal = AbortSignal.any([this.#aborter.signal, limit]);
    try {
      const response = await fetch(url, { method, headers: this.#headers, signal });
      this.status = response.status;
      this.response = await response.json().catch(() => null);
      if (this.#isLost(this.response)) throw new TypeError('lost on the way');
      this.onload?.();
    } catch {
      if (limit.aborted) this.ontimeout?.();
      else if (!this.#aborter.signal.aborted) this.onerror?.();
    }
  }
}

/**
 * What Node lacks of a browser's network, or a network in which no WebSocket opens.
 *
 * @param isLost - Which answers to polls do not arrive. Default: all do.
 */
export function nodeHost(
  transport: 'websocket' | 'longpoll',
  isLost: (answer: unknown) => boolean = () => false,
): Partial<Host> {
  class Request extends NodeRequest {
    constructor() {
      super(isLost);
    }
  }
  return {
    WebSocket: transport === 'websocket' ? (WebSocket as unknown as Host['WebSocket']) : undefined,
    XMLHttpRequest: Request as unknown as Host['XMLHttpRequest'],
  };
}
