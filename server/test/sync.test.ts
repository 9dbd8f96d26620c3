import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, Person, refused, start, type Body } from './support.js';

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
