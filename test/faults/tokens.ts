import type { Stage } from './stage.js';

interface Given {
  token: string;
  /** When it was asked for, by the page's clock; undefined before there was a page. */
  at: number | undefined;
}

/** A provider of tokens, each another one, that live for a while. */
export class Tokens {
  /** Every one so far. */
  readonly given: Given[] = [];
  #stage: Stage;
  #lifeS: number;

  constructor(stage: Stage, lifeS: number) {
    this.#stage = stage;
    this.#lifeS = lifeS;
  }

  provide = async (): Promise<string> => {
    const { rig, reader, pages } = this.#stage;
    const at = pages[0]?.clock;
    const iat = Math.floor(Date.now() / 1_000) - this.given.length;
    const token = await rig.token(reader, { expSeconds: this.#lifeS, iat });
    this.given.push({ token, at });
    return token;
  };
}

/** When a token ends, in milliseconds since 1970 by the server's clock. */
export function expiryOf(token: string): number {
  const [, claims = ''] = token.split('.');
  const { exp } = JSON.parse(atob(claims.replace(/-/g, '+').replace(/_/g, '/'))) as { exp: number };
  return exp * 1_000;
}
