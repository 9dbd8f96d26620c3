import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { userToken } from '../../../server/src/app.js';
import type { TestServer } from '../server.js';
import type { Production } from './api.js';

/** How long one try may take: a server that is held answers nothing. */
const TRY_MS = 3_000;
const BETWEEN_TRIES_MS = 50;

/** Posts numbered messages to one channel, one after the other: `#1`, `#2` and so on. */
export class Producer {
  #server: TestServer;
  #user: string;
  #path: string;
  #token: string | undefined;
  /** How many there are so far. */
  #last = 0;
  #running: Promise<void> = Promise.resolve();

  /** @param cid - As `type:id`; `user` must be one of its members. */
  constructor(server: TestServer, cid: string, user: string) {
    this.#server = server;
    this.#user = user;
    this.#path = `/channels/${cid.replace(':', '/')}/message`;
  }

  /** Goes on with the next numbers. @returns The last of them; the messages follow in their own time. */
  start({ count, everyMs }: Production): number {
    const first = this.#last + 1;
    this.#last += count;
    this.#running = this.#running.then(() => this.#run(first, count, everyMs));
    this.#running.catch(() => undefined); // `finished` tells
    return this.#last;
  }

  /** Resolves when the server has taken all of them. */
  finished(): Promise<void> {
    return this.#running;
  }

  async #run(first: number, count: number, everyMs: number): Promise<void> {
    this.#token ??= await userToken(this.#server.apiSecret, this.#user);
    const started = performance.now();
    for (let i = 0; i < count; i++) {
      const early = started + i * everyMs - performance.now();
      if (early > 0) await delay(early);
      await this.#deliver({ id: randomUUID(), text: `#${first + i}` });
    }
  }

  /** Tries, with the same id, until the server has it: the order is the order of the numbers. */
  async #deliver(message: { id: string; text: string }): Promise<void> {
    while (!(await this.#post(message))) await delay(BETWEEN_TRIES_MS);
  }

  /** @returns False when it is worth another try. */
  async #post(message: { id: string; text: string }): Promise<boolean> {
    const { url, apiKey } = this.#server;
    const response = await fetch(`${url}${this.#path}?api_key=${apiKey}&user_id=${this.#user}`, {
      method: 'POST',
      headers: {
        authorization: this.#token ?? '',
        'stream-auth-type': 'jwt',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ message }),
      signal: AbortSignal.timeout(TRY_MS),
    }).catch(() => undefined);
    // Read to its end, or the connection could not be used again.
    const said = await response?.text().catch(() => undefined);
    if (response?.ok && said !== undefined) return true;
    // An earlier try had arrived, and only its answer was lost: with the server that was killed, for one.
    if (response?.status === 400 && said?.includes('already exists')) return true;
    if (response && response.status < 500 && response.status !== 429)
      throw new Error(`${message.text} was refused with ${response.status}: ${said}`);
    return false;
  }
}
