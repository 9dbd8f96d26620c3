import { ChatError } from '../../src/errors.js';
import {
  Connection,
  type ConnectionOptions,
  type ConnectionState,
  type Refusal,
  type StateChange,
} from '../../src/transport/connection.js';
import type { Frame, TransportName } from '../../src/transport/transport.js';
import { FakeHost, settled } from './fake-host.js';
import { FakeTransport } from './fake-transport.js';

/** A promise whose end is in the test's hand. */
export class Step<T> {
  resolve!: (value: T) => void;
  reject!: (error: unknown) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

function last<T>(steps: readonly T[]): T {
  const step = steps.at(-1);
  if (!step) throw new Error('Nothing was asked yet.');
  return step;
}

export const HELLO: Frame = { type: 'hello' };
export const NETWORK_ERROR = new ChatError('network', 'no way there');
export const SERVER_ERROR = new ChatError('server-error', 'not today');
export const TOKEN_ERROR = new ChatError('invalid-token', 'not a token');

/** A frame by which a server refuses. */
export function refusal(then: Refusal['then'], retryAfterMs?: number): Frame {
  return { error: new ChatError('refused', 'go away', { retryAfterMs }), then };
}

/** A connection over fakes, with a record of all that it tells and asks. */
export class ConnectionKit {
  readonly host = new FakeHost();
  readonly websocket = new FakeTransport('websocket');
  readonly longpoll = new FakeTransport('longpoll');
  readonly tokens: Step<string>[] = [];
  readonly asked: boolean[] = [];
  readonly syncs: (Step<void> & { greeting?: Frame })[] = [];
  readonly changes: StateChange[] = [];
  readonly frames: Frame[] = [];
  /** What `remember` was told, newest last; `remembered` gives the last back. */
  readonly memory: TransportName[] = [];
  garbage = 0;
  readonly connection: Connection;

  constructor(options: Partial<ConnectionOptions> = {}) {
    this.connection = new Connection({
      host: this.host,
      transports: [this.websocket, this.longpoll],
      endpoint: (name, token) => ({ url: `${name}://server/?token=${token}`, headers: () => ({}) }),
      authorize: (fresh) => {
        this.asked.push(fresh);
        this.tokens.push(new Step());
        return last(this.tokens).promise;
      },
      judge: (frame) => {
        if (frame['error'])
          return {
            kind: 'error',
            error: frame['error'] as ChatError,
            then: frame['then'] as Refusal['then'],
          };
        return { kind: frame['type'] === 'hello' ? 'greeting' : 'event' };
      },
      sync: (greeting) => {
        this.syncs.push(Object.assign(new Step<void>(), { greeting }));
        return last(this.syncs).promise;
      },
      ping: () => 'ping',
      remembered: () => this.memory.at(-1),
      remember: (name) => this.memory.push(name),
      ...options,
    });
    this.connection.on('state', (change) => this.changes.push(change));
    this.connection.on('frame', (frame) => this.frames.push(frame));
    this.connection.on('garbage', () => this.garbage++);
  }

  get state(): ConnectionState {
    return this.connection.change.state;
  }

  get path(): string {
    return this.changes.map(({ state }) => state).join(' ');
  }

  get openLinks(): number {
    return this.websocket.openLinks + this.longpoll.openLinks;
  }

  async giveToken(token = 'good'): Promise<void> {
    last(this.tokens).resolve(token);
    await settled();
  }

  async refuseToken(error: unknown): Promise<void> {
    last(this.tokens).reject(error);
    await settled();
  }

  async synced(): Promise<void> {
    last(this.syncs).resolve();
    await settled();
  }

  async failSync(error: unknown = NETWORK_ERROR): Promise<void> {
    last(this.syncs).reject(error);
    await settled();
  }

  /** Goes to a state by the shortest way, over WebSocket. */
  async reach(state: ConnectionState): Promise<this> {
    if (state === 'idle') return this;
    if (state === 'offline') this.host.isOnline = false;
    this.connection.connect();
    if (state === 'closed') this.connection.disconnect();
    if (state === 'waiting') await this.refuseToken(NETWORK_ERROR);
    if (state === 'blocked') await this.refuseToken(TOKEN_ERROR);
    if (['opening', 'syncing', 'live', 'suspect', 'suspended'].includes(state)) await this.giveToken();
    if (['syncing', 'live', 'suspect', 'suspended'].includes(state)) this.websocket.last.frame(HELLO);
    if (['live', 'suspect', 'suspended'].includes(state)) await this.synced();
    if (state === 'suspect') this.connection.probe();
    if (state === 'suspended') this.host.signal('suspend');
    return this;
  }

  /** Goes to `live` over long-poll, with the WebSocket hanging. */
  async reachLivePoll(): Promise<this> {
    await this.reach('opening');
    this.host.tick(1_500);
    this.longpoll.last.frame(HELLO);
    await this.synced();
    return this;
  }
}
