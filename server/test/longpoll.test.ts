import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, metric, Person, pluck, refused, start, until } from './support.js';

let server: RunningServer;
before(async () => void (server = await start({ pollExpiryMs: 400 })));
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

  it('says 46 to an unknown connection, an expired one and one of somebody else', async () => {
    const [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
    const id = await connect(ada);

    refused(await poll(bob, id), 400, 46);
    refused(await poll(ada, 'nonsense'), 400, 46);
    await until(async () => (await metric(server, 'chat_concurrent_connections')) === 0);
    refused(await poll(ada, id), 400, 46);
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
    refused(await poll(ada, await connect(ada), { ack: 'x' }), 400, 4, /ack/);
  });
});
