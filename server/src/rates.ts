import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './errors.js';
import type { Hub } from './hub.js';
import type { Metrics } from './metrics.js';
import { CLOSE_RESTART } from './stream.js';
import type { Bearer } from './token.js';

/** Of the windows in which requests are counted (protocol.md §11.6). */
const WINDOW_MS = 60_000;
/** A connection unheard for longer gives way to a new one of the same user: whoever polls is heard more often. */
const STALE_MS = 30_000;
/** A backend asks for many users. */
const BACKEND_FACTOR = 20;

/** Counts, here or where all servers see it. */
export interface Counter {
  /** One more for the key. @returns How many there are in the window. */
  count(key: string, window: number, windowMs: number): number | Promise<number>;
}

/** Counts in the memory of this process. */
export class MemoryCounter implements Counter {
  #window = 0;
  #counts = new Map<string, number>();

  count(key: string, window: number): number {
    if (window !== this.#window) {
      this.#window = window;
      this.#counts.clear();
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count;
  }
}

/** How much each user may ask. */
export class Rates {
  #counter: Counter;
  #hub: Hub;
  #perMinute: number;
  #maxConnections: number;
  #now: () => number;
  #limited: Metrics['limited'];

  /** @param perMinute - Requests of one user to one endpoint; 0 for no limit. */
  constructor(
    counter: Counter,
    hub: Hub,
    { limited }: Pick<Metrics, 'limited'>,
    { rateLimit, userConnections, now }: { rateLimit: number; userConnections: number; now: () => number },
  ) {
    this.#maxConnections = userConnections;
    this.#limited = limited;
    this.#counter = counter;
    this.#hub = hub;
    this.#perMinute = rateLimit;
    this.#now = now;
  }

  /**
   * Counts a request, and says in the answer's headers how many more there may be.
   *
   * @throws {ApiError} 9 for one too many.
   */
  async take(bearer: Bearer, endpoint: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!this.#perMinute || isPoll(endpoint, request)) return;
    const { limit, count, end, wait } = await this.#count(bearer, endpoint, request.ip);
    reply.headers({
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': String(Math.max(0, limit - count)),
      'X-RateLimit-Reset': String(end),
    });
    if (count <= limit) return;
    reply.header('Retry-After', String(wait));
    throw this.#tooMany(limit, wait);
  }

  /**
   * Counts an attempt to open a WebSocket.
   *
   * @param address - Whence it comes, as far as it can be believed.
   * @throws {ApiError} 9 for one too many.
   */
  async attempt(bearer: Bearer, address: string): Promise<void> {
    if (!this.#perMinute) return;
    const { limit, count, wait } = await this.#count(bearer, 'Connect', address);
    if (count > limit) throw this.#tooMany(limit, wait);
  }

  /** One more in this minute. Times in seconds: since 1970 when it ends, and until then. */
  async #count({ kind, userId }: Bearer, endpoint: string, address: string) {
    const limit = this.#perMinute * (kind === 'server' ? BACKEND_FACTOR : 1);
    const window = Math.floor(this.#now() / WINDOW_MS);
    const end = ((window + 1) * WINDOW_MS) / 1000;
    const who = kind === 'anonymous' ? address : userId;
    const count = await this.#counter.count(`${kind} ${who} ${endpoint}`, window, WINDOW_MS);
    return { limit, count, end, wait: Math.max(1, Math.ceil(end - this.#now() / 1000)) };
  }

  #tooMany(limit: number, wait: number): ApiError {
    this.#limited.inc();
    return new ApiError(
      9,
      `Too many requests: ${limit} per minute are allowed here. Try again in ${wait} s.`,
    );
  }

  /**
   * Makes room for one more connection of the user.
   *
   * @throws {ApiError} 71 when they have as many as they may, all in use.
   */
  connect({ userId }: Bearer): void {
    const live = [...this.#hub.streamsOf(userId)].filter((stream) => !stream.ended);
    if (live.length < this.#maxConnections) return;
    const oldest = live.reduce((a, b) => (b.heardAt < a.heardAt ? b : a));
    if (performance.now() - oldest.heardAt < STALE_MS)
      throw new ApiError(
        71,
        `A user may have ${this.#maxConnections} connections at once. Close another tab first.`,
      );
    oldest.end(CLOSE_RESTART);
  }
}

/** Polls that go on are as many as there are events; what opens them is counted. */
function isPoll(endpoint: string, { query }: FastifyRequest): boolean {
  return endpoint === 'LongPoll' && (query as Record<string, unknown>)['connection_id'] !== undefined;
}
