import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import {
  at,
  metric,
  openSocket,
  Person,
  pluck,
  refused,
  sentBy,
  start,
  type Answer,
  type Body,
} from './support.js';

let server: RunningServer;
let ada: Person;
before(async () => {
  server = await start({ guests: true, anonymous: true });
  ada = await Person.known(server, 'ada');
  await Person.known(server, 'bob');
  for (const type of ['livestream', 'gaming', 'messaging']) {
    await ada.call('POST', `/channels/${type}/hall/query`, { data: { members: ['ada'] } });
    await sentBy(ada, `${type}:hall`, { text: 'welcome' });
  }
});
after(() => server.close());

/** Asks without a token. */
async function unknown(
  method: string,
  path: string,
  query: Record<string, string> = {},
  body?: Body,
): Promise<Answer> {
  const search = new URLSearchParams({ api_key: 'key', ...query });
  const response = await fetch(`${server.url}${path}?${search.toString()}`, {
    method,
    headers: { 'stream-auth-type': 'anonymous', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

async function guest(wanted: string): Promise<Person> {
  const { status, body } = await unknown('POST', '/guest', {}, { user: { id: wanted, name: 'Vera' } });
  assert.equal(status, 201, JSON.stringify(body));
  return Person.holding(server, String(at(body, 'user', 'id')), String(body['access_token']));
}

describe('a guest', () => {
  it('gets an id nobody else has, a token, and connects', async () => {
    const [one, other] = [await guest('ada'), await guest('ada')];

    assert.match(one.id, /^guest-.*-ada$/);
    assert.notEqual(one.id, other.id);
    const socket = openSocket(server, one.token, one.payload());
    const { me } = await socket.take('health.check');
    assert.deepEqual([at(me, 'id'), at(me, 'role'), at(me, 'name')], [one.id, 'guest', 'Vera']);
    await socket.close();
  });

  it('talks where everybody may, and leaves nothing else behind', async () => {
    const vera = await guest('vera');

    assert.equal((await vera.send('livestream:hall', { text: 'hello' })).status, 201);
    refused(await vera.send('messaging:hall', { text: 'hello' }), 403, 17);
    refused(await vera.query('/users', {}), 403, 17, /guest/);
    refused(await vera.call('POST', '/channels/messaging/mine/query', {}), 403, 17, /create a channel/);
    refused(
      await vera.call('POST', '/channels/messaging/query', { data: { members: ['ada', vera.id] } }),
      403,
      17,
      /guest/,
    );
    refused(
      await vera.upload('/channels/livestream/hall/file', { name: 'a.txt', content: 'a' }),
      403,
      17,
      /guest/,
    );
    const { body } = await vera.call('GET', '/channels/livestream/hall');
    const held = at(body, 'channel', 'own_capabilities') as string[];
    assert.deepEqual([held.includes('send-message'), held.includes('upload-file')], [true, false]);
  });

  it('is refused with a sentence for a bad id, a wrong key, or one that would be too long', async () => {
    const ask = (user: unknown, query = {}) => unknown('POST', '/guest', query, { user });

    refused(await ask({ id: 'a b' }), 400, 4);
    refused(await ask({}), 400, 4);
    refused(await ask({ id: 'x'.repeat(240) }), 400, 4, /prefix/);
    refused(await ask({ id: 'x' }, { api_key: 'other' }), 401, 2);
  });
});

describe('an anonymous visitor', () => {
  const json = JSON.stringify({ user_details: { id: 'whatever', anon: true } });
  const connect = () => openSocket(server, '', json, { 'stream-auth-type': 'anonymous' });

  it('is given an id, reads what is open to everybody, and hears of it', async () => {
    const socket = connect();
    const { me } = await socket.take('health.check');
    assert.match(String(at(me, 'id')), /^!anon/);
    assert.equal(at(me, 'role'), 'anonymous');
    const query = { connection_id: socket.id };

    const listed = await unknown('POST', '/channels', query, { filter_conditions: {} });
    assert.deepEqual(
      pluck(listed.body, 'channels', 'channel').map((one) => at(one, 'cid')),
      ['livestream:hall'],
    );
    const watched = await unknown('POST', '/channels/livestream/hall/query', query, { watch: true });
    assert.equal(watched.status, 201, JSON.stringify(watched.body));
    await sentBy(ada, 'livestream:hall', { text: 'news' });
    assert.equal(at(await socket.take('message.new'), 'message', 'text'), 'news');
    assert.ok(!(at(watched.body, 'channel', 'own_capabilities') as string[]).includes('send-message'));
    await socket.close();
    refused(await unknown('POST', '/channels', query, {}), 400, 46);
  });

  it('writes nothing, sees no other channel, and counts as nobody', async () => {
    const before = await metric(server, 'chat_monthly_active_users');
    const socket = connect();
    await socket.take('health.check');
    const query = { connection_id: socket.id };
    const ask = (method: string, path: string, body?: Body) => unknown(method, path, query, body);

    refused(
      await ask('POST', '/channels/livestream/hall/message', { message: { text: 'x' } }),
      403,
      17,
      /anonymous/,
    );
    refused(
      await ask('POST', '/channels/livestream/hall/event', { event: { type: 'typing.start' } }),
      403,
      17,
    );
    refused(await ask('POST', '/channels/livestream/new/query', {}), 403, 17, /create a channel/);
    refused(await ask('GET', '/channels/gaming/hall'), 403, 17);
    refused(await ask('GET', '/channels/messaging/hall'), 403, 17);
    refused(await ask('GET', '/users'), 403, 17);
    assert.equal(await metric(server, 'chat_monthly_active_users'), before);
    await socket.close();
  });

  it('polls where sockets fail', async () => {
    const opened = await unknown('GET', '/longpoll', { json });
    const id = String(at(opened.body, 'event', 'connection_id'));
    await unknown('POST', '/channels/livestream/hall/query', { connection_id: id }, { watch: true });
    await sentBy(ada, 'livestream:hall', { text: 'polled' });

    const { body } = await unknown('GET', '/longpoll', { connection_id: id });

    assert.match(JSON.stringify(body), /polled/);
    // Another's connection lends nothing.
    const own = await ada.socket();
    refused(await unknown('GET', '/longpoll', { connection_id: own.id }), 400, 46);
    await own.close();
  });

  it('is not admitted, nor is a guest, unless the server says so', async () => {
    const closed = await start();
    const search = 'api_key=key';
    const answers = await Promise.all([
      fetch(`${closed.url}/guest?${search}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"user":{"id":"x"}}',
      }),
      fetch(`${closed.url}/longpoll?${search}&json=${encodeURIComponent(json)}`, {
        headers: { 'stream-auth-type': 'anonymous' },
      }),
    ]);

    assert.deepEqual(
      answers.map(({ status }) => status),
      [403, 401],
    );
    await closed.close();
  });
});
