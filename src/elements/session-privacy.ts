import type { ChatClient } from '../client/client.js';
import type { ChatError } from '../errors.js';
import type { PrivacySettings } from '../protocol.js';
import { asChatError } from './parts/problem.js';
import type { SessionSettings } from './session-plan.js';

type Switches = Pick<SessionSettings, 'noTypingIndicators' | 'noReadReceipts'>;

/** Tells the server when a session's privacy switches change while it runs. */
export class SessionPrivacy {
  #switches: Switches;
  #onError: (error: ChatError) => void;
  #client: ChatClient | undefined;
  /** As the server knows them from us. */
  #told: Switches = { noTypingIndicators: false, noReadReceipts: false };

  constructor(switches: Switches, onError: (error: ChatError) => void) {
    this.#switches = switches;
    this.#onError = onError;
  }

  /** From now on the switches are those of `client`, which knows `told`. */
  follow(client: ChatClient | undefined, told: Switches): void {
    this.#client = client;
    this.#told = { noTypingIndicators: told.noTypingIndicators, noReadReceipts: told.noReadReceipts };
  }

  /** Hands over what has changed, once there is a user to hand it over for. */
  apply(): void {
    const client = this.#client;
    const { noTypingIndicators, noReadReceipts } = this.#switches;
    const told = this.#told;
    if (client?.userId === undefined) return;
    const change: PrivacySettings = {};
    if (noTypingIndicators !== told.noTypingIndicators)
      change.typing_indicators = { enabled: !noTypingIndicators };
    if (noReadReceipts !== told.noReadReceipts) change.read_receipts = { enabled: !noReadReceipts };
    if (!Object.keys(change).length) return;
    this.#told = { noTypingIndicators, noReadReceipts };
    client.updatePrivacy(change).catch((thrown: unknown) => {
      const error = asChatError(thrown);
      // Lost on the way: the client hands it over with its next connect.
      if (client === this.#client && !error.retryable) this.#onError(error);
    });
  }
}
