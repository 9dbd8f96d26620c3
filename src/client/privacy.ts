import { ChatError } from '../errors.js';
import { mayDisclose, type PrivacySettings, type User } from '../protocol.js';

const TYPES = ['typing.start', 'message.read', 'message.delivered'] as const;

/** Whether both settings mean the same; absent parts mean allowed. */
function same(a: PrivacySettings | undefined, b: PrivacySettings | undefined): boolean {
  return TYPES.every(
    (type) => mayDisclose({ privacy_settings: a }, type) === mayDisclose({ privacy_settings: b }, type),
  );
}

/**
 * Keeps what the user wants others to learn until the server is known to have it. An older word of the
 * server cannot undo it in the meantime, and a change that the network lost is sent again.
 */
export class PrivacyKeeper {
  #send: (settings: PrivacySettings) => Promise<unknown>;
  #wanted: PrivacySettings | undefined;
  #sending: Promise<void> | undefined;

  constructor(send: (settings: PrivacySettings) => Promise<unknown>) {
    this.#send = send;
  }

  /** @throws {ChatError} The server's refusal, after which the change is given up, or a failure of the network. */
  change(settings: PrivacySettings): Promise<void> {
    this.#wanted = settings;
    const before = this.#sending ?? Promise.resolve();
    const sending = before.catch(() => undefined).then(() => this.#push(settings));
    this.#sending = sending;
    sending.catch(() => undefined); // told to the caller; `settled` tries again
    return sending;
  }

  async #push(settings: PrivacySettings): Promise<void> {
    try {
      await this.#send(settings);
    } catch (error) {
      const final = error instanceof ChatError && !error.retryable;
      if (final && this.#wanted === settings) this.#wanted = undefined;
      throw error;
    }
    if (this.#wanted === settings) this.#wanted = undefined;
  }

  /** What the server says of the user, with what it cannot know yet. */
  overlay<U extends User>(me: U): U {
    return this.#wanted ? { ...me, privacy_settings: this.#wanted } : me;
  }

  /** The server greeted us as `me`: a change that went with the connect has arrived. */
  greeted(me: User): void {
    if (same(this.#wanted, me.privacy_settings)) this.#wanted = undefined;
  }

  /** Settles when the server has what is wanted; sends it again if need be. */
  async settled(): Promise<void> {
    await this.#sending?.catch(() => undefined);
    if (this.#wanted) await this.change(this.#wanted);
  }
}
