import type { Host } from '../../src/transport/host.js';

/** One socket as the code under test sees it, with the peer's side in the test's hand. */
export class FakeSocket {
  readyState = 0;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: string[] = [];
  closeCode: number | undefined;
  readonly url: string;
  readonly protocols: unknown;

  constructor(url: string, protocols?: unknown) {
    this.url = url;
    this.protocols = protocols;
  }

  send(text: string): void {
    if (this.readyState === 0) throw new DOMException('still connecting', 'InvalidStateError');
    this.sent.push(text);
  }

  close(code?: number): void {
    this.closeCode = code;
    this.readyState = 2;
  }

  open(): void {
    this.readyState = 1;
  }

  /** Delivers a frame; anything but a string counts as binary. */
  message(data: unknown): void {
    this.onmessage?.({ data });
  }

  /** What a browser does when a connection breaks: both events, in this order. */
  break(): void {
    this.readyState = 3;
    this.onerror?.();
    this.onclose?.();
  }
}

/** A `WebSocket` constructor that keeps its sockets, or throws `refusal` as under a strict page policy. */
export function fakeWebSocket(refusal?: Error): { WebSocket: Host['WebSocket']; sockets: FakeSocket[] } {
  const sockets: FakeSocket[] = [];
  class Recorded extends FakeSocket {
    constructor(url: string, protocols?: unknown) {
      super(url, protocols);
      if (refusal) throw refusal;
      sockets.push(this);
    }
  }
  return { WebSocket: Recorded as unknown as typeof WebSocket, sockets };
}
