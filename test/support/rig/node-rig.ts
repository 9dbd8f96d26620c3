import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userToken } from '../../../server/src/app.js';
import { FaultProxy } from '../proxy.js';
import { command, makeChannel, ServerProcess, type TestServer } from '../server.js';
import type { Measure, Production, RigOptions } from './api.js';
import { Producer } from './producer.js';

export interface TokenOptions {
  /** Until it ends, from now; may be negative. Default: never. */
  expSeconds?: number;
  /** When it was issued, in seconds since 1970. */
  iat?: number;
  /** Before when it is not good, in seconds since 1970. */
  nbf?: number;
}

/** A rig's half in the runner's process: a server behind a fault proxy, and who talks to it past the proxy. */
export class NodeRig {
  readonly proxy: FaultProxy;
  /** Undefined where the server is shared. */
  readonly process: ServerProcess | undefined;
  readonly apiKey: string;
  #server: TestServer;
  #dataDir: string | undefined;
  #copyDir: string | undefined;
  #producers = new Map<string, Producer>();
  #dropped: Promise<boolean> | undefined;
  #measured: (measure: Measure) => void;

  private constructor(
    proxy: FaultProxy,
    server: TestServer,
    measured: (measure: Measure) => void,
    dataDir?: string,
  ) {
    this.proxy = proxy;
    this.#server = server;
    this.process = server instanceof ServerProcess ? server : undefined;
    this.apiKey = server.apiKey;
    this.#measured = measured;
    this.#dataDir = dataDir;
  }

  /**
   * @param shared - Asked for the shared server when that is wanted.
   * @param measured - Gets what tests have measured.
   */
  static async start(
    { server: kind, env }: RigOptions,
    shared: () => Promise<TestServer>,
    measured: (measure: Measure) => void,
  ): Promise<NodeRig> {
    const dataDir = kind === 'own' ? await newDataDir() : undefined;
    const server = dataDir ? await ServerProcess.start(dataDir, env) : await shared();
    const proxy = await FaultProxy.start(Number(new URL(server.url).port));
    return new NodeRig(proxy, server, measured, dataDir);
  }

  token(userId: string, { expSeconds, ...times }: TokenOptions = {}): Promise<string> {
    const exp = expSeconds === undefined ? undefined : Math.floor(Date.now() / 1000) + expSeconds;
    return userToken(this.#server.apiSecret, userId, {
      ...times,
      ...(exp !== undefined && { exp }),
    });
  }

  /** Makes users and a channel of them. @returns Its cid. */
  makeChannel(id: string, members: readonly string[]): Promise<string> {
    return makeChannel(this.#server, id, members);
  }

  /** One REST call as `user`, straight to the server. @returns Its answer. */
  command(user: string, method: string, path: string, body?: object): Promise<unknown> {
    return command(this.#server, user, method, path, body);
  }

  /** Posts `#1`, `#2` … straight to the server, and goes on counting at the next call. @returns The last number. */
  produce(cid: string, user: string, production: Production): number {
    const key = `${cid} ${user}`;
    const producer = this.#producers.get(key) ?? new Producer(this.#server, cid, user);
    this.#producers.set(key, producer);
    return producer.start(production);
  }

  /** Resolves when the server has taken everything that was produced. */
  async produced(): Promise<void> {
    for (const producer of this.#producers.values()) await producer.finished();
  }

  /** Has the proxy drop the next text of the server in which `pattern` is found. */
  dropFrame(pattern: string): void {
    this.#dropped = this.proxy.dropFrame(pattern);
  }

  /** Resolves when that was dropped. */
  async frameDropped(): Promise<boolean> {
    return (await this.#dropped) ?? false;
  }

  /** Ends an own server, keeps a copy of its store and starts it again. */
  async copyStore(): Promise<void> {
    const { process, dataDir } = this.#own;
    await process.term();
    if (this.#copyDir) await rm(this.#copyDir, { recursive: true });
    this.#copyDir = await temporary();
    await cp(dataDir, this.#copyDir, { recursive: true });
    await process.start();
  }

  /** Puts that copy in the place of the store, as after its loss, and starts the server on it. */
  async restoreStore(): Promise<void> {
    const { process, dataDir } = this.#own;
    if (!this.#copyDir) throw new Error('There is no copy yet: call copyStore before.');
    await process.kill();
    await rm(dataDir, { recursive: true });
    await cp(this.#copyDir, dataDir, { recursive: true });
    await process.start();
  }

  get #own(): { process: ServerProcess; dataDir: string } {
    if (!this.process || !this.#dataDir) throw new Error('The shared server has no store to copy.');
    return { process: this.process, dataDir: this.#dataDir };
  }

  measure(measure: Measure): void {
    this.#measured(measure);
  }

  async close(): Promise<void> {
    await this.proxy.close();
    this.process?.cont();
    await this.process?.kill();
    for (const dir of [this.#dataDir, this.#copyDir])
      if (dir) await rm(dir, { recursive: true, force: true });
  }
}

const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'chat-session-rig-'));

let template: Promise<string> | undefined;

/** A store with nothing in it but the demo's: copied, since making one takes seconds. */
async function newDataDir(): Promise<string> {
  const [from, to] = await Promise.all([(template ??= makeTemplate()), temporary()]);
  await cp(from, to, { recursive: true });
  return to;
}

async function makeTemplate(): Promise<string> {
  const dataDir = await temporary();
  const server = await ServerProcess.start(dataDir);
  await server.term();
  return dataDir;
}

/** Takes away what is kept for rigs to come. */
export async function removeTemplate(): Promise<void> {
  const dataDir = await template?.catch(() => undefined);
  template = undefined;
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
}
