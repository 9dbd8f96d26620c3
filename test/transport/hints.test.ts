import { expect } from '@open-wc/testing';
import type { ChatClient } from '../../src/client/client.js';
import { FakeServer, tokenFor } from '../support/fake-server.js';
import { fakeXHR, type FakeRequest } from '../support/fake-xhr.js';
import { quiet } from '../support/following.js';

const KEY = 'chat-session transport http://chat.test';

/** What a tab stores, as `sessionStorage` does. */
function tabStorage(entries: Record<string, string> = {}): Storage {
  const held = new Map(Object.entries(entries));
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
  } as Storage;
}

/** One page of a tab, and both ways to its server in the test's hand. */
class Page {
  readonly server = new FakeServer();
  readonly polls: FakeRequest[];
  readonly client: ChatClient;

  constructor(storage: () => Storage | undefined, baseURL = 'http://chat.test') {
    const { XMLHttpRequest, requests } = fakeXHR();
    Object.assign(this.server.host, { XMLHttpRequest, storage });
    this.polls = requests;
    this.client = this.server.client({ enableWSFallback: true, baseURL });
  }

  /** Begins to connect, and whatever is begun at once with it. */
  async begin(): Promise<this> {
    void this.client.connectUser({ id: 'ada' }, tokenFor('ada')).catch(() => undefined);
    await quiet();
    this.server.host.tick(0);
    await quiet();
    return this;
  }

  /** The server greets on the poll. */
  async greetPoll(): Promise<void> {
    this.polls.at(-1)?.answer({ event: { type: 'health.check', connection_id: 'p1', me: { id: 'ada' } } });
    await quiet();
  }

  async breakWebSocket(): Promise<void> {
    this.server.socket.break();
    await quiet();
  }

  /** How many WebSockets and polls were begun so far. */
  get begun(): [number, number] {
    return [this.server.sockets.length, this.polls.length];
  }
}

describe('what worked last in a tab', () => {
  /** A tab whose page went live on polls, the WebSocket having failed. */
  async function polling(): Promise<Storage> {
    const storage = tabStorage();
    const page = await new Page(() => storage).begin();
    page.server.host.tick(1500);
    await quiet();
    await page.greetPoll();
    await page.breakWebSocket();
    await page.client.disconnectUser();
    return storage;
  }

  it('is nothing at first: WebSocket gets its head start', async () => {
    const page = await new Page(() => tabStorage()).begin();

    expect(page.begun).to.deep.equal([1, 0]);
    page.server.host.tick(1500);
    await quiet();

    expect(page.begun).to.deep.equal([1, 1]);
  });

  it('lets polling join at once on the next page, and is no ban on WebSocket', async () => {
    const storage = await polling();

    const next = await new Page(() => storage).begin();
    expect(next.begun).to.deep.equal([1, 1]);
    await next.server.greet();

    expect(next.client.state.value.connection).to.include({ status: 'live', transport: 'websocket' });
    expect(storage.getItem(KEY)).to.match(/^websocket /);
  });

  it('is WebSocket again for the page after that', async () => {
    const storage = await polling();
    const next = await new Page(() => storage).begin();
    await next.server.greet();

    const third = await new Page(() => storage).begin();

    expect(third.begun).to.deep.equal([1, 0]);
  });

  for (const [minutes, polls] of [
    [9.99, 1],
    [10, 0],
  ] as const)
    it(`is ${polls ? 'still known' : 'forgotten'} after ${minutes} minutes`, async () => {
      const storage = await polling();
      const page = new Page(() => storage);
      const { host } = page.server;
      const [, at] = storage.getItem(KEY)?.split(' ') ?? [];
      host.tick(Number(at) + minutes * 60_000 - host.now());

      await page.begin();

      expect(page.begun).to.deep.equal([1, polls]);
    });

  it('is known of one server, and says nothing of another', async () => {
    const storage = await polling();

    const page = await new Page(() => storage, 'http://other.test').begin();

    expect(page.begun).to.deep.equal([1, 0]);
  });

  it('is not that WebSocket failed where polling was not greeted either', async () => {
    const storage = tabStorage();
    const page = await new Page(() => storage).begin();

    await page.breakWebSocket();
    page.polls.at(-1)?.fail();
    await quiet();

    expect(storage.getItem(KEY)).to.equal(null);
  });

  for (const [what, entry] of [
    ['nonsense', 'nonsense'],
    ['from the future', `longpoll ${Number.MAX_SAFE_INTEGER}`],
    ['without a time', 'longpoll '],
    ['empty', ''],
  ] as const)
    it(`is unknown when what is stored is ${what}`, async () => {
      const page = await new Page(() => tabStorage({ [KEY]: entry })).begin();

      expect(page.begun).to.deep.equal([1, 0]);
    });
});

describe('a tab that denies its storage', () => {
  const denied = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  const full = { ...tabStorage(), setItem: denied } as Storage;
  const broken = { ...tabStorage(), getItem: denied } as Storage;
  const ways: [string, () => Storage | undefined][] = [
    ['that there is none', () => undefined],
    ['at the first touch', denied],
    ['when it is written', () => full],
    ['when it is read', () => broken],
  ];
  for (const [when, storage] of ways)
    it(`${when} connects as without a memory`, async () => {
      const page = await new Page(storage).begin();
      expect(page.begun).to.deep.equal([1, 0]);

      await page.server.greet();

      expect(page.client.state.value.connection).to.include({ status: 'live', transport: 'websocket' });
    });

  it('goes live on polls all the same', async () => {
    const page = await new Page(denied).begin();
    page.server.host.tick(1500);
    await quiet();
    await page.greetPoll();

    await page.breakWebSocket();

    expect(page.client.state.value.connection).to.include({ status: 'live', transport: 'longpoll' });
  });
});
