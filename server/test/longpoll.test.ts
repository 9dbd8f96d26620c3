import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { userToken } from '../src/token.js';
import { at, metric, Person, pluck, refused, SECRET, start, until, type Body } from './support.js';

let server: RunningServer;
before(async () => void (server = await start()));
after(() => server.close());

async function connect(person: Person): Promise<string> {
  const { status, body } = await person.call('GET', '/longpoll', undefined, { json: person.payload() });
  assert.equal(status, 200);
  assert.equal(at(body, 'event', 'me', 'id'), person.id);
  return String(at(body, 'event', 'connection_id'));
}

function poll(person: Person, id: string, more: Record<string, string> = {}) {
  return person.call('GET', '/longpoll', undefined, { connection_id: id, ...more });
}

/** A poll whose connection is reset as soon as the answer begins. @returns What came of it. */
function cutPoll(person: Person, id: string, ack: string): Promise<string> {
  const search = new URLSearchParams({ api_key: 'key', connection_id: id, ack }).toString();
  const request = `GET /longpoll?${search} HTTP/1.1\r\nhost: x\r\nauthorization: ${person.token}\r\n\r\n`;
  return new Promise((resolve) => {
    const socket = connectTcp(server.port, '127.0.0.1');
    socket.write(request);
    socket.once('data', (data: Buffer) => {
      socket.resetAndDestroy();
      resolve(data.toString());
    });
  });
}

describe('long-poll', () => {
  it('greets, answers idle polls with nothing, and delivers events in order', async () => {
    const [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
    await ada.call('POST', '/channels/messaging/poll/query', { data: { members: ['ada', 'bob'] } });
    const id = await connect(ada);
    await ada.call('POST', '/channels/messaging/poll/query', { watch: true }, { connection_id: id });
    await poll(ada, id);

    const idle = await poll(ada, id);
    await bob.send('messaging:poll', { text: 'one' });
    await bob.send('messaging:poll', { text: 'two' });
    const { body } = await poll(ada, id);

    assert.deepEqual([idle.status, idle.body['events']], [200, []]);
    assert.equal(typeof idle.body['duration'], 'string');
    assert.deepEqual(pluck(body, 'events', 'type'), ['message.new', 'message.new']);
    assert.deepEqual(
      (body['events'] as unknown[]).map((event) => at(event, 'message', 'text')),
      ['one', 'two'],
    );
  });

  it('sends a batch again until it is acknowledged', async () => {
    const ada = await Person.known(server, 'ada');
    const id = await connect(ada);
    await ada.call('PATCH', '/users', { users: [{ id: 'ada', set: { mood: String(Math.random()) } }] });

    const first = await poll(ada, id, { ack: '0' });
    const again = await poll(ada, id, { ack: '0' });
    const next = await poll(ada, id, { ack: String(first.body['ack']) });

    assert.deepEqual(pluck(first.body, 'events', 'type'), ['user.updated']);
    assert.deepEqual(again.body['events'], first.body['events']);
    assert.deepEqual(next.body['events'], []);
  });

  it('sends again what was lost with the connection that carried it', async () => {
    const ada = await Person.known(server, 'ada');
    const id = await connect(ada);
    const mood = 'x'.repeat(4000);
    for (let n = 0; n < 30; n++)
      await ada.call('PATCH', '/users', { users: [{ id: 'ada', set: { mood, n } }] });

    const seen = await cutPoll(ada, id, '0');
    const again = await poll(ada, id, { ack: '0' });

    const moods = (again.body['events'] as unknown[]).map((event) => at(event, 'user', 'n'));
    assert.match(seen, /^HTTP\/1.1 200 OK/);
    assert.ok(seen.length < JSON.stringify(again.body).length);
    assert.deepEqual(moods, [...Array(30).keys()]);
    assert.deepEqual((await poll(ada, id, { ack: String(again.body['ack']) })).body['events'], []);
  });

  it('says 46 to an unknown connection, an expired one and one of somebody else', async () => {
    const hasty = await start({ pollExpiryMs: 1500 });
    const [ada, bob] = [await Person.known(hasty, 'ada'), await Person.known(hasty, 'bob')];
    const id = await connect(ada);

    refused(await poll(bob, id), 400, 46);
    refused(await poll(ada, 'nonsense'), 400, 46);
    await until(async () => (await metric(hasty, 'chat_concurrent_connections')) === 0);
    refused(await poll(ada, id), 400, 46);
    await hasty.close();
  });

  it('ends at once when asked to', async () => {
    const ada = await Person.known(server, 'ada');
    const id = await connect(ada);

    const closed = await poll(ada, id, { close: 'true' });

    assert.equal(closed.status, 200);
    refused(await poll(ada, id), 400, 46);
  });

  it('refuses like a WebSocket, as HTTP', async () => {
    const [ada, bob] = [await Person.of(server, 'ada'), await Person.of(server, 'bob')];
    const connectWith = (query: Record<string, string>) => ada.call('GET', '/longpoll', undefined, query);

    refused(await connectWith({ json: bob.payload() }), 401, 5);
    refused(await connectWith({ json: 'nonsense' }), 400, 4, /JSON/);
    refused(await connectWith({}), 400, 4);
    refused(await connectWith({ json: ada.payload(), api_key: 'other' }), 401, 2);
    const headers = { authorization: await userToken(SECRET, 'ada', { exp: 1 }) };
    for (const [key, value] of [
      ['json', ada.payload()],
      ['connection_id', await connect(ada)],
    ] as const) {
      const search = new URLSearchParams({ api_key: 'key', [key]: value }).toString();
      const response = await fetch(`${server.url}/longpoll?${search}`, { headers });
      refused({ status: response.status, body: (await response.json()) as Body }, 401, 40);
    }
    refused(await poll(ada, await connect(ada), { ack: 'x' }), 400, 4, /ack/);
  });
});

describe('a long-poll that is held', () => {
  let patient: RunningServer;
  before(async () => void (patient = await start({ pollHoldMs: 20_000 })));
  after(() => patient.close());

  it('loses nothing with a held poll whose connection is gone, even without acknowledgements', async () => {
    const ada = await Person.known(patient, 'ada');
    const id = await connect(ada);
    const gone = new AbortController();
    const search = new URLSearchParams({ api_key: 'key', connection_id: id }).toString();
    const held = fetch(`${patient.url}/longpoll?${search}`, {
      headers: { authorization: ada.token },
      signal: gone.signal,
    });

    await ada.call('GET', '/unread');
    gone.abort();
    await assert.rejects(held);
    await ada.call('PATCH', '/users', { users: [{ id: 'ada', set: { mood: 'heard' } }] });

    const { body } = await poll(ada, id);
    assert.deepEqual(pluck(body, 'events', 'type'), ['user.updated']);
  });

  it('S25: ends the older of two polls with nothing, and gives the newer one the events', async () => {
    const ada = await Person.known(patient, 'ada');
    const id = await connect(ada);
    const older = poll(ada, id);
    await ada.call('GET', '/unread');

    const newer = poll(ada, id);
    const first = await older;
    await ada.call('PATCH', '/users', { users: [{ id: 'ada', set: { mood: 'once' } }] });

    assert.deepEqual([first.status, first.body['events']], [200, []]);
    assert.deepEqual(pluck((await newer).body, 'events', 'type'), ['user.updated']);
  });
});
