import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { startServer, userToken } from '../../server/src/app.js';
import { ChatClient, ChatError, type Channel, type ServerEvent, type User } from '../../src/client/index.js';
import { compareTimes } from '../../src/protocol.js';
import { nodeHost } from '../support/node-host.js';
import { until } from '../support/until.js';

type Server = Awaited<ReturnType<typeof startServer>>;
const off = { enabled: false };
let server: Server;
let made = 0;
/** Clients of the test that runs. What it leaves connected would keep this process alive. */
const connected: ChatClient[] = [];

before(async () => {
  server = await startServer({ port: 0, dataDir: 'memory://', demo: false });
});
afterEach(() => Promise.all(connected.splice(0).map((client) => client.disconnectUser())));
after(() => server.close());

/** A user on this server, and all that reached them over the wire. */
async function join(transport: 'websocket' | 'longpoll', user: User, isLost?: (answer: unknown) => boolean) {
  const client = new ChatClient(server.apiKey, {
    baseURL: server.url,
    allowServerSideConnect: true,
    host: nodeHost(transport, isLost),
  });
  connected.push(client);
  const events: ServerEvent[] = [];
  client.on('*', (event) => events.push(event));
  await client.connectUser(user, await userToken(server.apiSecret, user.id));
  const heard = (type: string) => events.filter((event) => event.type === type);
  return { client, heard };
}

/** Ada and Bob in a channel of their own. */
async function meet(transport: 'websocket' | 'longpoll', adas: Partial<User> = {}) {
  const serial = ++made;
  const bob = await join(transport, { id: `bob-${serial}`, name: 'Bob' });
  const ada = await join(transport, { id: `ada-${serial}`, name: 'Ada', ...adas });
  const theirs = ada.client.channel('messaging', `room-${serial}`);
  await theirs.create({ members: [`ada-${serial}`, `bob-${serial}`], name: 'Room' });
  const mine = bob.client.channel('messaging', `room-${serial}`);
  await mine.watch();
  return { ada: { ...ada, channel: theirs }, bob: { ...bob, channel: mine } };
}

const texts = (channel: Channel) => channel.state.value.messages.map(({ text }) => text);

for (const transport of ['websocket', 'longpoll'] as const) {
  describe(`two clients without a browser, over ${transport}`, () => {
    it('are live over it', async () => {
      const { ada } = await meet(transport);

      assert.equal(ada.client.state.value.connection.transport, transport);
    });

    it('see what the other writes, once and in order', async () => {
      const { ada, bob } = await meet(transport);

      await Promise.all(['one', 'two', 'three'].map((text) => ada.channel.sendMessage({ text })));
      await until(() => bob.channel.state.value.messages.length === 3);
      await bob.channel.sendMessage({ text: 'four' });
      await until(() => ada.channel.state.value.messages.length === 4);

      assert.deepEqual(texts(ada.channel), ['one', 'two', 'three', 'four']);
      assert.deepEqual(texts(bob.channel), ['one', 'two', 'three', 'four']);
    });

    it('see the other type and stop', async () => {
      const { ada, bob } = await meet(transport);

      ada.channel.keystroke();
      await until(() => bob.channel.state.value.typing.length === 1);
      ada.channel.stopTyping();
      await until(() => bob.channel.state.value.typing.length === 0);

      assert.equal(bob.heard('typing.start').length, 1);
    });

    it('see what the other has read', async () => {
      const { ada, bob } = await meet(transport);
      const { created_at } = await ada.channel.sendMessage({ text: 'Hello' });
      await until(() => bob.channel.state.value.unread === 1);

      await bob.channel.markRead();
      const bobs = () => ada.channel.state.value.reads[bob.client.userId ?? ''];
      await until(() => compareTimes(bobs()?.last_read ?? '', created_at) >= 0);

      assert.equal(bob.channel.state.value.unread, 0);
    });

    it('learn nothing of typing and reads that are withheld from the start', async () => {
      const settings = { typing_indicators: off, read_receipts: off };
      const { ada, bob } = await meet(transport, { privacy_settings: settings });
      await bob.channel.sendMessage({ text: 'Hello' });
      await until(() => ada.channel.state.value.unread === 1);

      ada.channel.keystroke();
      await ada.channel.markRead();
      await ada.channel.sendMessage({ text: 'after it' });
      await until(() => texts(bob.channel).includes('after it'));

      assert.deepEqual(bob.heard('typing.start'), []);
      assert.deepEqual(
        bob.heard('message.read').filter(({ user }) => user?.id === ada.client.userId),
        [],
      );
      assert.deepEqual(Object.keys(bob.channel.state.value.reads), [bob.client.userId]);
    });

    it('learn nothing more once it is withheld, and again when it is not', async () => {
      const { ada, bob } = await meet(transport);

      await ada.client.updatePrivacy({ typing_indicators: off });
      ada.channel.keystroke();
      await ada.channel.sendMessage({ text: 'silent' });
      await until(() => texts(bob.channel).includes('silent'));
      assert.deepEqual(bob.heard('typing.start'), []);

      await ada.client.updatePrivacy({ typing_indicators: { enabled: true } });
      ada.channel.keystroke();
      await until(() => bob.heard('typing.start').length === 1);
    });

    it('read older pages up to the first message', async () => {
      const { ada, bob } = await meet(transport);
      for (let n = 1; n <= 35; n++) await ada.channel.sendMessage({ text: `${n}` });
      const again = bob.client.channel('messaging', ada.channel.id);
      await until(() => again.state.value.messages.length === 35);
      const fresh = await join(transport, { id: bob.client.userId ?? '' });
      const channel = fresh.client.channel('messaging', ada.channel.id);
      await channel.watch();
      assert.deepEqual([channel.state.value.messages.length, channel.state.value.hasOlder], [30, true]);

      await channel.loadOlder();

      assert.deepEqual(
        texts(channel),
        Array.from({ length: 35 }, (_, i) => `${i + 1}`),
      );
      assert.equal(channel.state.value.hasOlder, false);
    });

    it('find a channel in their list that was made meanwhile', async () => {
      const { ada, bob } = await meet(transport);
      await bob.client.queryChannels();
      const second = ada.client.channel('messaging', `${ada.channel.id}-second`);

      await second.create({ members: [ada.client.userId ?? '', bob.client.userId ?? ''] });
      await until(() => bob.client.state.value.channels.some(({ cid }) => cid === second.cid));
    });
  });
}

describe('a client over longpoll whose network loses an answer', () => {
  it('still gets what was in it, once', async () => {
    const { ada, bob } = await meet('longpoll');
    let lost = 0;
    const tells = (answer: unknown) => JSON.stringify(answer).includes('"message.new"');
    const bobsTab = await join(
      'longpoll',
      { id: bob.client.userId ?? '' },
      (answer) => tells(answer) && ++lost === 1,
    );
    const channel = bobsTab.client.channel('messaging', ada.channel.id);
    await channel.watch();

    await ada.channel.sendMessage({ text: 'one' });
    await until(() => lost > 0);
    await ada.channel.sendMessage({ text: 'two' });
    await until(() => channel.state.value.messages.length === 2);

    assert.deepEqual(texts(channel), ['one', 'two']);
    assert.equal(bobsTab.heard('message.new').length, 2);
  });
});

describe('a client without a browser', () => {
  it('refuses to connect unless that is wanted, and says why', async () => {
    const client = new ChatClient(server.apiKey, { baseURL: server.url, host: nodeHost('websocket') });

    await assert.rejects(client.connectUser({ id: 'ada' }, await userToken(server.apiSecret, 'ada')), {
      code: 'server-side',
      message: /allowServerSideConnect/,
    });
  });

  const refused = async (apiKey: string, secret: string, baseURL = server.url) => {
    const timeouts = { connectMs: 3000 };
    const client = new ChatClient(apiKey, {
      baseURL,
      allowServerSideConnect: true,
      host: nodeHost('websocket'),
      timeouts,
    });
    const error: unknown = await client.connectUser({ id: 'ada' }, await userToken(secret, 'ada')).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    await client.disconnectUser();
    assert.ok(error instanceof ChatError);
    return error;
  };

  it('is told that the key is unknown', async () => {
    const { code, apiCode } = await refused('nobody', server.apiSecret);

    assert.deepEqual({ code, apiCode }, { code: 'unknown-key', apiCode: 2 });
  });

  it('is told that the token is forged', async () => {
    const { code, apiCode } = await refused(server.apiKey, 'another secret, as long as it has to be');

    assert.deepEqual({ code, apiCode }, { code: 'token-rejected', apiCode: 43 });
  });

  it('is told that nobody answers there', async () => {
    const { code, cause } = await refused(server.apiKey, server.apiSecret, 'http://127.0.0.1:9');

    assert.equal(code, 'timeout');
    assert.equal((cause as ChatError).code, 'network');
  });

  it('is told that no chat server answers there, but a page', async () => {
    const page = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<h1>Hi</h1>'),
    );
    await once(page.listen(0, '127.0.0.1'), 'listening');
    const baseURL = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;

    assert.equal((await refused(server.apiKey, server.apiSecret, baseURL)).code, 'timeout');
    page.close();
  });

  it('is told when a page answers a command in the place of the server', async () => {
    const { client } = await join('websocket', { id: 'ada' });
    client.host.fetch = () => Promise.resolve(new Response('<h1>Please sign in to this network</h1>'));

    await assert.rejects(client.queryChannels(), { code: 'bad-response', message: /base URL/ });
    assert.equal(client.state.value.connection.status, 'live');
  });

  it('is told that a message is too long, before the server is asked', async () => {
    const { ada } = await meet('websocket');

    await assert.rejects(ada.channel.sendMessage({ text: 'x'.repeat(5001) }), { code: 'message-too-long' });
    assert.deepEqual(texts(ada.channel), []);
  });

  it('is told that a channel is not there for it, whether it exists or not', async () => {
    const { ada } = await meet('websocket');
    const { client } = await join('websocket', { id: 'stranger' });

    for (const id of [ada.channel.id, 'nowhere'])
      await assert.rejects(client.channel('messaging', id).watch(), { code: 'not-found' });
  });

  it('makes one message of one id, however often it is sent', async () => {
    const { ada, bob } = await meet('websocket');
    const id = `twice-${made}`;

    await ada.channel.sendMessage({ id, text: 'Hello' });
    await ada.client.channel('messaging', ada.channel.id).sendMessage({ id, text: 'Hello' });
    await until(() => bob.channel.state.value.messages.length > 0);

    assert.deepEqual(texts(ada.channel), ['Hello']);
    assert.deepEqual(texts(bob.channel), ['Hello']);
  });
});
