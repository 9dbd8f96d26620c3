import type { ConnectionState, StateChange } from '../../transport/connection.js';
import type { Host } from '../../transport/host.js';
import type { ConnectionStatus, ConnectionView } from '../state.js';

/** Shorter losses than this are not shown: nothing blinks on a blip (reliability.md §4). */
const GRACE_MS = 2000;

/** What is shown of states that are no passage. The others keep what was shown, until the grace is over. */
const SHOWN: Partial<Record<ConnectionState, ConnectionStatus>> = {
  idle: 'idle',
  live: 'live',
  suspect: 'live',
  offline: 'offline',
  blocked: 'blocked',
  closed: 'idle',
};

/** Turns the states of the connection into the few a visitor is shown. */
export class ConnectionViewer {
  #host: Host;
  #show: (view: ConnectionView) => void;
  #view: ConnectionView;
  #grace: unknown;

  /** @param view - What is shown now. */
  constructor(host: Host, view: ConnectionView, show: (view: ConnectionView) => void) {
    this.#host = host;
    this.#view = view;
    this.#show = show;
  }

  end(): void {
    this.#host.clearTimeout(this.#grace);
  }

  take({ state, transport, retryAt, error }: StateChange): void {
    let status = SHOWN[state];
    if (status) {
      this.#host.clearTimeout(this.#grace);
      this.#grace = undefined;
    } else {
      const { status: held } = this.#view;
      status = held === 'live' || held === 'reconnecting' ? held : 'connecting';
      this.#grace ??= this.#host.setTimeout(
        () => this.#tell({ ...this.#view, status: 'reconnecting' }),
        GRACE_MS,
      );
    }
    this.#tell({ status, transport, retryAt, error });
  }

  #tell(view: ConnectionView): void {
    this.#view = view;
    this.#show(view);
  }
}
