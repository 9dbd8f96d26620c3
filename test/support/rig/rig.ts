import {
  CALLS,
  type Production,
  type RemoteProxy,
  type RemoteRig,
  type RemoteServer,
  type Reply,
  type RigOptions,
  type Started,
  type Target,
} from './api.js';
import type { TokenOptions } from './node-rig.js';

/** A real server behind a fault proxy, both in the runner's process, in the hand of a test in a browser. */
export class Rig {
  /** Of the proxy: what pages take for the server. */
  readonly url: string;
  readonly apiKey: string;
  /** Every fault there is; see `FaultProxy`. */
  readonly proxy: RemoteProxy;
  /** The server's process; refuses where the server is shared. */
  readonly server: RemoteServer;
  #id: number;
  #rig: RemoteRig;
  #names = 0;

  private constructor({ id, url, apiKey }: Started) {
    this.#id = id;
    this.url = url;
    this.apiKey = apiKey;
    this.proxy = remote<RemoteProxy>(id, 'proxy');
    this.server = remote<RemoteServer>(id, 'server');
    this.#rig = remote<RemoteRig>(id, 'rig');
  }

  static async start(options: RigOptions): Promise<Rig> {
    const session = new URL(location.href).searchParams.get('wtr-session-id') ?? '';
    return new Rig(await ask<Started>('start', { session, ...options }));
  }

  /** A name that no other test has, for a user or a channel. */
  unique(name: string): string {
    return `${name}-${this.#id}-${++this.#names}`;
  }

  /** A signed token. */
  token(userId: string, options?: TokenOptions): Promise<string> {
    return this.#rig.token(userId, options);
  }

  /** Makes users and a channel of them. @returns Its cid. */
  makeChannel(id: string, members: readonly string[]): Promise<string> {
    return this.#rig.makeChannel(id, members);
  }

  /** One REST call as `user`, past the proxy. @returns Its answer. */
  command(user: string, method: string, path: string, body?: object): Promise<unknown> {
    return this.#rig.command(user, method, path, body);
  }

  /** Begins to post the next numbered messages, past the proxy. @returns The last number. */
  produce(cid: string, user: string, production: Production): Promise<number> {
    return this.#rig.produce(cid, user, production);
  }

  /** Resolves when the server has taken everything that was produced. */
  produced(): Promise<void> {
    return this.#rig.produced();
  }

  /** Has the proxy drop the next text of the server in which `pattern` is found. */
  dropFrame(pattern: string): Promise<void> {
    return this.#rig.dropFrame(pattern);
  }

  /** Resolves when that was dropped. */
  frameDropped(): Promise<boolean> {
    return this.#rig.frameDropped();
  }

  /** Ends an own server, keeps a copy of its store and starts it again. */
  copyStore(): Promise<void> {
    return this.#rig.copyStore();
  }

  /** Puts that copy in the place of the store, as after its loss, and starts the server on it. */
  restoreStore(): Promise<void> {
    return this.#rig.restoreStore();
  }

  /** Puts a time in the table that the run ends with. */
  measure(name: string, ms: number, boundMs?: number): Promise<void> {
    return this.#rig.measure({ name, ms, boundMs });
  }

  close(): Promise<void> {
    return ask('close', { id: this.#id });
  }
}

function remote<T>(id: number, on: Target): T {
  const calls = CALLS[on].map((method) => [
    method,
    // JSON would make null of what was left out.
    (...args: unknown[]) =>
      ask('call', { id, on, method, args: args.filter((argument) => argument !== undefined) }),
  ]);
  return Object.fromEntries(calls) as T;
}

async function ask<T>(what: string, body: object): Promise<T> {
  const response = await fetch(`/__rig/${what}`, { method: 'POST', body: JSON.stringify(body) });
  const reply = (await response.json()) as Reply<T>;
  if ('error' in reply) throw new Error(reply.error);
  return reply.value;
}
