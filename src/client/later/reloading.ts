import type { ChatError } from '../../errors.js';
import { backoffMs } from '../../transport/retry.js';
import type { Channel } from '../channel.js';
import type { ChatClient } from '../client.js';
import type { Router } from './router.js';

/** Longest wait between two tries. */
const MAX_MS = 30_000;

/**
 * Asks again for channels and the list that could not be loaded although the connection was there, ever less often:
 * the server may count us as watching, and of what it tells the beginning would be missing. A new connection brings
 * them anyway.
 */
export class Reloading {
  #client: ChatClient;
  #router: Router;
  #failures = 0;
  #timer: unknown;

  constructor(client: ChatClient, router: Router) {
    this.#client = client;
    this.#router = router;
  }

  /** Plans the next try, if anything is missing. */
  plan(): void {
    if (!this.#channels.length && !this.#list) this.#failures = 0;
    else
      this.#timer ??= this.#client.host.setTimeout(
        () => this.#try(),
        this.#client.quietMs + backoffMs(this.#failures++, this.#client.host, MAX_MS),
      );
  }

  end(): void {
    this.#client.host.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** What was refused for good is not asked for again. */
  get #channels(): Channel[] {
    return this.#client.channels.watched.filter(
      ({ state: { value } }) => value.phase === 'failed' && value.error?.retryable,
    );
  }

  get #list(): boolean {
    const { channelsPhase, channelsError } = this.#client.state.value;
    return channelsPhase === 'failed' && channelsError?.retryable === true;
  }

  #try(): void {
    this.#timer = undefined;
    const { channels, isLive } = this.#client;
    if (!isLive) return;
    for (const channel of this.#channels) this.#router.mend(channel);
    if (this.#list)
      channels.reload().catch((channelsError: ChatError) => {
        this.#client.patch({ channelsError });
        this.plan();
      });
  }
}
