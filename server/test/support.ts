import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { openStore, type Store } from '../src/store/open.js';
import { sharedCluster } from './cluster.js';
import {
  IN_MEMORY,
  serverToken,
  startServer,
  userToken,
  type RunningServer,
  type ServerOptions,
} from '../src/app.js';

export const SECRET = 'a secret of more than thirty-two characters';

/** Which store the tests run on: that of this process, or with STORE=postgres a new database. */
export const ON_POSTGRES = process.env['STORE'] === 'postgres';

/** The address of a new database; empty for the store of this process. */
export async function newDatabase(): Promise<string> {
  return ON_POSTGRES ? (await sharedCluster()).database() : '';
}

/** A new store without a server. */
export async function openNew(): Promise<Store> {
  return openStore({ databaseUrl: await newDatabase(), dataDir: IN_MEMORY }, () => undefined);
}

/** A server of this process on a free port, its store new, idle polls answered quickly. */
export async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  return startServer({
    port: 0,
    dataDir: IN_MEMORY,
    databaseUrl: await newDatabase(),
    apiKey: 'key',
    apiSecret: SECRET,
    pollHoldMs: 50,
    // Tests ask more, and quicker, than people do.
    rateLimit: 0,
    checkAnswers: true,
    ...options,
  });
}

/** Anything the server says. */
export type Body = Record<string, unknown>;

export interface Answer {
  status: number;
  body: Body;
}

/** Resolves when `condition` holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await condition()) return;
    await delay(20);
  }
  assert.fail(`never held: ${condition.toString()}`);
}

/** Fails unless the answer is the protocol's refusal with this status and code. */
export function refused(answer: Answer, status: number, code: number, text: RegExp = /./): void {
  const { body } = answer;
  assert.deepEqual(
    { status: answer.status, code: body['code'], StatusCode: body['StatusCode'] },
    { status, code, StatusCode: status },
    JSON.stringify(body),
  );
  assert.match(String(body['message']), text);
  assert.equal(typeof body['duration'], 'string');
  assert.deepEqual(body['details'], []);
}

/** A file to upload. */
export interface Upload {
  name: string;
  content: string | Uint8Array;
}

/** A picture of one pixel. */
export const PNG = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  ),
);

/** What `value` holds at `path`; lists by number. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce((inner: unknown, key) => (inner as Body | undefined | null)?.[String(key)], value);
}

/** What each entry of the list at `path` holds under `key`. */
export function pluck(value: unknown, path: string, key: string): unknown[] {
  return (at(value, path) as Body[]).map((entry) => entry[key]);
}

/** One user with a token, speaking plain HTTP and WebSocket. */
export class Person {
  readonly id: string;
  readonly server: RunningServer;
  readonly token: string;

  private constructor(server: RunningServer, id: string, token: string) {
    this.server = server;
    this.id = id;
    this.token = token;
  }

  static async of(server: RunningServer, id: string): Promise<Person> {
    return new Person(server, id, await userToken(server.apiSecret, id));
  }

  /** The page's own backend, which acts for whomever it names. */
  static async backend(server: RunningServer): Promise<Person> {
    return new Person(server, '', await serverToken(server.apiSecret));
  }

  /** With a token of the test's own making. */
  static holding(server: RunningServer, id: string, token: string): Person {
    return new Person(server, id, token);
  }

  /** Made known to the server. */
  static async known(server: RunningServer, id: string, more: Body = {}): Promise<Person> {
    const person = await Person.of(server, id);
    const answer = await person.call('POST', '/users', { users: { [id]: { id, name: id, ...more } } });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return person;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    query: Record<string, string> = {},
  ): Promise<Answer> {
    const search = new URLSearchParams({ user_id: this.id, api_key: this.server.apiKey, ...query });
    const response = await fetch(`${this.server.url}${path}?${search.toString()}`, {
      method,
      headers: {
        authorization: this.token,
        'stream-auth-type': 'jwt',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  /** Sends a file as a form. */
  async upload(path: string, { name, content }: Upload, query: Record<string, string> = {}): Promise<Answer> {
    const search = new URLSearchParams({ user_id: this.id, api_key: this.server.apiKey, ...query });
    const form = new FormData();
    form.append('file', new Blob([content]), name);
    const response = await fetch(`${this.server.url}${path}?${search.toString()}`, {
      method: 'POST',
      headers: { authorization: this.token, 'stream-auth-type': 'jwt' },
      body: form,
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  /** `GET` with the protocol's `payload` parameter. */
  query(path: string, payload: unknown, query: Record<string, string> = {}): Promise<Answer> {
    return this.call('GET', path, undefined, { payload: JSON.stringify(payload), ...query });
  }

  /** Connects by WebSocket and waits for the greeting. */
  async socket(details: Body = {}): Promise<Socket> {
    const socket = openSocket(this.server, this.token, this.payload(details));
    await socket.take('health.check');
    return socket;
  }

  payload(details: Body = {}): string {
    return JSON.stringify({ user_id: this.id, user_details: { id: this.id, ...details } });
  }

  /** Connects by WebSocket and watches the channel. */
  async watching(cid: string): Promise<Socket> {
    const socket = await this.socket();
    const answer = await this.call(
      'POST',
      `${urlOf(cid)}/query`,
      { watch: true },
      { connection_id: socket.id },
    );
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return socket;
  }

  async send(cid: string, message: Body): Promise<Answer> {
    return this.call('POST', `${urlOf(cid)}/message`, { message });
  }
}

/** Opens a WebSocket with whatever token and payload. */
export function openSocket(
  server: RunningServer,
  token: string,
  json: string,
  more: Record<string, string> = {},
  headers: Record<string, string> = {},
): Socket {
  const query = new URLSearchParams({
    json,
    api_key: server.apiKey,
    authorization: token,
    'stream-auth-type': 'jwt',
    ...more,
  });
  return new Socket(
    new WebSocket(`${server.url.replace('http', 'ws')}/connect?${query.toString()}`, { headers }),
  );
}

/** The receiving end of one WebSocket. */
export class Socket {
  readonly peer: WebSocket;
  /** Settles with the close code. */
  readonly closed: Promise<number>;
  #events: Body[] = [];
  #id = '';
  #arrived: () => void = () => undefined;

  constructor(peer: WebSocket) {
    this.peer = peer;
    peer.on('error', () => undefined);
    this.closed = once(peer, 'close').then(([code]) => Number(code));
    peer.on('message', (data: Buffer) => {
      const event = JSON.parse(data.toString()) as Body;
      if (typeof event['connection_id'] === 'string') this.#id = event['connection_id'];
      this.#events.push(event);
      this.#arrived();
    });
  }

  /** The connection id, once greeted. */
  get id(): string {
    return this.#id;
  }

  /** The next event of this type; those before it are dropped. */
  async take(type: string): Promise<Body> {
    for (;;) {
      for (let event = this.#events.shift(); event; event = this.#events.shift())
        if (event['type'] === type) return event;
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }

  /** The next thing that is said, whatever it is. */
  async next(): Promise<Body> {
    for (;;) {
      const event = this.#events.shift();
      if (event) return event;
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }

  /** Everything that was sent before now: what the server had to say stands before its answer to a ping. */
  async drain(): Promise<Body[]> {
    this.peer.send('[{"type":"health.check","client_id":"test"}]');
    const taken: Body[] = [];
    for (;;) {
      for (let event = this.#events.shift(); event; event = this.#events.shift()) {
        if (event['type'] === 'health.check') return taken;
        taken.push(event);
      }
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }

  /** The types of everything that was sent before now. */
  async types(): Promise<unknown[]> {
    return (await this.drain()).map((event) => event['type']);
  }

  async close(): Promise<void> {
    this.peer.close(1000);
    await this.closed;
  }
}

/** A value of `/metrics`. */
export async function metric(server: RunningServer, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** Where the channel is asked for. */
export function urlOf(cid: string): string {
  return `/channels/${cid.replace(':', '/')}`;
}

let channelsMade = 0;

/** A new channel of `maker` and Bob. @returns Its cid. */
export async function newChannel(maker: Person, type = 'messaging'): Promise<string> {
  const id = `m${++channelsMade}`;
  await maker.call('POST', `/channels/${type}/${id}/query`, { data: { members: [maker.id, 'bob'] } });
  return `${type}:${id}`;
}

/** Sends a message, which must be taken. @returns It, as the server stored it. */
export async function sentBy(author: Person, cid: string, message: Body): Promise<Body> {
  const { status, body } = await author.send(cid, message);
  assert.equal(status, 201, JSON.stringify(body));
  return body['message'] as Body;
}
