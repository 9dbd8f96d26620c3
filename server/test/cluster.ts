import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { openPostgres } from '../src/store/postgres.js';

const DEBIAN = '/usr/lib/postgresql';
const TEMPLATE = 'migrated';

/** A Postgres server of one test process, gone with it. */
export interface Cluster {
  /** A new database with the tables made; its address. */
  database(): Promise<string>;
  /** Runs SQL as its owner. */
  run(url: string, sql: string): Promise<unknown[]>;
  start(): Promise<void>;
  /** @param signal - SIGINT ends it in order at once, SIGQUIT as a crash would. */
  stop(signal?: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  /** All its processes stand still: connections stay, and nothing is answered. */
  freeze(): void;
  thaw(): void;
}

/** The folder of the newest Postgres programs here. */
function programs(): string {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const found = versions.map((version) => join(DEBIAN, String(version), 'bin'));
  const folder = found.find((bin) => existsSync(join(bin, 'initdb')));
  if (!folder) throw new Error(`No Postgres in ${DEBIAN}: install Debian's postgresql, or leave STORE out.`);
  return folder;
}

/** Postgres refuses to run as root: then it is its own user's. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, , uid, gid] = /^postgres:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? [];
  if (!uid || !gid) throw new Error('There is no user "postgres" to run Postgres as.');
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * @param fsync - Off is quicker, and enough where no power cut is played.
 * @param within - The folder that its own is made in.
 */
export async function startCluster(fsync: 'on' | 'off' = 'off', within = tmpdir()): Promise<Cluster> {
  const [bin, user, port] = [programs(), owner(), await freePort()];
  const folder = mkdtempSync(join(within, 'chat-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'chat', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N'],
    { ...user, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  const settings = [
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    `fsync=${fsync}`,
    'max_connections=200',
  ];
  const args = ['-D', data, '-c', 'listen_addresses=127.0.0.1', ...settings.flatMap((each) => ['-c', each])];
  const run = () => spawn(join(bin, 'postgres'), args, { ...user, cwd: folder, stdio: 'ignore' });
  const cluster = new Running(run, `postgres://chat@127.0.0.1:${port}/`);
  // The process may end without a word of its tests.
  process.once('SIGTERM', () => process.exit(1));
  process.once('exit', () => {
    cluster.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
  });
  await cluster.start();
  return cluster;
}

class Running implements Cluster {
  #run: () => ReturnType<typeof spawn>;
  #url: string;
  #child: ReturnType<typeof spawn> | undefined;
  #template: Promise<void> | undefined;
  /** Databases are copied one at a time: the template must be nobody else's meanwhile. */
  #copies: Promise<unknown> = Promise.resolve();

  constructor(run: () => ReturnType<typeof spawn>, url: string) {
    this.#run = run;
    this.#url = url;
  }

  async start(): Promise<void> {
    const child = this.#run();
    this.#child = child;
    // Its pipes are none, and the tests' process ends without it.
    child.unref();
    for (let tries = 0; tries < 300; tries++) {
      if (child.exitCode !== null) throw new Error(`Postgres ended with ${child.exitCode}.`);
      try {
        return void (await this.run(`${this.#url}postgres`, 'select 1'));
      } catch {
        await delay(50);
      }
    }
    throw new Error('Postgres did not start within 15 s.');
  }

  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    child.ref();
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  kill(): void {
    this.thaw();
    this.#child?.kill('SIGQUIT');
  }

  freeze(): void {
    this.#signal('STOP');
  }

  thaw(): void {
    this.#signal('CONT');
  }

  #signal(name: 'STOP' | 'CONT'): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    // The first process makes the others: it stands still before them, and goes on after them.
    if (name === 'STOP') process.kill(pid, 'SIGSTOP');
    spawnSync('pkill', [`-${name}`, '-P', String(pid)]);
    if (name === 'CONT' && this.#child?.exitCode === null) process.kill(pid, 'SIGCONT');
  }

  async run(url: string, sql: string): Promise<unknown[]> {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows as unknown[];
    } finally {
      await client.end();
    }
  }

  database(): Promise<string> {
    const name = `chat_${randomBytes(6).toString('hex')}`;
    const made = this.#copies.then(async () => {
      await (this.#template ??= this.#migrate());
      await this.run(`${this.#url}postgres`, `create database ${name} template ${TEMPLATE}`);
      return `${this.#url}${name}`;
    });
    this.#copies = made.catch(() => undefined);
    return made;
  }

  async #migrate(): Promise<void> {
    await this.run(`${this.#url}postgres`, `create database ${TEMPLATE}`);
    await (await openPostgres(`${this.#url}${TEMPLATE}`, () => undefined, false)).close();
  }
}

let shared: Promise<Cluster> | undefined;

/** The cluster of this process's tests, started for the first that asks. */
export function sharedCluster(): Promise<Cluster> {
  return (shared ??= startCluster());
}
