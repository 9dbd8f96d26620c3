import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, Person, pluck, refused, sentBy, start, urlOf, type Body } from './support.js';

let server: RunningServer;
let ada: Person;
let bob: Person;
before(async () => {
  server = await start();
  [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
});
after(() => server.close());

const textsOf = async (cid: string) => pluck((await bob.call('GET', urlOf(cid))).body, 'messages', 'text');
const unread = async () => Number((await bob.call('GET', '/unread')).body['total_unread_count']);

async function sync(cid: string, since: unknown): Promise<Body[]> {
  const { body } = await bob.call('POST', '/sync', { channel_cids: [cid], last_sync_at: since });
  return body['events'] as Body[];
}

describe('emptying a channel', () => {
  it('removes what was said in it, for everybody, with its unread counts', async () => {
    const cid = await newChannel(ada);
    const before = await unread();
    const parent = await sentBy(ada, cid, { text: 'old' });
    await sentBy(ada, cid, { text: 'reply', parent_id: parent['id'] });
    const watcher = await bob.watching(cid);
    const idle = await bob.socket();
    await watcher.drain();
    await idle.drain();

    const { status, body } = await ada.call('POST', `${urlOf(cid)}/truncate`, {});

    assert.equal(status, 201);
    const end = at(body, 'channel', 'truncated_at');
    assert.equal(typeof end, 'string');
    const event = await watcher.take('channel.truncated');
    assert.deepEqual([at(event, 'channel', 'truncated_at'), event['total_unread_count']], [end, before]);
    assert.equal(at(await idle.take('notification.channel_truncated'), 'total_unread_count'), before);
    assert.deepEqual(await textsOf(cid), []);
    assert.equal(await unread(), before);
    refused(await bob.call('GET', `/messages/${String(parent['id'])}`), 404, 16);
    assert.equal(at((await bob.call('GET', urlOf(cid))).body, 'channel', 'last_message_at'), undefined);
    await Promise.all([watcher.close(), idle.close()]);
  });

  it('may stop at a time, and leaves the rest unread', async () => {
    const cid = await newChannel(ada);
    const before = await unread();
    const old = await sentBy(ada, cid, { text: 'old' });
    await sentBy(ada, cid, { text: 'kept' });

    await ada.call('POST', `${urlOf(cid)}/truncate`, { truncated_at: old['created_at'], hard_delete: true });

    assert.deepEqual(await textsOf(cid), ['kept']);
    assert.equal(await unread(), before + 1);
  });

  it('may leave a word of the channel', async () => {
    const cid = await newChannel(ada);
    await sentBy(ada, cid, { text: 'old' });

    const { body } = await ada.call('POST', `${urlOf(cid)}/truncate`, {
      message: { text: 'Emptied', user_id: 'bob' },
    });

    assert.deepEqual(
      [at(body, 'message', 'type'), at(body, 'message', 'text'), at(body, 'message', 'user', 'id')],
      ['system', 'Emptied', 'ada'],
    );
    assert.deepEqual(await textsOf(cid), ['Emptied']);
  });

  it('is told to whoever was away, whatever happened since', async () => {
    const cid = await newChannel(ada);
    const { created_at: since } = await sentBy(ada, cid, { text: 'old' });
    await ada.call('POST', `${urlOf(cid)}/truncate`, {});
    await ada.call('PATCH', urlOf(cid), { set: { name: 'Anew' } });
    await sentBy(ada, cid, { text: 'new' });

    const events = await sync(cid, since);

    assert.deepEqual(
      events.map((event) => event['type']),
      ['message.deleted', 'channel.truncated', 'channel.updated', 'message.new'].slice(-events.length),
    );
    const [emptied] = events.filter((event) => event['type'] === 'channel.truncated');
    assert.equal(typeof at(emptied, 'channel', 'truncated_at'), 'string');
  });

  it('is its owner’s to do, and refused in bad words', async () => {
    const cid = await newChannel(ada);
    const emptying = (body: Body) => ada.call('POST', `${urlOf(cid)}/truncate`, body);
    const later = new Date(Date.now() + 3_600_000).toISOString();

    refused(await bob.call('POST', `${urlOf(cid)}/truncate`, {}), 403, 17);
    refused(await emptying({ truncated_at: 'x' }), 400, 4, /truncated_at/);
    refused(await emptying({ truncated_at: later }), 400, 4, /has been/);
    refused(await emptying({ member_ids: ['bob'] }), 400, 19, /member_ids/);
    refused(await emptying({ message: 'x' }), 400, 4, /message/);
    refused(await emptying({ message: {} }), 400, 4, /needs text/);
  });
});

describe('deleting a channel', () => {
  it('removes it with all that was in it, and tells its members', async () => {
    const cid = await newChannel(ada);
    const before = await unread();
    const message = await sentBy(ada, cid, { text: 'gone soon' });
    const [watcher, idle] = [await bob.watching(cid), await bob.socket()];
    await watcher.drain();
    await idle.drain();

    const { status, body } = await ada.call('DELETE', urlOf(cid), undefined, { hard_delete: 'true' });

    assert.equal(status, 200);
    assert.equal(typeof at(body, 'channel', 'deleted_at'), 'string');
    assert.equal(at(await watcher.take('channel.deleted'), 'channel', 'cid'), cid);
    const told = await idle.take('notification.channel_deleted');
    assert.equal(told['total_unread_count'], before);
    for (const url of [urlOf(cid), `/messages/${String(message['id'])}`])
      refused(await ada.call('GET', url), 404, 16);
    refused(await ada.send(cid, { text: 'too late' }), 404, 16);
    const { body: list } = await bob.call('POST', '/channels', { filter_conditions: { cid } });
    assert.deepEqual(list['channels'], []);
    const { body: synced } = await bob.call(
      'POST',
      '/sync',
      { channel_cids: [cid], last_sync_at: message['created_at'] },
      { with_inaccessible_cids: 'true' },
    );
    assert.deepEqual([synced['events'], synced['inaccessible_cids']], [[], [cid]]);
    await Promise.all([watcher.close(), idle.close()]);
  });

  it('frees its id for a new one, whose events are numbered on', async () => {
    const cid = await newChannel(ada);
    await sentBy(ada, cid, { text: 'old' });
    const seq = Number(at((await ada.call('GET', urlOf(cid))).body, 'channel', 'seq'));
    await ada.call('DELETE', urlOf(cid));

    const { status, body } = await bob.call('POST', `${urlOf(cid)}/query`, {
      data: { name: 'Anew' },
      state: true,
    });

    assert.equal(status, 201);
    assert.deepEqual(
      [at(body, 'channel', 'created_by', 'id'), at(body, 'channel', 'name'), body['messages']],
      ['bob', 'Anew', []],
    );
    assert.deepEqual(pluck(body, 'members', 'user_id'), ['bob']);
    assert.equal(at(body, 'channel', 'seq'), seq + 1);
    assert.equal(at(body, 'channel', 'deleted_at'), undefined);
    refused(await ada.call('GET', urlOf(cid)), 403, 17);
  });

  it('waits for the message that is being sent, and refuses the one after it', async () => {
    const cid = await newChannel(ada);

    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => bob.send(cid, { text: 'now' })),
      ada.call('DELETE', urlOf(cid)),
      ...Array.from({ length: 10 }, () => bob.send(cid, { text: 'now' })),
    ]);

    for (const answer of answers) if (answer.status >= 400) refused(answer, 404, 16);
    assert.equal(answers[10]?.status, 200);
    refused(await bob.call('GET', urlOf(cid)), 404, 16);
  });

  it('is its owner’s to do', async () => {
    const cid = await newChannel(ada);

    refused(await bob.call('DELETE', urlOf(cid)), 403, 17);
    refused(await ada.call('DELETE', urlOf(cid), undefined, { hard_delete: 'x' }), 400, 4, /hard_delete/);
    assert.equal((await bob.call('GET', urlOf(cid))).status, 200);
  });
});
