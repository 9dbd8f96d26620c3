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
      this.onload?.();
    } catch {
      if (limit.aborted) this.ontimeout?.();
      else if (!this.#aborter.signal.aborted) this.onerror?.();
    }
  }
}

/** What Node lacks of a browser's network, or a network in which no WebSocket opens. */
export function nodeHost(transport: 'websocket' | 'longpoll'): Partial<Host> {
  return {
    WebSocket: transport === 'websocket' ? (WebSocket as unknown as Host['WebSocket']) : undefined,
    XMLHttpRequest: NodeRequest as unknown as Host['XMLHttpRequest'],
  };
}
