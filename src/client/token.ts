import { ChatError } from '../errors.js';
import { shown } from '../protocol.js';
import type { Host } from '../transport/host.js';

/** Fetches a signed token for the user; called at connect and again whenever one expires. */
export type TokenProvider = () => Promise<string>;

/** A provider that has not answered by then counts as failed (reliability: F26). */
const PROVIDER_LIMIT_MS = 10_000;

/** Reads the claims of a JWT without checking its signature; undefined when it is none. */
function claimsOf(token: unknown): { user_id?: unknown } | undefined {
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

/** Gives a token that is good now. Those who ask at once share one call of the provider. */
export class TokenSource {
  #userId: string;
  #source: string | TokenProvider;
  #host: Host;
  #current: string | undefined;
  #pending: Promise<string> | undefined;

  /** @throws {ChatError} `invalid-token` at once for a bad static token. */
  constructor(userId: string, source: string | TokenProvider, host: Host) {
    this.#userId = userId;
    this.#source = typeof source === 'function' ? source : checkToken(source, userId);
    this.#host = host;
  }

  /**
   * @param fresh - The server called `current` expired: ask the provider again.
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
    if (this.#current && !fresh) return this.#current;
    return (this.#pending ??= this.#ask(this.#source).finally(() => (this.#pending = undefined)));
  }

  /** Like `get(true)`, unless somebody else has renewed `stale` in the meantime. */
  renew(stale: string): Promise<string> {
    return this.get(stale === this.#current);
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
      return (this.#current = checkToken(token, this.#userId));
    } catch (error) {
      if (error instanceof ChatError) throw error;
      throw new ChatError('network', `The token provider failed: ${String(error)}`, { cause: error });
    } finally {
      this.#host.clearTimeout(timer);
    }
  }
}
