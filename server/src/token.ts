import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { userIdProblem } from '../../src/protocol.js';
import { ApiError } from './errors.js';

/** How far clocks may differ, in seconds. The protocol says "a few". */
const LEEWAY_S = 5;

export interface TokenTimes {
  /** When the token ends, in seconds since 1970; never when absent. */
  exp?: number;
  /** When it was issued, in seconds since 1970. */
  iat?: number;
  /** Before when it is not good, in seconds since 1970. */
  nbf?: number;
}

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}

/** Signs a token that lets its bearer connect as `userId`. For the page's own backend, demos and tests. */
export function userToken(secret: string, userId: string, times: TokenTimes = {}): Promise<string> {
  return signed(secret, { user_id: userId, ...times });
}

/** Signs a token for a guest that this server made. */
export function guestToken(secret: string, userId: string, times: TokenTimes = {}): Promise<string> {
  return signed(secret, { user_id: userId, guest: true, ...times });
}

/** Signs a token for the page's own backend, which acts for whomever it names. Never for a browser. */
export function serverToken(secret: string, times: TokenTimes = {}): Promise<string> {
  return signed(secret, { server: true, ...times });
}

function signed(secret: string, claims: JWTPayload): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(keyOf(secret));
}

/** Who asks. */
export interface Bearer {
  /** Empty for a backend. */
  userId: string;
  kind: 'user' | 'guest' | 'anonymous' | 'server';
  /** When the token was issued, in seconds since 1970; undefined when it does not say. */
  issuedAt?: number | undefined;
}

/** Of tokens that were found good, so many are remembered. */
const MOST_REMEMBERED = 10_000;

/** What a good token says. */
interface Verified {
  bearer: Bearer;
  /** Until when it is good, in milliseconds since 1970. */
  until: number;
}

/** Verifies tokens: those found good lately without computing their signature again. */
export class Tokens {
  #secret: string;
  #good = new Map<string, Verified>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  /**
   * Who `token` speaks for.
   *
   * @throws {ApiError} 5 missing or garbled, 40 expired, 41 not valid yet, 42 issued in the future, 43 wrong signature.
   */
  async verify(token: string | undefined): Promise<Bearer> {
    if (!token)
      throw new ApiError(5, 'No token: send the raw JWT in the "authorization" header or parameter.');
    const known = this.#good.get(token);
    if (known && Date.now() < known.until) return known.bearer;
    const verified = await verify(this.#secret, token);
    if (this.#good.size >= MOST_REMEMBERED) this.#good.clear();
    this.#good.set(token, verified);
    return verified.bearer;
  }
}

async function verify(secret: string, token: string): Promise<Verified> {
  const claims = await verifiedClaims(secret, token);
  const { user_id: userId, iat: issuedAt, exp, server, guest } = claims;
  const until = exp === undefined ? Infinity : (exp + LEEWAY_S) * 1000;
  if (issuedAt !== undefined && issuedAt > Date.now() / 1000 + LEEWAY_S)
    throw new ApiError(42, 'JWTAuth error: token used before issue at (iat). Check the clock of its issuer.');
  if (server === true) return { bearer: { userId: '', kind: 'server', issuedAt }, until };
  if (typeof userId !== 'string' || userIdProblem(userId))
    throw new ApiError(5, 'JWTAuth error: the token needs a "user_id" claim that is a valid user id.');
  return { bearer: { userId, kind: guest === true ? 'guest' : 'user', issuedAt }, until };
}

async function verifiedClaims(secret: string, token: string): Promise<JWTPayload> {
  try {
    // The algorithm is pinned: a token must not choose how it is checked (RFC 8725).
    const { payload } = await jwtVerify(token, keyOf(secret), {
      algorithms: ['HS256'],
      clockTolerance: LEEWAY_S,
    });
    return payload;
  } catch (error) {
    throw refusal(error);
  }
}

function refusal(error: unknown): ApiError {
  if (error instanceof errors.JWTExpired)
    return new ApiError(40, 'JWTAuth error: token is expired (exp). Fetch a new one.');
  if (
    error instanceof errors.JWTClaimValidationFailed &&
    error.claim === 'nbf' &&
    error.reason === 'check_failed'
  )
    return new ApiError(41, 'JWTAuth error: token not valid yet (nbf). Check the clock of its issuer.');
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed)
    return new ApiError(43, "JWTAuth error: signature is invalid. Sign with HS256 and this server's secret.");
  return new ApiError(5, 'JWTAuth error: this is not a token of the form header.payload.signature.');
}
