import type { Host } from '../../src/transport/host.js';

export interface FakeCall {
  url: URL;
  init: RequestInit;
  headers: Record<string, string>;
}

type Answer = Response | Error | 'silence';

/** A `fetch` that gives the answers in order, the last one for ever, and keeps the calls. */
export function fakeFetch(...answers: Answer[]): { fetch: Host['fetch']; calls: FakeCall[] } {
  const calls: FakeCall[] = [];
  const fetch: Host['fetch'] = (url, init) => {
    calls.push({ url: new URL(url), init, headers: init.headers as Record<string, string> });
    const answer = answers[Math.min(calls.length, answers.length) - 1] ?? 'silence';
    if (answer instanceof Response) return Promise.resolve(answer.clone());
    if (answer instanceof Error) return Promise.reject(answer);
    return new Promise((_, reject) => {
      const abort = (): void => reject(new DOMException('aborted', 'AbortError'));
      if (init.signal?.aborted) abort();
      init.signal?.addEventListener('abort', abort);
    });
  };
  return { fetch, calls };
}

/** An answer in the protocol's form. */
export function jsonAnswer(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}
