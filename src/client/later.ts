import { ChatError } from '../errors.js';

/** A part of the client that is fetched when it is first needed, once for everybody. */
export class Later<T> {
  /** The part, once it is there. */
  part: T | undefined;
  #fetch: () => Promise<T>;
  #coming: Promise<T> | undefined;

  /** @param fetch - `() => import('…')`, so that a bundler makes a chunk of it. */
  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** @throws {ChatError} `network` when it did not come; the next call asks again. */
  async load(): Promise<T> {
    try {
      return (this.part = await (this.#coming ??= this.#fetch()));
    } catch (cause) {
      this.#coming = undefined;
      throw new ChatError('network', 'A part of the chat cannot be loaded. Check where its files are.', {
        cause,
      });
    }
  }
}

/** What keeps a connection and takes in events: all that follows the first look. */
export const engine = new Later(() => import('./later/engine.js'));
/** What a user does: sends, types, reads, pages back, changes what others may learn. */
export const actions = new Later(() => import('./later/actions.js'));
