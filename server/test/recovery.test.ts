import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compareTimes } from '../../src/protocol.js';
import type { RunningServer } from '../src/app.js';
import {
  at, newChannel, openSocket, Person, pluck, refused, sentBy, start, type Body, type Socket,
} from './support.js'; // prettier-ignore

const MINUTE = 60_000;

let server: RunningServer;
let ada: Person;
let bob: Person;
/** What the server takes for the time. */
let now = Date.parse('2026-01-02T03:04:05Z');
before(async () => {
  server = await start({ now: () => now });
  [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
});
after(() => server.close());

const pathOf = (cid: string) => `/channels/${cid.replace(':', '/')}`;

/** The channel as a query answers it. */
async function queried(cid: string, body: Body = {}, query: Record<string, string> = {}): Promise<Body> {
  const answer = await bob.call('POST', `${pathOf(cid)}/query`, body, query);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

const seqOf = async (cid: string) => Number(at(await queried(cid), 'channel', 'seq'));

/** What the server answers to a ping. */
function ping(socket: Socket): Promise<Body> {
  socket.peer.send('[{"type":"health.check","client_id":"test"}]');
  return socket.take('health.check');
}

describe('the numbers of events', () => {
  it('go up by one with each stored event, and no other event has one', async () => {
    const cid = await newChannel(ada);
    const socket = await bob.watching(cid);
    await socket.drain();
    const first = await seqOf(cid);

    const { id } = await sentBy(ada, cid, { text: 'one' });
    await ada.call('POST', `${pathOf(cid)}/event`, { event: { type: 'typing.start' } });
    await ada.call('PUT', `/messages/${String(id)}`, { set: { text: 'uno' } });
    await ada.call('PATCH', pathOf(cid), { set: { name: 'Named' } });
    await bob.call('POST', `${pathOf(cid)}/read`, {});
    await sentBy(ada, cid, { text: 'reply', parent_id: id });
    await Person.known(server, 'cyd');
    await ada.call('POST', pathOf(cid), { add_members: ['cyd'] });
    await ada.call('DELETE', `/messages/${String(id)}`);
    await ada.call('DELETE', `/messages/${String(id)}`, undefined, { hard: 'true' });

    const events = await socket.drain();
    const numbered = events.filter((event) => event['seq'] !== undefined);
    assert.deepEqual(
      numbered.map((event) => [event['type'], Number(event['seq']) - first]),
      [
        ['message.new', 1],
        ['message.updated', 2],
        ['channel.updated', 3],
        ['message.updated', 4], // the parent, for its reply
        ['message.new', 5],
        ['channel.updated', 6],
        ['message.deleted', 7],
        ['message.deleted', 8],
      ],
    );
    assert.equal(await seqOf(cid), first + 8);
    await socket.close();
  });

  it('are not told to connections that do not watch, which cannot count', async () => {
    const cid = await newChannel(ada);
    const socket = await bob.socket();

    await sentBy(ada, cid, { text: 'one' });

    assert.equal('seq' in (await socket.take('notification.message_new')), false);
    await socket.close();
  });

  it('are in answers with the newest state alone', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(ada, cid, { text: 'one' });
    const said = async (body: Body) => 'seq' in (at(await queried(cid, body), 'channel') as Body);
    const filter = { filter_conditions: { cid } };
    const listed = async (body: Body) =>
      at((await bob.call('POST', '/channels', { ...filter, ...body })).body, 'channels', 0, 'channel', 'seq');

    assert.equal(await seqOf(cid), 2);
    assert.equal(await said({ state: false }), false);
    assert.equal(await said({ messages: { limit: 0 } }), false);
    assert.equal(await said({ messages: { limit: 10, id_lt: id } }), false);
    assert.deepEqual([await listed({}), await listed({ state: false })], [2, undefined]);
    const { body } = await ada.call('PATCH', pathOf(cid), { set: { name: 'Named' } });
    assert.equal(at(body, 'channel', 'seq'), undefined);
  });

  it('are not used up by what changes nothing', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(ada, cid, { text: 'one' });
    const before = await seqOf(cid);

    await ada.call('POST', pathOf(cid), { add_members: ['bob'] });
    refused(await ada.send(cid, { id, text: 'one' }), 400, 4, /already exists/);

    assert.equal(await seqOf(cid), before);
  });

  it('cannot be made up', async () => {
    const cid = await newChannel(ada);
    const socket = await bob.watching(cid);

    await ada.call('POST', `${pathOf(cid)}/event`, { event: { type: 'poke', seq: 99 } });

    assert.equal('seq' in (await socket.take('poke')), false);
    refused(await ada.call('PATCH', pathOf(cid), { set: { seq: 99 } }), 403, 17, /seq/);
    await socket.close();
  });
});

describe('the epoch', () => {
  it('is in each greeting, the same for one store and another for another', async () => {
    const other = await start();
    const polled = async (on: RunningServer) => {
      const person = await Person.of(on, 'ada');
      const { body } = await person.call('GET', '/longpoll', undefined, { json: person.payload() });
      return at(body, 'event', 'epoch');
    };
    const socket = openSocket(server, ada.token, ada.payload());

    const { epoch } = await socket.take('health.check');

    assert.match(String(epoch), /^[\w-]{20,}$/);
    assert.equal(await polled(server), epoch);
    assert.notEqual(await polled(other), epoch);
    assert.equal('epoch' in (await ping(socket)), false);
    await socket.close();
    await other.close();
  });
});

describe('the heads in answers to pings', () => {
  it('name the watched channels in which something happened lately, each time', async () => {
    const [cid, quiet, other] = [await newChannel(ada), await newChannel(ada), await newChannel(ada)];
    now += 2 * MINUTE;
    const socket = await bob.watching(cid);
    await queried(quiet, { watch: true }, { connection_id: socket.id });
    const none = await ping(socket);

    await sentBy(ada, cid, { text: 'one' });
    await sentBy(ada, other, { text: 'not watched' });
    const heads = [(await ping(socket))['heads'], (await ping(socket))['heads']];

    assert.equal('heads' in none, false);
    assert.deepEqual(heads, [{ [cid]: 2 }, { [cid]: 2 }]);
    await bob.call('POST', `${pathOf(cid)}/stop-watching`, {}, { connection_id: socket.id });
    assert.equal('heads' in (await ping(socket)), false);
    await socket.close();
  });

  it('cease after the time in which every client must have pinged', async () => {
    const cid = await newChannel(ada);
    const socket = await bob.watching(cid);
    await sentBy(ada, cid, { text: 'one' });

    now += 1.4 * MINUTE;
    const late = await ping(socket);
    now += 0.2 * MINUTE;
    const later = await ping(socket);

    assert.deepEqual([late['heads'], later['heads']], [{ [cid]: 2 }, undefined]);
    await socket.close();
  });
});

describe('time', () => {
  it('goes on in a channel and between channels when the machine’s clock goes back', async () => {
    const [one, two] = [await newChannel(ada), await newChannel(ada)];
    const first = await sentBy(ada, one, { text: 'before' });

    now -= 60 * MINUTE;
    const messages = [
      first,
      await sentBy(ada, one, { text: 'after' }),
      await sentBy(ada, one, { text: 'again' }),
    ];
    const elsewhere = await sentBy(ada, two, { text: 'elsewhere' });

    const times = messages.map((message) => String(message['created_at']));
    assert.deepEqual(times, [...new Set(times)].sort(compareTimes));
    assert.ok(compareTimes(String(elsewhere['created_at']), String(first['created_at'])) > 0);
    const body = { channel_cids: [one, two], last_sync_at: first['created_at'] };
    const synced = await bob.call('POST', '/sync', body);
    assert.deepEqual(
      pluck(synced.body, 'events', 'message')
        .map((message) => at(message, 'text'))
        .sort(),
      ['after', 'again', 'elsewhere'],
    );
  });
});
