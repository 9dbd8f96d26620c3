import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { formatTime, parseTime } from '../src/clock.js';
import { compareTimes } from '../../src/protocol.js';
import { at, Person, pluck, refused, start, type Body } from './support.js';

let server: RunningServer;
let ada: Person;
let bob: Person;
let made = 0;
before(async () => {
  server = await start();
  [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
});
after(() => server.close());

/** A channel with one message, and the time of that message. */
async function begun(): Promise<{ cid: string; since: unknown; id: string }> {
  const cid = `messaging:s${++made}`;
  await ada.call('POST', `/channels/messaging/s${made}/query`, { data: { members: ['ada', 'bob'] } });
  const id = `s${made}-0`;
  const { body } = await ada.send(cid, { id, text: 'before' });
  return { cid, since: at(body, 'message', 'created_at'), id };
}

async function missed(cid: string, since: unknown, more: Body = {}): Promise<Body> {
  const { status, body } = await bob.call('POST', '/sync', {
    channel_cids: [cid],
    last_sync_at: since,
    ...more,
  });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

function told(body: Body): unknown[] {
  return (body['events'] as Body[]).map((event) => [
    event['type'],
    at(event, 'message', 'id'),
    at(event, 'message', 'text'),
  ]);
}

describe('sync', () => {
  it('replays what came after, in order, and nothing from before', async () => {
    const { cid, since, id } = await begun();
    await ada.send(cid, { id: `${id}a`, text: 'one' });
    await ada.send(cid, { id: `${id}b`, text: 'two' });
    await ada.call('PATCH', `/channels/${cid.replace(':', '/')}`, { set: { name: 'Named' } });

    const body = await missed(cid, since);

    assert.deepEqual(told(body), [
      ['message.new', `${id}a`, 'one'],
      ['message.new', `${id}b`, 'two'],
      ['channel.updated', undefined, undefined],
    ]);
    assert.equal(at(body, 'events', 2, 'channel', 'name'), 'Named');
    assert.equal(at(body, 'events', 0, 'user', 'id'), 'ada');
  });

  it('tells a message that was made and edited as new, an older one as updated', async () => {
    const { cid, since, id } = await begun();
    await ada.send(cid, { id: `${id}a`, text: 'draft' });
    await ada.call('PUT', `/messages/${id}a`, { set: { text: 'final' } });
    await ada.call('PUT', `/messages/${id}`, { set: { text: 'edited' } });

    assert.deepEqual(told(await missed(cid, since)), [
      ['message.new', `${id}a`, 'final'],
      ['message.updated', id, 'edited'],
    ]);
  });

  it('tells deletions, and no content of what is gone', async () => {
    const { cid, since, id } = await begun();
    await ada.send(cid, { id: `${id}a`, text: 'secret' });
    await ada.call('DELETE', `/messages/${id}a`, undefined, { hard: 'true' });
    await ada.call('DELETE', `/messages/${id}`);

    const body = await missed(cid, since);

    assert.deepEqual(told(body), [
      ['message.deleted', `${id}a`, undefined],
      ['message.deleted', id, ''],
    ]);
    assert.equal(at(body, 'events', 0, 'hard_delete'), true);
    assert.equal(JSON.stringify(body).includes('secret'), false);
  });

  it('carries the number of each event, the newest of the channel among them', async () => {
    const { cid, since, id } = await begun();
    await ada.send(cid, { id: `${id}a`, text: 'one' });
    await ada.send(cid, { id: `${id}b`, text: 'two' });
    await ada.call('PUT', `/messages/${id}a`, { set: { text: 'uno' } });

    const body = await missed(cid, since);

    const { body: state } = await bob.call('POST', `/channels/${cid.replace(':', '/')}/query`, {});
    assert.deepEqual(pluck(body, 'events', 'seq'), [4, 5]);
    assert.equal(at(state, 'channel', 'seq'), 5);
  });

  it('tells a reply with what it changed of its parent', async () => {
    const { cid, since, id } = await begun();
    await ada.send(cid, { id: `${id}r`, text: 'reply', parent_id: id });

    const body = await missed(cid, since);

    assert.deepEqual(pluck(body, 'events', 'type'), ['message.updated', 'message.new']);
    assert.equal(at(body, 'events', 0, 'message', 'reply_count'), 1);
  });

  it('reads times to the microsecond, and takes those of several channels in order', async () => {
    const [one, two] = [await begun(), await begun()];
    const first = at((await ada.send(one.cid, { text: 'first' })).body, 'message', 'created_at');
    await ada.send(two.cid, { text: 'second' });
    await ada.send(one.cid, { text: 'third' });
    const channel_cids = [two.cid, one.cid];
    const just = formatTime((parseTime(first) ?? 0) - 1);

    const from = pluck(await missed(one.cid, just, { channel_cids }), 'events', 'created_at').map(String);
    const after = await missed(one.cid, first, { channel_cids });

    assert.equal(from[0], first);
    assert.deepEqual(from, [...from].sort(compareTimes));
    assert.equal((after['events'] as Body[]).length, 2);
  });

  it('tells a member who was removed of the loss, and nothing else', async () => {
    const { cid, since } = await begun();
    await ada.call('POST', `/channels/${cid.replace(':', '/')}`, { remove_members: ['bob'] });
    await ada.send(cid, { text: 'secret' });

    const body = await missed(cid, since, { with_inaccessible_cids: true });

    assert.deepEqual([body['events'], body['inaccessible_cids']], [[], [cid]]);
  });

  it('refuses more than 1000 events, and says what to do', async () => {
    const { cid, since, id } = await begun();
    for (let n = 0; n < 10; n++)
      await Promise.all(
        Array.from({ length: 100 }, (_, m) =>
          ada.call('PUT', `/messages/${id}`, { set: { text: `${n} ${m}` } }),
        ),
      );
    const sync = () => bob.call('POST', '/sync', { channel_cids: [cid], last_sync_at: since });

    assert.deepEqual(pluck((await sync()).body, 'events', 'seq'), [1002]);
    await ada.call('PUT', `/messages/${id}`, { set: { text: 'one more' } });
    refused(await sync(), 400, 4, /Too many events to sync, please use a more recent last_sync_at/);
  });

  it('leaves out typing and reading', async () => {
    const { cid, since } = await begun();
    await ada.call('POST', `/channels/${cid.replace(':', '/')}/event`, { event: { type: 'typing.start' } });
    await ada.call('POST', `/channels/${cid.replace(':', '/')}/read`, {});

    assert.deepEqual((await missed(cid, since))['events'], []);
  });

  it('tells nothing of channels that are not the caller’s, and which they were when asked', async () => {
    const { cid, since } = await begun();
    await ada.call('POST', '/channels/messaging/secret/query', { data: { members: ['ada'] } });
    await ada.send('messaging:secret', { text: 'secret' });
    const cids = { channel_cids: [cid, 'messaging:secret', 'messaging:missing'] };

    const body = await missed(cid, since, { ...cids, with_inaccessible_cids: true });

    assert.deepEqual(body['events'], []);
    assert.deepEqual(body['inaccessible_cids'], ['messaging:secret', 'messaging:missing']);
  });

  it('watches the channels when asked to', async () => {
    const { cid, since } = await begun();
    const socket = await bob.socket();
    const query = { connection_id: socket.id };

    await bob.call('POST', '/sync', { channel_cids: [cid], last_sync_at: since, watch: true }, query);
    await ada.send(cid, { text: 'live' });

    assert.equal(at(await socket.take('message.new'), 'message', 'text'), 'live');
    await socket.close();
  });

  it('refuses no channels, too many, bad times and ones older than 30 days', async () => {
    const sync = (body: Body) => bob.call('POST', '/sync', body);
    const now = new Date().toISOString();

    refused(await sync({ channel_cids: [], last_sync_at: now }), 400, 4);
    refused(await sync({ last_sync_at: now }), 400, 4);
    refused(
      await sync({
        channel_cids: Array.from({ length: 256 }, (_, n) => `messaging:${n}`),
        last_sync_at: now,
      }),
      400,
      4,
    );
    refused(await sync({ channel_cids: ['messaging:a'] }), 400, 4, /last_sync_at/);
    refused(await sync({ channel_cids: ['messaging:a'], last_sync_at: 'today' }), 400, 4);
    refused(
      await sync({ channel_cids: ['messaging:a'], last_sync_at: '2020-01-01T00:00:00Z' }),
      400,
      4,
      /30 days/,
    );
  });
});
