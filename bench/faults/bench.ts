import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { userToken } from '../../server/src/app.js';
import type { TransportName } from '../../src/transport/transport.js';
import { launchBrowser } from '../../test/support/browser.js';
import { FaultProxy } from '../../test/support/proxy.js';
import { Producer } from '../../test/support/rig/producer.js';
import { command, makeChannel, ServerProcess } from '../../test/support/server.js';
import { BenchPage } from './page.js';

/** A channel, somebody who writes to it and somebody who reads. */
export interface Room {
  cid: string;
  writer: string;
  reader: string;
  server: ServerProcess;
}

export interface OpenOptions {
  room: Room;
  proxy: FaultProxy;
  /** What the page is to be live on; `longpoll` refuses it every upgrade. Default: it is not begun. */
  on?: TransportName;
  /** Timers and clock run so many times as fast. */
  speed?: number;
  /** Uses what an earlier page of the same visitor has stored. */
  after?: BenchPage;
}

/** What every case needs: a browser, a server, proxies before it. */
export class Bench {
  readonly browser: Browser;
  readonly server: ServerProcess;
  /** How often each time is taken. */
  readonly runs: number;
  #ends: (() => Promise<unknown>)[] = [];

  private constructor(browser: Browser, server: ServerProcess, runs: number) {
    this.browser = browser;
    this.server = server;
    this.runs = runs;
  }

  static async start(runs: number): Promise<Bench> {
    const server = await ServerProcess.start('memory://');
    const browser = await launchBrowser();
    return new Bench(browser, server, runs);
  }

  log(text: string): void {
    console.error(`${new Date().toISOString().slice(11, 19)}  ${text}`);
  }

  /** A server for one case alone, on a store that outlives its process. */
  async ownServer(): Promise<ServerProcess> {
    const dataDir = await mkdtemp(join(tmpdir(), 'chat-session-bench-'));
    this.#ends.push(() => rm(dataDir, { recursive: true, force: true }));
    const server = await ServerProcess.start(dataDir);
    this.#ends.push(() => server.kill());
    return server;
  }

  async proxy(server = this.server): Promise<FaultProxy> {
    const proxy = await FaultProxy.start(Number(new URL(server.url).port));
    this.#ends.push(() => proxy.close());
    return proxy;
  }

  async room(server = this.server): Promise<Room> {
    const name = randomBytes(4).toString('hex');
    const [writer, reader] = [`writer-${name}`, `reader-${name}`];
    return { cid: await makeChannel(server, name, [writer, reader]), writer, reader, server };
  }

  /** A page of the reader, in a browser profile of its own. */
  async open({ room, proxy, on, speed, after }: OpenOptions): Promise<BenchPage> {
    const query = new URLSearchParams({
      ...(on === 'longpoll' && { 'no-websocket': '' }),
      ...(speed && { speed: String(speed) }),
    });
    const context = after?.page.context() ?? (await this.browser.newContext());
    if (!after) this.#ends.push(() => context.close());
    // From the server that stays, as from a content network: what is under test is the chat's own server.
    const page = await BenchPage.open(context, `${this.server.url}/pages/session.html?${query}`, {
      'api-key': room.server.apiKey,
      'base-url': proxy.url,
      user: room.reader,
      token: await userToken(room.server.apiSecret, room.reader),
      channel: room.cid,
    });
    if (on) await this.begin(page, on);
    return page;
  }

  /** Has the page live on `transport`, and read. */
  async begin(page: BenchPage, transport: TransportName): Promise<void> {
    await page.begin();
    await page.call('live', transport);
    await page.call('ready');
    await page.call('record');
  }

  producer({ server, cid, writer }: Room): Producer {
    return new Producer(server, cid, writer);
  }

  /** Posts one message to the room, straight to its server. */
  async post({ server, cid, writer }: Room, text: string): Promise<void> {
    const path = `/channels/${cid.replace(':', '/')}/message`;
    await command(server, writer, 'POST', path, { message: { text } });
  }

  /** The newest messages that the server has of the room, oldest first. */
  async stored({ server, cid, reader }: Room, limit = 300): Promise<string[]> {
    const path = `/channels/${cid.replace(':', '/')}/query`;
    const answer = await command(server, reader, 'POST', path, { state: true, messages: { limit } });
    return (answer as { messages: { text: string }[] }).messages.map(({ text }) => text);
  }

  /** Ends what a case has opened. */
  async clear(): Promise<void> {
    for (const end of this.#ends.splice(0).toReversed()) await end().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.clear();
    await this.browser.close();
    await this.server.close();
  }
}
