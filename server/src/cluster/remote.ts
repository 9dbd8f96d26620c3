import { unknownConnection, type Connection, type Connections } from '../connections.js';
import { ApiError, type ApiCode } from '../errors.js';
import type { Batch } from '../stream.js';
import type { Bus } from './bus.js';

/** What one server asks of another about a connection that is there. */
export type Ask =
  | { do: 'watch'; cids: readonly string[] }
  | { do: 'unwatch'; cid: string }
  | { do: 'follow'; userIds: readonly string[] }
  | { do: 'poll'; ack: number | undefined }
  | { do: 'delivered'; number: number }
  | { do: 'close' }
  | { do: 'owner' };

interface Request {
  ask: Ask;
  /** The connection and whose it is said to be; empty for `owner`. */
  id: string;
  userId: string;
  /** Where the answer is to go, and its number there; none is wanted without. */
  from?: string;
  number?: number;
}

interface Reply {
  number: number;
  answer?: unknown;
  error?: { code: ApiCode; message: string; status: number };
}

/** How long a server has for an answer; one to a poll may take as long as the poll, while its server is heard. */
const ANSWER_MS = 2000;
const CHECK_MS = 250;

interface Waiting {
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
  node: string;
  end: number;
}

/** Asks other servers about their connections, and answers them about those of this one. */
export class Switchboard {
  readonly #node: string;
  readonly #bus: Bus;
  readonly #here: Connections;
  readonly #lives: (node: string) => boolean;
  readonly #waiting = new Map<number, Waiting>();
  readonly #check: NodeJS.Timeout;
  #number = 0;

  /** @param lives - Whether a server was heard lately. */
  constructor(node: string, bus: Bus, here: Connections, lives: (node: string) => boolean) {
    this.#node = node;
    this.#bus = bus;
    this.#here = here;
    this.#lives = lives;
    this.#check = setInterval(() => this.#giveUp(), CHECK_MS);
  }

  async open(): Promise<void> {
    await this.#bus.hear(`ask:${this.#node}`, (message) => void this.#answer(message as Request));
    await this.#bus.hear(`answer:${this.#node}`, (message) => this.#settle(message as Reply));
  }

  close(): void {
    clearInterval(this.#check);
    for (const { reject } of this.#waiting.values()) reject(unknownConnection());
    this.#waiting.clear();
  }

  /** @throws {ApiError} 46 when the server is gone or does not answer, or whatever it refuses with. */
  ask(node: string, request: { id: string; userId: string; ask: Ask }, endless = false): Promise<unknown> {
    const number = ++this.#number;
    return new Promise((resolve, reject) => {
      const end = endless ? Infinity : performance.now() + ANSWER_MS;
      this.#waiting.set(number, { resolve, reject, node, end });
      void this.#bus.say(`ask:${node}`, { ...request, from: this.#node, number }).then((heard) => {
        if (heard === 0 && this.#waiting.delete(number)) reject(unknownConnection());
      });
    });
  }

  /** Tells without waiting for an answer. */
  tell(node: string, request: { id: string; userId: string; ask: Ask }): void {
    void this.#bus.say(`ask:${node}`, request);
  }

  #settle({ number, answer, error }: Reply): void {
    const waiting = this.#waiting.get(number);
    if (!waiting) return;
    this.#waiting.delete(number);
    if (error) waiting.reject(new ApiError(error.code, error.message, error.status));
    else waiting.resolve(answer);
  }

  #giveUp(): void {
    for (const [number, { node, end, reject }] of this.#waiting)
      if (performance.now() > end || !this.#lives(node)) {
        this.#waiting.delete(number);
        reject(unknownConnection());
      }
  }

  async #answer({ ask, id, userId, from, number }: Request): Promise<void> {
    const reply = (body: Omit<Reply, 'number'>) =>
      from === undefined ? undefined : this.#bus.say(`answer:${from}`, { number, ...body });
    try {
      await reply({ answer: await this.#carryOut(ask, id, userId) });
    } catch (error) {
      const { code, message, status } =
        error instanceof ApiError
          ? error
          : new ApiError(-1, 'The server failed unexpectedly. Try again later.');
      await reply({ error: { code, message, status } });
    }
  }

  async #carryOut(ask: Ask, id: string, userId: string): Promise<unknown> {
    if (ask.do === 'owner') return this.#here.ownerOf(id);
    const connection = this.#here.find(id, userId);
    if (!connection) throw unknownConnection();
    switch (ask.do) {
      case 'watch':
        return connection.watch(ask.cids);
      case 'unwatch':
        return connection.unwatch(ask.cid);
      case 'follow':
        return connection.follow(ask.userIds);
      case 'poll':
        return connection.poll(ask.ack);
      case 'delivered':
        return connection.delivered(ask.number);
      case 'close':
        return connection.close();
    }
  }
}

/** A connection of another server. */
export class RemoteConnection implements Connection {
  readonly userId: string;
  #board: Switchboard;
  #node: string;
  #id: string;

  constructor(board: Switchboard, node: string, id: string, userId: string) {
    this.#board = board;
    this.#node = node;
    this.#id = id;
    this.userId = userId;
  }

  async watch(cids: readonly string[]): Promise<void> {
    await this.#ask({ do: 'watch', cids });
  }

  async unwatch(cid: string): Promise<void> {
    await this.#ask({ do: 'unwatch', cid });
  }

  async follow(userIds: readonly string[]): Promise<void> {
    await this.#ask({ do: 'follow', userIds });
  }

  async poll(ack: number | undefined): Promise<Batch> {
    return (await this.#board.ask(this.#node, this.#request({ do: 'poll', ack }), true)) as Batch;
  }

  delivered(number: number): void {
    this.#board.tell(this.#node, this.#request({ do: 'delivered', number }));
  }

  close(): void {
    this.#board.tell(this.#node, this.#request({ do: 'close' }));
  }

  #ask(ask: Ask): Promise<unknown> {
    return this.#board.ask(this.#node, this.#request(ask));
  }

  #request(ask: Ask) {
    return { id: this.#id, userId: this.userId, ask };
  }
}
