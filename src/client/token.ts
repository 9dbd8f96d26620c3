import { ChatError } from '../errors.js';
import { shown } from '../protocol.js';
import type { Host } from '../transport/host.js';

/** Fetches a signed token for the user; called at connect and again whenever one expires. */
export type TokenProvider = () => Promise<string>;

/** A provider that has not answered by then counts as failed (reliability: F26). */
const PROVIDER_LIMIT_MS = 10_000;

/** Reads the claims of a JWT without checking its signature; undefined when it is none. */
function claimsOf(token: unknown): { user_id?: unknown; exp?: unknown } | undefined {
  try {
    const [, payload, ...rest] = String(token).split('.');
    if (rest.length === 1)
      return Object(JSON.parse(atob(payload!.replace(/-/g, '+').replace(/_/g, '/')))) as object;
  } catch {
    // as good as none
  }
  return undefined;
}

/** @throws {ChatError} `invalid-token`; the message never repeats the token. */
function checkToken(token: unknown, userId: string): string {
  const claims = claimsOf(token);
  if (claims?.user_id === userId) return token as string;
  const seen = claims ? `one for ${shown(claims.user_id)}` : `${typeof token} that is no JWT`;
  throw new ChatError('invalid-token', `The token must be one signed for "${userId}"; got ${seen}.`);
}

/** A token is renewed so long before it expires, or for short ones in the last quarter of their life (reliability.md §4). */
const AHEAD_MS = 60_000;

/** Gives a token that is good now. Those who ask at once share one call of the provider. */
export class TokenSource {
  #userId: string;
  #source: string | TokenProvider;
  #host: Host;
  #aheadMs: () => number;
  #current: string | undefined;
  /** When `#current` came, on the local clock, and when it expires, on the server's; in milliseconds. */
  #cameAt = 0;
  #expiresAt = Infinity;
  #pending: Promise<string> | undefined;

  /**
   * @param aheadMs - What the server's clock is ahead of the local one.
   * @throws {ChatError} `invalid-token` at once for a bad static token.
   */
  constructor(userId: string, source: string | TokenProvider, host: Host, aheadMs = () => 0) {
    this.#userId = userId;
    this.#source = typeof source === 'function' ? source : checkToken(source, userId);
    this.#host = host;
    this.#aheadMs = aheadMs;
  }

  /** The newest token, good or not. */
  get current(): string | undefined {
    return this.#current;
  }

  /**
   * @param fresh - The server called `current` expired, or it soon will: ask the provider again.
   * @throws {ChatError} `token-expired` for a static token; `network` (with `cause`) when the provider
   *   fails or is silent for 10 s; `invalid-token` for what it returns.
   */
  async get(fresh = false): Promise<string> {
    if (typeof this.#source === 'string') {
      if (!fresh) return (this.#current = this.#source);
      throw new ChatError('token-expired', 'The token has expired. Pass a function that fetches one.', {
        apiCode: 40,
      });
    }
    if (this.#current && !fresh && this.leftMs(0) > 0) return this.#current;
    return (this.#pending ??= this.#ask(this.#source).finally(() => (this.#pending = undefined)));
  }

  /** Like `get(true)`, unless somebody else has renewed `stale` in the meantime. */
  renew(stale: string): Promise<string> {
    return this.get(stale === this.#current);
  }

  /**
   * Until it is to be renewed; with 0, until it dies. Infinity without an expiry, and for one that seems dead on
   * arrival: our clock may be wrong.
   */
  leftMs(renewedMs = AHEAD_MS): number {
    const lifeMs = this.#expiresAt - this.#aheadMs() - this.#cameAt;
    if (!(lifeMs > 0 && lifeMs < Infinity)) return Infinity;
    return this.#cameAt + lifeMs - Math.min(renewedMs, lifeMs / 4) - this.#host.now();
  }

  async #ask(provider: TokenProvider): Promise<string> {
    let timer: unknown;
    const limit = new Promise<never>((_, reject) => {
      const late = () =>
        reject(new ChatError('timeout', `The token provider is silent for ${PROVIDER_LIMIT_MS} ms.`));
      timer = this.#host.setTimeout(late, PROVIDER_LIMIT_MS);
    });
    try {
      const token = await Promise.race([provider(), limit]);
      this.#current = checkToken(token, this.#userId);
      this.#cameAt = this.#host.now();
      this.#expiresAt = Number(claimsOf(token)?.exp ?? NaN) * 1000 || Infinity;
      return token;
    } catch (error) {
      if (error instanceof ChatError) throw error;
      throw new ChatError('network', `The token provider failed: ${String(error)}`, { cause: error });
    } finally {
      this.#host.clearTimeout(timer);
    }
  }
}
