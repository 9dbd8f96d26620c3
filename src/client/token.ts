import { ChatError } from '../errors.js';
import type { Host } from '../transport/host.js';

/** Fetches a signed token for the user; called at connect and again whenever one expires. */
export type TokenProvider = () => Promise<string>;

/** A provider that has not answered by then counts as failed (reliability: F26). */
const PROVIDER_LIMIT_MS = 10_000;

/** Reads the claims of a JWT without checking its signature; undefined when it is none. */
function claimsOf(token: string): Record<string, unknown> | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const claims: unknown = JSON.parse(atob(parts[1]!.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** @throws {ChatError} `invalid-token`; the message never repeats the token. */
export function checkToken(token: unknown, userId: string): string {
  if (typeof token !== 'string' || token === '')
    throw new ChatError(
      'invalid-token',
      `A token is a non-empty string; got ${token === '' ? 'an empty one' : typeof token}. Pass the signed token of "${userId}".`,
    );
  const claims = claimsOf(token);
  if (!claims)
    throw new ChatError(
      'invalid-token',
      `A token is a JWT of three parts; got ${token.length} characters in ${token.split('.').length} part(s). Pass the token as your backend signed it.`,
    );
  if (claims['user_id'] !== userId)
    throw new ChatError(
      'invalid-token',
      `The token's user_id must be the user's id "${userId}"; got ${JSON.stringify(claims['user_id'])}. Sign a token for this user.`,
    );
  return token;
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

  /** The token last given out; empty before the first. */
  get current(): string {
    return this.#current ?? '';
  }

  /**
   * @param fresh - The server called `current` expired: ask the provider again.
   * @throws {ChatError} `token-expired` for a static token; `network` (with `cause`) when the provider
   *   fails or is silent for 10 s; `invalid-token` for what it returns.
   */
  async get(fresh = false): Promise<string> {
    if (typeof this.#source === 'string') {
      if (fresh)
        throw new ChatError(
          'token-expired',
          'The token has expired and a fixed token cannot be renewed. Pass a function that fetches one.',
          { apiCode: 40 },
        );
      return (this.#current = this.#source);
    }
    if (this.#current !== undefined && !fresh) return this.#current;
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
        reject(new ChatError('timeout', `The token provider did not answer within ${PROVIDER_LIMIT_MS} ms.`));
      timer = this.#host.setTimeout(late, PROVIDER_LIMIT_MS);
    });
    try {
      const token = await Promise.race([provider(), limit]);
      return (this.#current = checkToken(token, this.#userId));
    } catch (error) {
      if (error instanceof ChatError) throw error;
      throw new ChatError('network', 'The token provider failed. It is asked again at the next attempt.', {
        cause: error,
      });
    } finally {
      this.#host.clearTimeout(timer);
    }
  }
}
