import type { Host } from '../../src/transport/host.js';

/** One request as the code under test sees it, with the server's side in the test's hand. */
export class FakeRequest {
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  ontimeout: (() => void) | null = null;
  onabort: (() => void) | null = null;
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null } = {
    onprogress: null,
  };
  /** What was sent, other than by GET. */
  body: unknown;
  responseType = '';
  timeout = 0;
  status = 0;
  response: unknown = null;
  method = '';
  url = new URL('http://none.test');
  readonly headers: Record<string, string> = {};
  readonly answerHeaders: Record<string, string> = {};
  sent = false;
  aborted = false;

  open(method: string, url: string): void {
    this.method = method;
    this.url = new URL(url);
  }

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  getResponseHeader(name: string): string | null {
    return this.answerHeaders[name.toLowerCase()] ?? null;
  }

  getAllResponseHeaders(): string {
    return Object.entries(this.answerHeaders)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
  }

  get responseText(): string {
    return this.response === null ? '' : JSON.stringify(this.response);
  }

  send(body?: unknown): void {
    this.sent = true;
    this.body = body;
  }

  abort(): void {
    this.aborted = true;
    this.onabort?.();
  }

  /** Answers with a JSON body; what a browser makes of a body that is no JSON is `null`. */
  answer(body: unknown, status = 200, headers: Record<string, string> = {}): void {
    if (this.aborted) return;
    Object.assign(this.answerHeaders, headers);
    this.status = status;
    this.response = body;
    this.onload?.();
  }

  /** The network fails. */
  fail(): void {
    if (!this.aborted) this.onerror?.();
  }

  /** Nobody has answered within `timeout`. */
  timeOut(): void {
    if (!this.aborted) this.ontimeout?.();
  }
}

/** An `XMLHttpRequest` constructor that keeps its requests. */
export function fakeXHR(): { XMLHttpRequest: Host['XMLHttpRequest']; requests: FakeRequest[] } {
  const requests: FakeRequest[] = [];
  class Recorded extends FakeRequest {
    constructor() {
      super();
      requests.push(this);
    }
  }
  return { XMLHttpRequest: Recorded as unknown as typeof XMLHttpRequest, requests };
}
