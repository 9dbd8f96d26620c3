import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, Person, pluck, refused, sentBy, start, type Body } from './support.js';

let server: RunningServer;
let ada: Person;
let bob: Person;
let eve: Person;
before(async () => {
  server = await start();
  [ada, bob, eve] = [
    await Person.known(server, 'ada'),
    await Person.known(server, 'bob'),
    await Person.known(server, 'eve'),
  ];
});
after(() => server.close());

const path = (cid: string, end = '/draft') => `/channels/${cid.replace(':', '/')}${end}`;
const save = (cid: string, message: Body) => ada.call('POST', path(cid), { message });

describe('a draft', () => {
  it('is kept in its place, told to one’s own connections alone, and shown to nobody else', async () => {
    const cid = await newChannel(ada);
    const own = await ada.socket();
    const watcher = await bob.watching(cid);
    await watcher.drain();

    const { status, body } = await save(cid, { text: 'half a', mood: 'good', mentioned_users: ['bob'] });

    const event = await own.take('draft.updated');
    assert.equal(status, 201);
    for (const draft of [body['draft'], event['draft'], (await ada.call('GET', path(cid))).body['draft']])
      assert.deepEqual(
        [at(draft, 'channel_cid'), at(draft, 'message', 'text'), at(draft, 'message', 'mood')],
        [cid, 'half a', 'good'],
      );
    const state = await ada.call('GET', path(cid, ''));
    assert.equal(at(state.body, 'draft', 'message', 'text'), 'half a');
    const others = await bob.call('GET', path(cid, ''));
    assert.doesNotMatch(JSON.stringify(others.body), /half a/);
    assert.deepEqual(await watcher.types(), []);
    refused(await bob.call('GET', path(cid)), 404, 16);
    await Promise.all([own.close(), watcher.close()]);
  });

  it('is one for the channel and one for each thread; the newer replaces', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(ada, cid, { text: 'parent' });
    await sentBy(bob, cid, { text: 'reply', parent_id: id });
    await save(cid, { text: 'old' });
    await save(cid, { text: 'new' });
    await save(cid, { text: 'below', parent_id: id });

    const { body } = await ada.call('POST', '/drafts/query', { filter: { channel_cid: cid } });

    assert.deepEqual(
      (body['drafts'] as Body[]).map((draft) => [at(draft, 'message', 'text'), draft['parent_id']]),
      [
        ['below', id],
        ['new', undefined],
      ],
    );
    assert.equal(at(body, 'drafts', 0, 'channel', 'cid'), cid);
    const thread = await ada.call('GET', `/threads/${String(id)}`);
    assert.equal(at(thread.body, 'thread', 'draft', 'message', 'text'), 'below');
  });

  it('goes when it is deleted, and when a message is sent in its place', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(ada, cid, { text: 'parent' });
    await save(cid, { text: 'channel' });
    await save(cid, { text: 'thread', parent_id: id });
    const own = await ada.socket();

    await sentBy(bob, cid, { text: 'of somebody else' });
    await sentBy(ada, cid, { text: 'reply', parent_id: id });

    assert.equal((await own.take('draft.deleted'))['parent_id'], id);
    refused(await ada.call('GET', path(cid), undefined, { parent_id: String(id) }), 404, 16);
    assert.equal((await ada.call('GET', path(cid))).status, 200);
    assert.equal((await ada.call('DELETE', path(cid))).status, 200);
    assert.equal((await ada.call('DELETE', path(cid))).status, 200);
    const told = (await own.types()).filter((type) => type === 'draft.deleted');
    assert.equal(told.length, 1);
    refused(await ada.call('GET', path(cid)), 404, 16);
    await own.close();
  });

  it('is refused where it breaks a rule', async () => {
    const cid = await newChannel(ada);
    const other = await sentBy(ada, await newChannel(ada), { text: 'x' });

    refused(await save(cid, { text: 'x', parent_id: other['id'] }), 404, 16, /parent_id/);
    refused(await save(cid, { text: 5 }), 400, 4, /text/);
    refused(await save(cid, { text: 'x', note: 'x'.repeat(6000) }), 413, 22);
    refused(await save(cid, { text: 'x', id: 'a,b' }), 400, 4);
    refused(await eve.call('POST', path(cid), { message: { text: 'x' } }), 403, 17);
    refused(await ada.call('POST', '/drafts/query', { filter: { text: 'x' } }), 400, 4);
  });
});

describe('drafts', () => {
  it('are one’s own, the newest first, page by page; also of a channel that one has left', async () => {
    const gus = await Person.known(server, 'gus');
    const cids: string[] = [];
    for (let n = 0; n < 3; n++) {
      const cid = await newChannel(gus);
      cids.unshift(cid);
      await gus.call('POST', path(cid), { message: { text: String(n) } });
    }
    const query = async (body: Body) => (await gus.call('POST', '/drafts/query', body)).body;

    const one = await query({ limit: 2 });
    const two = await query({ limit: 2, next: one['next'] });

    assert.deepEqual(pluck(one, 'drafts', 'channel_cid'), cids.slice(0, 2));
    assert.deepEqual(pluck(two, 'drafts', 'channel_cid'), cids.slice(2));
    assert.deepEqual((await bob.call('POST', '/drafts/query', {})).body['drafts'], []);
    await gus.call('POST', path(cids[0] ?? '', ''), { remove_members: ['gus'] });
    const left = (await query({ filter: { channel_cid: cids[0] } }))['drafts'] as Body[];
    assert.deepEqual([left.length, 'channel' in (left[0] ?? {})], [1, false]);
  });
});
