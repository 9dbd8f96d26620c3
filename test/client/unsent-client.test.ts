import { expect, waitUntil } from '@open-wc/testing';
import type { ChatClient } from '../../src/client/client.js';
import { uuid } from '../../src/transport/host.js';
import { FakeServer, refusal, rejection, tokenFor, type Reply } from '../support/fake-server.js';
import { ada, bob, response } from '../support/fixtures.js';
import { later, quiet } from '../support/following.js';
import { denying, locksOf } from '../support/unsent-page.js';
import { SEND, stored, texts } from '../support/watching.js';

/** One page: a server that it reaches, and a client whose storage and locks are the browser's own. */
class Page {
  static #pages: Page[] = [];
  readonly server = new FakeServer();
  readonly client: ChatClient;

  /** @param overrides - Of the host, over the browser's storage. */
  constructor(baseURL: string, overrides: object = {}) {
    Object.assign(this.server.host, { indexedDB, locks: navigator.locks }, overrides);
    this.server.routes['POST /channels'] = () => ({ body: { channels: [response()] } });
    this.server.routes[SEND] = (command) => ({ body: { message: stored(command) } });
    this.client = this.server.client({ baseURL });
    Page.#pages.push(this);
  }

  get channel() {
    return this.client.channel('messaging', 'general');
  }

  /** Signs in, and is live. */
  async enter(user = ada): Promise<void> {
    void this.client.connectUser({ id: user.id }, tokenFor(user.id)).catch(() => undefined);
    await this.server.greet(user);
    await quiet();
  }

  /** Writes what the server does not get, and has it stored. */
  async writeInVain(text: string, id = text): Promise<void> {
    this.server.routes[SEND] = () => 'lost';
    this.channel.sendMessage({ text, id }).catch(() => undefined);
    await stores(this.client.baseURL, (ids) => ids.includes(id));
  }

  /** The page is closed, and no word goes out any more. @param left - Locks that other pages hold. */
  async die(left = 0): Promise<void> {
    this.server.host.signal('suspend');
    await locksOf(this.client.baseURL, left);
  }

  /** The ids of the messages that reached the server. */
  get arrived(): string[] {
    return this.server.of(SEND).map(({ body }) => (body['message'] as { id: string }).id);
  }

  static async endAll(): Promise<void> {
    for (const { client } of this.#pages.splice(0)) await client.disconnectUser();
  }
}

/** Waits until what is stored for Ada at this server is as wanted. */
async function stores(baseURL: string, wanted: (ids: string[]) => boolean): Promise<void> {
  const name = `chat-session ${JSON.stringify([baseURL, 'key', 'ada'])}`;
  const keys = async (): Promise<string[]> => {
    const all = await indexedDB.databases();
    if (!all.some((database) => database.name === name)) return [];
    const database = await result(indexedDB.open(name));
    const ids = await result(database.transaction('messages').objectStore('messages').getAllKeys());
    database.close();
    return ids as string[];
  };
  await waitUntil(async () => wanted(await keys()), 'never stored so', { timeout: 9000 });
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error('not read', { cause: request.error }));
  });
}

const shown = (page: Page, wanted: string[]): Promise<void> =>
  waitUntil(() => texts(page.channel).join() === wanted.join(), `never ${wanted.join()}`, { timeout: 9000 });

describe('a message that was pending when its page ended', () => {
  let url: string;

  beforeEach(() => {
    url = `http://${uuid()}.test`;
  });

  afterEach(() => Page.endAll());

  it('is shown and sent by the next page of that user, once', async () => {
    const before = new Page(url);
    await before.enter();
    await before.writeInVain('Hello');
    await before.die();

    const after = new Page(url);
    const answer = later<Reply>();
    after.server.routes[SEND] = () => answer.promise;
    await after.enter();
    await shown(after, ['Hello sending']);
    await waitUntil(() => after.arrived.length);
    await answer.give({ body: { message: { ...stored(after.server.of(SEND)[0]!), id: 'Hello' } } });
    await stores(url, (ids) => !ids.length);

    expect(texts(after.channel)).to.deep.equal(['Hello sent']);
    expect(after.arrived).to.deep.equal(['Hello']);
  });

  it('is shown by a page that does not reach the server, and sent once it does', async () => {
    const before = new Page(url);
    await before.enter();
    await before.writeInVain('Hello');
    await before.die();

    const after = new Page(url);
    void after.client.connectUser({ id: ada.id }, tokenFor(ada.id)).catch(() => undefined);
    await waitUntil(() => after.server.sockets.length);
    after.server.socket.break();
    await shown(after, ['Hello sending']);
    expect(after.arrived).to.deep.equal([]);
    after.server.host.tick(2000);
    await after.server.greet(ada);
    await shown(after, ['Hello sent']);

    expect(after.arrived).to.deep.equal(['Hello']);
  });

  it('is not sent again by a third', async () => {
    const before = new Page(url);
    await before.enter();
    await before.writeInVain('Hello');
    await before.die();
    const after = new Page(url);
    await after.enter();
    await shown(after, ['Hello sent']);
    await stores(url, (ids) => !ids.length);
    await after.die();

    const third = new Page(url);
    await third.enter();
    await third.channel.sendMessage({ text: 'mine', id: 'mine' });

    expect(third.arrived).to.deep.equal(['mine']);
    expect(texts(third.channel)).to.deep.equal(['mine sent']);
  });

  it('is followed by what was written after it, in order', async () => {
    const before = new Page(url);
    await before.enter();
    for (const text of ['1', '2', '3']) await before.writeInVain(text);
    await before.die();

    const after = new Page(url);
    await after.enter();
    await shown(after, ['1 sent', '2 sent', '3 sent']);

    expect(after.arrived).to.deep.equal(['1', '2', '3']);
  });

  it('is left alone while its page lives, and taken over at the next connection after', async () => {
    const [one, other] = [new Page(url), new Page(url)];
    await one.enter();
    await one.writeInVain('Hello');
    await other.enter();
    await other.channel.sendMessage({ text: 'mine', id: 'mine' });
    expect(other.arrived).to.deep.equal(['mine']);

    await one.die(1);
    other.server.socket.break();
    other.server.host.tick(1000);
    await other.server.greet();

    await waitUntil(() => other.arrived.length > 1);
    expect(other.arrived).to.deep.equal(['mine', 'Hello']);
  });

  it('is never seen by another user', async () => {
    const before = new Page(url);
    await before.enter();
    await before.writeInVain('Hello');
    await before.die();

    const bobs = new Page(url);
    await bobs.enter(bob);
    await bobs.channel.sendMessage({ text: 'of Bob', id: 'bob' });

    expect(texts(bobs.channel)).to.deep.equal(['of Bob sent']);
    expect(bobs.arrived).to.deep.equal(['bob']);
    await stores(url, (ids) => ids.join() === 'Hello');
  });

  it('is shown with its reason, and not sent, when it had failed', async () => {
    const before = new Page(url);
    await before.enter();
    before.server.routes[SEND] = () => refusal(17, 403);
    await rejection(before.channel.sendMessage({ text: 'Hello', id: 'mine' }));
    await stores(url, (ids) => ids.includes('mine'));
    await before.die();

    const after = new Page(url);
    await after.enter();
    await shown(after, ['Hello failed']);

    expect(after.channel.state.value.messages[0]?.error).to.have.property('code', 'not-allowed');
    expect(after.arrived).to.deep.equal([]);
    await after.channel.retryMessage('mine');
    expect(after.arrived).to.deep.equal(['mine']);
  });

  it('is deleted when the user signs out', async () => {
    const before = new Page(url);
    await before.enter();
    await before.writeInVain('Hello');

    await before.client.disconnectUser();

    await stores(url, (ids) => !ids.length);
  });

  it('is kept when the user leaves and wants it kept, and sent when they come again', async () => {
    const page = new Page(url);
    await page.enter();
    await page.writeInVain('Hello');
    await page.client.disconnectUser({ keepUnsent: true });
    await locksOf(url, 0);

    page.server.routes[SEND] = (command) => ({ body: { message: stored(command) } });
    await page.enter();
    await shown(page, ['Hello sent']);

    expect(new Set(page.arrived)).to.deep.equal(new Set(['Hello']));
  });

  it('is deleted by a sign-out that comes before the first greeting', async () => {
    const before = new Page(url);
    await before.enter();
    await before.writeInVain('Hello');
    await before.die();
    const after = new Page(url);
    void after.client.connectUser({ id: 'ada' }, tokenFor('ada')).catch(() => undefined);
    await quiet();

    await after.client.disconnectUser();

    await stores(url, (ids) => !ids.length);
  });
});

describe('a browser that denies storage', () => {
  afterEach(() => Page.endAll());

  const sendsAll = async (page: Page) => {
    await page.enter();
    await waitUntil(() => !page.client.state.value.keepsUnsent);
    await page.channel.sendMessage({ text: 'Hello' });
    expect(texts(page.channel)).to.deep.equal(['Hello sent']);
  };

  it('has no IndexedDB: the client says so, and sends all the same', async () => {
    await sendsAll(new Page(`http://${uuid()}.test`, { indexedDB: undefined }));
  });

  it('throws: the client says so, and sends all the same', async () => {
    await denying('throws', () => sendsAll(new Page(`http://${uuid()}.test`)));
  });

  it('is full: the client says so, and sends all the same', async () => {
    const page = new Page(`http://${uuid()}.test`);
    await page.enter();
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };

    try {
      await page.channel.sendMessage({ text: 'Hello' });
      await waitUntil(() => !page.client.state.value.keepsUnsent);
    } finally {
      IDBObjectStore.prototype.put = put;
    }

    expect(texts(page.channel)).to.deep.equal(['Hello sent']);
  });

  it('is another matter for the next user', async () => {
    const page = new Page(`http://${uuid()}.test`, { indexedDB: undefined });
    await sendsAll(page);

    await page.client.disconnectUser();

    expect(page.client.state.value.keepsUnsent).to.equal(true);
  });
});
