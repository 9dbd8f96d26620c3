import type { StateChange } from '../transport/connection.js';
import type { Host } from '../transport/host.js';
import type { ConnectionStatus, ConnectionView } from './state.js';

/** Shorter losses than this are not shown: nothing blinks on a blip (reliability.md §4). */
const GRACE_MS = 2000;

export const IDLE_VIEW: ConnectionView = {
  status: 'idle',
  transport: undefined,
  retryAt: undefined,
  error: undefined,
};

/** Turns the states of the connection into the few a visitor is shown. */
export class ConnectionViewer {
  #host: Host;
  #show: (view: ConnectionView) => void;
  #status: ConnectionStatus = 'idle';
  #last: StateChange | undefined;
  #grace: unknown;

  constructor(host: Host, show: (view: ConnectionView) => void) {
    this.#host = host;
    this.#show = show;
  }

  take(change: StateChange): void {
    this.#last = change;
    const { state } = change;
    if (state === 'live' || state === 'offline' || state === 'blocked') this.#settle(state);
    else if (state === 'idle' || state === 'closed') this.#settle('idle');
    else if (state !== 'suspect') this.#wait();
    this.#tell();
  }

  #settle(status: ConnectionStatus): void {
    this.#host.clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#status = status;
  }

  /** Not live: keeps showing what was shown until the grace is over. */
  #wait(): void {
    if (this.#status !== 'live' && this.#status !== 'reconnecting') this.#status = 'connecting';
    if (this.#status === 'reconnecting' || this.#grace !== undefined) return;
    this.#grace = this.#host.setTimeout(() => {
      this.#grace = undefined;
      this.#status = 'reconnecting';
      this.#tell();
    }, GRACE_MS);
  }

  #tell(): void {
    const { transport, retryAt, error } = this.#last!;
    this.#show({ status: this.#status, transport, retryAt, error });
  }
}
