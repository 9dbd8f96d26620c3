import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { userToken } from '../src/token.js';
import { at, metric, openSocket, Person, SECRET, start, until, type Body } from './support.js';

let server: RunningServer;
before(async () => void (server = await start()));
after(() => server.close());

describe('connecting by WebSocket', () => {
  it('greets a new user with a connection id and the whole own user', async () => {
    const ada = await Person.of(server, 'ada');

    const socket = openSocket(server, ada.token, ada.payload({ name: 'Ada', tier: 3 }));
    const hello = await socket.take('health.check');

    assert.ok(Date.parse(String(hello['created_at'])) > 0);
    assert.match(String(hello['connection_id']), /^[\w-]{20,36}$/);
    assert.equal(hello['cid'], '*');
    const { created_at, updated_at, last_active, ...me } = hello['me'] as Body;
    assert.ok(created_at && updated_at && last_active);
    assert.deepEqual(me, {
      id: 'ada',
      name: 'Ada',
      tier: 3,
      role: 'user',
      language: '',
      teams: [],
      banned: false,
      online: true,
      invisible: false,
      privacy_settings: {
        typing_indicators: { enabled: true },
        read_receipts: { enabled: true },
        delivery_receipts: { enabled: true },
      },
      total_unread_count: 0,
      unread_count: 0,
      unread_channels: 0,
      unread_threads: 0,
      devices: [],
      mutes: [],
      channel_mutes: [],
      blocked_user_ids: [],
      push_preferences: { chat_level: 'all', call_level: 'all' },
    });
    await socket.close();
  });

  it('changes the fields that are given and keeps the others', async () => {
    const person = await Person.known(server, 'merged', { name: 'Old', city: 'Rome' });

    const socket = openSocket(server, person.token, person.payload({ name: 'New', role: 'admin' }));
    const { me } = await socket.take('health.check');

    assert.deepEqual([at(me, 'name'), at(me, 'city'), at(me, 'role')], ['New', 'Rome', 'user']);
    await socket.close();
  });

  it('leaves updated_at and the other tabs alone when nothing differs', async () => {
    const person = await Person.known(server, 'same', { name: 'Same' });
    const first = await person.socket();

    const second = openSocket(server, person.token, person.payload({ name: 'Same' }));
    const { me } = await second.take('health.check');

    assert.equal(at(me, 'updated_at'), at(me, 'created_at'));
    assert.deepEqual(await first.types(), []);
    await Promise.all([first.close(), second.close()]);
  });

  it('tells the other tabs of a change', async () => {
    const person = await Person.known(server, 'changed');
    const first = await person.socket();

    const second = await person.socket({
      name: 'Changed',
      privacy_settings: { read_receipts: { enabled: false } },
    });

    const { user } = await first.take('user.updated');
    assert.equal(at(user, 'name'), 'Changed');
    assert.equal(at(user, 'privacy_settings', 'read_receipts', 'enabled'), false);
    await Promise.all([first.close(), second.close()]);
  });

  it('answers every ping with a health check of the same connection', async () => {
    const socket = await (await Person.of(server, 'pinger')).socket();
    const { id } = socket;

    socket.peer.send('[{"type":"health.check","client_id":"pinger--1"}]');
    const answer = await socket.take('health.check');

    assert.deepEqual([answer['connection_id'], answer['cid'], 'me' in answer], [id, '*', false]);
    await socket.close();
  });

  it('refuses to upgrade anywhere else', async () => {
    const socket = openSocket(server, '', '');
    await socket.closed;

    const response = await fetch(`${server.url}/connect`);

    assert.equal(response.status, 404);
  });
});

describe('refusals of a WebSocket', () => {
  const refusal = async (token: string, json: string, more: Record<string, string> = {}) => {
    const socket = openSocket(server, token, json, more);
    const { error, connection_id: id } = await socket.take('connection.error');
    return { code: at(error, 'code'), status: at(error, 'StatusCode'), id, closed: await socket.closed };
  };

  it('says 2 for an unknown key', async () => {
    const ada = await Person.of(server, 'ada');

    const said = await refusal(ada.token, ada.payload(), { api_key: 'other' });

    assert.deepEqual(said, { code: 2, status: 401, id: '', closed: 1000 });
  });

  it('says 40 for an expired token, and what time it is here', async () => {
    const token = await userToken(SECRET, 'ada', { exp: 1 });
    const socket = openSocket(server, token, (await Person.of(server, 'ada')).payload());

    const event = await socket.take('connection.error');

    assert.deepEqual([at(event, 'error', 'code'), at(event, 'error', 'StatusCode')], [40, 401]);
    assert.ok(Date.parse(String(event['created_at'])) > 0);
    assert.equal(await socket.closed, 1000);
  });

  it('says 5 without a token', async () => {
    const ada = await Person.of(server, 'ada');

    const said = await refusal('', ada.payload());

    assert.deepEqual(said, { code: 5, status: 401, id: '', closed: 1000 });
  });

  it('says 5 to anonymous users', async () => {
    const ada = await Person.of(server, 'ada');

    const said = await refusal('', ada.payload(), { 'stream-auth-type': 'anonymous' });

    assert.equal(said.code, 5);
  });

  it('says 5 when the payload speaks of another user', async () => {
    const [ada, bob] = [await Person.of(server, 'ada'), await Person.of(server, 'bob')];

    const said = await refusal(ada.token, bob.payload());

    assert.equal(said.code, 5);
  });

  for (const [what, json, code] of [
    ['no JSON', 'nonsense', 4],
    ['JSON that is no object', '[1]', 4],
    ['no user_details', '{"user_id":"ada"}', 4],
    ['a field the server computes', '{"user_details":{"id":"ada","created_at":"2020-01-01T00:00:00Z"}}', 4],
    ['a name that is no string', '{"user_details":{"id":"ada","name":5}}', 4],
    [
      'a privacy switch that is no boolean',
      '{"user_details":{"id":"ada","privacy_settings":{"read_receipts":{"enabled":"no"}}}}',
      4,
    ],
    ['more than 5 KB', JSON.stringify({ user_details: { id: 'ada', bio: 'x'.repeat(6000) } }), 22],
  ] as const)
    it(`says ${code} to ${what}`, async () => {
      const ada = await Person.of(server, 'ada');

      const said = await refusal(ada.token, json);

      assert.deepEqual([said.code, said.closed], [code, 1000]);
    });

  it('stores a payload with NUL, lone surrogates and __proto__ clean', async () => {
    const ada = await Person.of(server, 'odd');

    const socket = openSocket(
      server,
      ada.token,
      '{"user_details":{"id":"odd","name":"a\\u0000b\\ud800c","__proto__":{"x":1}}}',
    );
    const { me } = await socket.take('health.check');

    assert.deepEqual([at(me, 'name'), at(me, 'x')], ['ab\uFFFDc', undefined]);
    await socket.close();
  });
});

describe('counting', () => {
  it('counts an active user once, and a connection while it lasts', async () => {
    const [one, two] = [await Person.of(server, 'one'), await Person.of(server, 'two')];
    await until(async () => (await metric(server, 'chat_concurrent_connections')) === 0);
    const active = await metric(server, 'chat_monthly_active_users');

    const sockets = [await one.socket(), await one.socket(), await two.socket()];
    const during = await metric(server, 'chat_concurrent_connections');
    await Promise.all(sockets.map((socket) => socket.close()));

    assert.equal(during, 3);
    assert.equal(await metric(server, 'chat_monthly_active_users'), active + 2);
    await until(async () => (await metric(server, 'chat_concurrent_connections')) === 0);
  });

  it('takes a dropped connection back', async () => {
    const socket = await (await Person.of(server, 'ada')).socket();

    socket.peer.terminate();

    await until(async () => (await metric(server, 'chat_concurrent_connections')) === 0);
  });
});

describe('presence', () => {
  it('tells followers when a user comes and when the last connection goes', async () => {
    const [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
    const socket = await ada.socket();
    await ada.query(
      '/users',
      { filter_conditions: { id: 'bob' }, presence: true },
      { connection_id: socket.id },
    );

    const tabs = [await bob.socket(), await bob.socket()];
    const came = await socket.take('user.presence.changed');
    await tabs[0]?.close();
    await tabs[1]?.close();
    const went = await socket.take('user.presence.changed');

    assert.deepEqual([at(came, 'user', 'id'), at(came, 'user', 'online')], ['bob', true]);
    assert.deepEqual([at(went, 'user', 'id'), at(went, 'user', 'online')], ['bob', false]);
    await socket.close();
  });

  it('does not tell those who did not ask', async () => {
    const [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
    const socket = await ada.socket();

    await (await bob.socket()).close();

    assert.deepEqual(await socket.types(), []);
    await socket.close();
  });

  it('shows an invisible user as offline to others and online to nobody but themselves', async () => {
    const ada = await Person.known(server, 'ada');
    const hidden = await Person.known(server, 'hidden', { invisible: true });

    const socket = openSocket(server, hidden.token, hidden.payload());
    const { me } = await socket.take('health.check');
    const { body } = await ada.query('/users', { filter_conditions: { id: 'hidden' } });

    assert.equal(at(me, 'invisible'), true);
    assert.deepEqual([at(body, 'users', 0, 'online'), at(body, 'users', 0, 'invisible')], [false, undefined]);
    await socket.close();
  });
});
