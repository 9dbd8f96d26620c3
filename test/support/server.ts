import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer, userToken, type ServerOptions } from '../../server/src/app.js';
import { until } from './until.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEMO_DIRS = {
  '/': join(ROOT, 'demo'),
  '/dist/': join(ROOT, 'dist'),
  '/pages/': join(ROOT, 'test/support/pages'),
};
/** The key that the demo pages name. */
const API_KEY = 'demo';

/** What a test needs to know of a running server. */
export interface TestServer {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  close(): Promise<void>;
}

/** Starts the demo's server in this process, on a free port, with an empty store that ends with it. */
export function startDemo(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  // Tests ask more, and quicker, than people do.
  const demo = {
    rateLimit: 0,
    userConnections: 1000,
    port: 0,
    dataDir: 'memory://',
    demo: true,
    staticDirs: DEMO_DIRS,
    apiKey: API_KEY,
  };
  return startServer({ ...demo, ...options });
}

/** A server in a process of its own, on a store that outlives it: for what a kill must not lose. */
export class ServerProcess implements TestServer {
  readonly url: string;
  readonly apiKey = API_KEY;
  readonly apiSecret = randomBytes(32).toString('hex');
  #child: ChildProcess | undefined;
  #env: Record<string, string>;

  private constructor(dataDir: string, port: number, env: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#env = {
      PORT: String(port),
      DATA_DIR: dataDir,
      CHAT_API_KEY: API_KEY,
      CHAT_API_SECRET: this.apiSecret,
      RATE_LIMIT: '0',
      USER_CONNECTIONS: '1000',
      DEMO: '1',
      DEMO_DIRS: JSON.stringify(DEMO_DIRS),
      ...env,
    };
  }

  /** @param env - More of the server's settings. */
  static async start(dataDir: string, env: Record<string, string> = {}): Promise<ServerProcess> {
    const server = new ServerProcess(dataDir, await freePort(), env);
    await server.start();
    return server;
  }

  /** Starts it, or starts it again; resolves when it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['server/dist/main.js'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...this.#env },
    });
    this.#child = child;
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    await until(async () => {
      assert.equal(child.exitCode, null, 'the server ended by itself');
      return fetch(`${this.url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  }

  /** Ends it as a power cut would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Asks it to end, and waits until it has. */
  term(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Holds it where it is: its sockets stay open, and nothing is answered. */
  stop(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Lets it go on after `stop`. */
  cont(): void {
    this.#child?.kill('SIGCONT');
  }

  close(): Promise<void> {
    return this.kill();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}

/** One REST call as `user`, which may have a query; fails unless it is answered with 2xx. */
export async function command(
  { url, apiKey, apiSecret }: TestServer,
  user: string,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const address = new URL(path, url);
  address.searchParams.set('api_key', apiKey);
  address.searchParams.set('user_id', user);
  const response = await fetch(address, {
    method,
    headers: {
      authorization: await userToken(apiSecret, user),
      'stream-auth-type': 'jwt',
      'content-type': 'application/json',
    },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path} was answered with ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Makes the users and a channel `messaging:<id>` of them. @returns Its cid. */
export async function makeChannel(
  server: TestServer,
  id: string,
  members: readonly string[],
): Promise<string> {
  for (const member of members) {
    const name = `${member.charAt(0).toUpperCase()}${member.slice(1)}`;
    await command(server, member, 'POST', '/users', { users: { [member]: { id: member, name } } });
  }
  await command(server, members[0] ?? '', 'POST', `/channels/messaging/${id}/query`, {
    data: { members, name: id },
    state: true,
  });
  return `messaging:${id}`;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}
