import type { Page } from './page.js';

/** A command that a page has sent. */
export interface SentRequest {
  /** Without the query. */
  path: string;
  body: Record<string, unknown>;
  /** By the test's `performance.now()`. */
  began: number;
  /** When its answer was complete, or it had failed; undefined while it is under way. */
  ended: number | undefined;
}

/** Notes the commands (not the polls) that `page` sends from now on. */
export function requestsOf({ window }: Page): SentRequest[] {
  const sent: SentRequest[] = [];
  type Fetch = (address: string, init?: RequestInit) => Promise<Response>;
  // The widget asks by address alone.
  const fetch = window.fetch.bind(window) as Fetch;
  const noting: Fetch = async (address, init) => {
    const { pathname: path } = new URL(address);
    const body = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as SentRequest['body'];
    const request: SentRequest = { path, body, began: performance.now(), ended: undefined };
    sent.push(request);
    try {
      const answer = await fetch(address, init);
      // A copy, since the page reads the answer itself.
      await answer.clone().arrayBuffer();
      return answer;
    } finally {
      request.ended = performance.now();
    }
  };
  window.fetch = noting as typeof window.fetch;
  return sent;
}

/** How many of them were under way at once, at most. */
export function mostAtOnce(sent: readonly SentRequest[]): number {
  const counts = sent.map(
    ({ began }) => sent.filter((other) => other.began <= began && (other.ended ?? Infinity) > began).length,
  );
  return Math.max(0, ...counts);
}
