import type { ChatError } from '../../errors.js';
import { latest, type HealthCheckEvent, type ServerEvent } from '../../protocol.js';
import type { Connection } from '../../transport/connection.js';
import type { Frame } from '../../transport/transport.js';
import type { ChatClient } from '../client.js';
import type { EarlyLink } from '../early.js';
import { actions } from '../later.js';
import { ConnectionViewer } from './connection-view.js';
import { openConnection } from './connect.js';
import { loadAhead } from './parts.js';
import { Reloading } from './reloading.js';
import { Renewal } from './renewal.js';
import { Router } from './router.js';

export { apply } from './events.js';

/** An event follows the answer of its command within this, or something is wrong with the link. */
const ECHO_MS = 500;

/** What lives as long as a user stays: the connection, and what its frames mean. */
export class Engine {
  #client: ChatClient;
  #connection: Connection;
  #viewer: ConnectionViewer;
  #router: Router;
  #renewal: Renewal;
  #reloading: Reloading;
  /** The connection on which the first look was taken before this was there. */
  #early: unknown;
  #epoch: string | undefined;
  /** Set while an event must come soon. */
  #echo: unknown;
  #ended = false;

  constructor(client: ChatClient, early: EarlyLink | undefined) {
    this.#client = client;
    this.#early = client.connectionId;
    this.#router = new Router(client);
    this.#renewal = new Renewal(client);
    this.#reloading = new Reloading(client, this.#router);
    this.#viewer = new ConnectionViewer(client.host, client.state.value.connection, (connection) =>
      client.patch({ connection }),
    );
    this.#connection = openConnection(client, early, (greeting) => this.#sync(greeting));
    this.#connection.on('state', (change) => {
      // What is live already only changes hands.
      const handedOver = this.#early && early?.closed === false && /authorizing|opening/.test(change.state);
      if (!handedOver) this.#viewer.take(change);
      if (change.state === 'blocked') client.login.fail(change.error as ChatError);
      // Sends what waits, also what an earlier page could not; where there is no way, that is shown at least.
      if (change.state === 'live' && change.previous !== 'suspect')
        this.#later(() => client.outbox.wake(() => this.#expect()));
      else if (/waiting|offline/.test(change.state)) this.#later(() => client.outbox.restore());
    });
    this.#connection.on('frame', (frame) => {
      const event = this.#router.read(frame);
      if (event) this.#take(event);
    });
  }

  /** Whether a connection is greeted and complete, or as good as that. */
  get isLive(): boolean {
    return /live|suspect/.test(this.#connection.change.state);
  }

  /** Starts, or goes on where nothing was tried any more. */
  connect(): void {
    this.#connection.connect();
  }

  retryNow(): void {
    this.#connection.retryNow();
  }

  /** Something could not be loaded. */
  loadLater(): void {
    this.#reloading.plan();
  }

  /** Another user, or none: nothing of it is left. */
  end(): void {
    this.#ended = true;
    this.#heard();
    this.#connection.disconnect();
    this.#viewer.end();
    this.#renewal.end();
    this.#reloading.end();
    this.#router.end();
  }

  /** HTTP works: if the link stays silent, it may belong to a network that is gone. */
  #expect(): void {
    this.#echo ??= this.#client.host.setTimeout(() => {
      this.#heard();
      this.#connection.probe();
    }, ECHO_MS);
  }

  #heard(): void {
    this.#client.host.clearTimeout(this.#echo);
    this.#echo = undefined;
  }

  #take(event: ServerEvent): void {
    this.#heard();
    if (this.isLive) this.#router.cursor = latest(this.#router.cursor, event.created_at);
    if (event.type === 'health.check') {
      if (event.me) this.#greeted(event);
      this.#router.compare(event.heads);
    }
    this.#router.receive(event);
  }

  #greeted(greeting: HealthCheckEvent): void {
    const { epoch } = greeting;
    if (epoch !== this.#epoch && this.#epoch) this.#router.forget();
    this.#epoch = epoch;
    this.#client.greet(greeting);
    this.#renewal.plan();
  }

  async #sync(greeting: Frame): Promise<void> {
    const client = this.#client;
    const id = greeting['connection_id'];
    client.connectionId = id as string;
    client.login.outcome = 'connected'; // also where those who waited were told otherwise
    if (client.login.unsaved) this.#later(({ privacyOf }) => privacyOf(client).settled());
    loadAhead();
    if (id !== this.#early) await this.#router.recover();
    this.#early = undefined;
    this.#reloading.plan(); // what failed before this was there
    this.#router.cursor = latest(this.#router.cursor, client.greetedAt);
  }

  /** Runs `act` once the actions are there. What fails of it is tried again with the next connection. */
  #later(act: (part: typeof import('./actions.js')) => unknown): void {
    const run = (part: typeof import('./actions.js')) => (this.#ended ? undefined : act(part));
    actions
      .load()
      .then(run)
      .catch(() => undefined);
  }
}
