import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { userToken } from '../../server/src/token.js';

const SECRET = 'a secret of more than thirty-two characters';
const KEY = 'key';
const BROADCASTER = fileURLToPath(new URL('broadcaster.mjs', import.meta.url));
const GC = new URL('gc.mjs', import.meta.url).href;
const MAIN = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url));

/** One keep-alive pool for all that is asked: the measure is the server, not the dialling. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Where something is asked. */
export class Address {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<string> {
    const text = JSON.stringify(body);
    const asked = request(`${this.url}${path}`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers },
    });
    asked.end(text);
    const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
    let answer = '';
    for await (const part of response.setEncoding('utf8')) answer += part as string;
    if ((response.statusCode ?? 500) >= 400) throw new Error(`POST ${path}: ${answer}`);
    return answer;
  }
}

/** A process that listens at the address that it prints first. */
export class Target extends Address {
  #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    super(url);
    this.#child = child;
  }

  static async start(file: string, env: Record<string, string> = {}): Promise<Target> {
    const child = spawn(process.execPath, ['--expose-gc', '--import', GC, file], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\S+/.exec(line.toString())?.[0];
    if (!url) throw new Error(`${file} printed no address: ${line.toString()}`);
    child.stdout.resume();
    return new Target(child, url);
  }

  /** Of the process, in bytes, as its system counts them. */
  memory(): Promise<number> {
    return this.#metric('process_resident_memory_bytes');
  }

  /** What it holds in bytes, in JavaScript and beside it, once the garbage is gone. */
  async held(): Promise<number> {
    this.#child.kill('SIGUSR2');
    await delay(1000);
    return (
      (await this.#metric('nodejs_heap_size_used_bytes')) +
      (await this.#metric('nodejs_external_memory_bytes'))
    );
  }

  /** How many connections it has ended for taking nothing. */
  overflowed(): Promise<number> {
    return this.#metric('chat_connections_ended_total{cause="overflow"}');
  }

  async #metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.split(' ')[1] ?? 0);
  }

  async close(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}

export const startBroadcaster = (): Promise<Target> => Target.start(BROADCASTER);

/** Where a server keeps everything: the folder of its own, or what `env` says. */
export class Place {
  readonly #dir: string;
  readonly #env: Record<string, string>;

  private constructor(dir: string, env: Record<string, string>) {
    this.#dir = dir;
    this.#env = env;
  }

  static async make(env: Record<string, string> = {}): Promise<Place> {
    return new Place(await mkdtemp(join(tmpdir(), 'chat-bench-')), env);
  }

  /** The built server, on this place. */
  start(): Promise<Target> {
    return Target.start(MAIN, {
      PORT: '0',
      DATA_DIR: this.#dir,
      RATE_LIMIT: '0',
      USER_CONNECTIONS: '100000',
      CHAT_API_KEY: KEY,
      CHAT_API_SECRET: SECRET,
      ...this.#env,
    });
  }

  remove(): Promise<void> {
    return rm(this.#dir, { recursive: true, force: true });
  }
}

/** A user of the protocol, by requests alone. */
export class Person {
  readonly id: string;
  readonly token: string;

  private constructor(id: string, token: string) {
    this.id = id;
    this.token = token;
  }

  static async of(id: string): Promise<Person> {
    return new Person(id, await userToken(SECRET, id));
  }

  ask(target: Address, path: string, body: unknown, query: Record<string, string> = {}): Promise<string> {
    const search = this.search(query);
    const headers = { authorization: this.token, 'stream-auth-type': 'jwt' };
    return target.post(`${path}?${search.toString()}`, body, headers);
  }

  /** What every request of theirs has in its query. */
  search(more: Record<string, string> = {}): URLSearchParams {
    return new URLSearchParams({ api_key: KEY, user_id: this.id, ...more });
  }

  #details(): URLSearchParams {
    const details = { user_id: this.id, user_details: { id: this.id, name: this.id } };
    return this.search({ json: JSON.stringify(details) });
  }

  socketUrl(target: Address): string {
    const search = this.#details();
    search.set('authorization', this.token);
    search.set('stream-auth-type', 'jwt');
    return `${target.url}/connect?${search.toString()}`;
  }

  /** Connects by long-poll. @returns Begins a poll, which ends when the server answers or is gone. */
  async poll(target: Address): Promise<() => Promise<unknown>> {
    const headers = { authorization: this.token, 'stream-auth-type': 'jwt' };
    const opened = await fetch(`${target.url}/longpoll?${this.#details().toString()}`, { headers });
    const { event } = (await opened.json()) as { event: { connection_id: string } };
    const search = this.search({ connection_id: event.connection_id });
    return () => fetch(`${target.url}/longpoll?${search.toString()}`, { headers }).catch(() => undefined);
  }
}
