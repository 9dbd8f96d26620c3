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

/** A message of Ada with a reply of Bob. */
async function thread(): Promise<{ cid: string; id: string; url: string; channel: string }> {
  const cid = await newChannel(ada);
  const id = String((await sentBy(ada, cid, { text: 'parent' }))['id']);
  await sentBy(bob, cid, { text: 'reply', parent_id: id });
  return { cid, id, url: `/threads/${id}`, channel: `/channels/${cid.replace(':', '/')}` };
}

const find = (list: unknown, id: string) => (list as Body[]).find((one) => at(one, 'user', 'id') === id);

async function unread(person: Person, id: string): Promise<unknown> {
  const { body } = await person.call('GET', '/unread');
  return (body['threads'] as Body[]).find((one) => one['parent_message_id'] === id)?.['unread_count'] ?? 0;
}

describe('a thread', () => {
  it('is answered with its parent, its newest replies, its participants and who has read', async () => {
    const { cid, id, url } = await thread();
    await sentBy(bob, cid, { text: 'second', parent_id: id });

    const { status, body } = await ada.call('GET', url, undefined, { reply_limit: '1' });

    assert.equal(status, 200);
    const answer = body['thread'] as Body;
    assert.deepEqual(
      [
        answer['parent_message_id'],
        answer['channel_cid'],
        answer['created_by_user_id'],
        answer['reply_count'],
      ],
      [id, cid, 'ada', 2],
    );
    assert.deepEqual([answer['participant_count'], answer['active_participant_count']], [2, 1]);
    assert.equal(at(answer, 'parent_message', 'text'), 'parent');
    assert.deepEqual(pluck(at(answer, 'parent_message'), 'thread_participants', 'id'), ['bob']);
    assert.equal(at(answer, 'channel', 'cid'), cid);
    assert.deepEqual(pluck(answer, 'latest_replies', 'text'), ['second']);
    assert.deepEqual(pluck(answer, 'thread_participants', 'user_id'), ['bob', 'ada']);
    assert.equal(find(answer['read'], 'ada')?.['unread_messages'], 2);
    assert.equal(find(answer['read'], 'bob')?.['unread_messages'], 0);
  });

  it('needs a reply, and a reader of its channel', async () => {
    const { url } = await thread();
    const { id } = await sentBy(ada, await newChannel(ada), { text: 'alone' });

    refused(await ada.call('GET', `/threads/${String(id)}`), 404, 16, /no thread/);
    refused(await eve.call('GET', url), 404, 16);
    refused(await eve.call('PATCH', url, { set: { title: 'x' } }), 404, 16);
  });

  it('has a title and custom data, which are told to the watchers', async () => {
    const { cid, url } = await thread();
    const socket = await bob.watching(cid);

    const { status, body } = await bob.call('PATCH', url, { set: { title: 'Plans', colour: 'red' } });

    const event = await socket.take('thread.updated');
    assert.equal(status, 200);
    assert.deepEqual([at(body, 'thread', 'title'), at(body, 'thread', 'colour')], ['Plans', 'red']);
    assert.deepEqual([at(event, 'thread', 'title'), at(event, 'user', 'id')], ['Plans', 'bob']);
    const unset = await bob.call('PATCH', url, { unset: ['colour'] });
    assert.equal('colour' in (unset.body['thread'] as Body), false);
    refused(await bob.call('PATCH', url, { set: { reply_count: 9 } }), 403, 17);
    refused(await bob.call('PATCH', url, { set: { title: 5 } }), 400, 4, /title/);
    await socket.close();
  });

  it('pages its replies, and shows one in the channel only when asked to', async () => {
    const { cid, id, channel } = await thread();
    const two = await sentBy(bob, cid, { text: 'two', parent_id: id, show_in_channel: true });
    await sentBy(bob, cid, { text: 'three', parent_id: id });
    const replies = async (query: Record<string, string>) =>
      pluck((await ada.call('GET', `/messages/${id}/replies`, undefined, query)).body, 'messages', 'text');

    assert.deepEqual(await replies({ limit: '2' }), ['two', 'three']);
    assert.deepEqual(await replies({ id_lt: String(two['id']) }), ['reply']);
    assert.deepEqual(await replies({ id_gt: String(two['id']) }), ['three']);
    assert.deepEqual(pluck((await ada.call('GET', channel)).body, 'messages', 'text'), ['parent', 'two']);
  });

  it('counts deleted replies apart, and tells of its new count', async () => {
    const { cid, id, url } = await thread();
    const reply = await sentBy(bob, cid, { text: 'goes', parent_id: id });
    const socket = await ada.watching(cid);
    await socket.drain();

    await bob.call('DELETE', `/messages/${String(reply['id'])}`);

    const [parent, deleted] = await socket.drain();
    assert.deepEqual([parent?.['type'], deleted?.['type']], ['message.updated', 'message.deleted']);
    assert.equal(Number(deleted?.['seq']), Number(parent?.['seq']) + 1);
    assert.deepEqual(
      [at(parent, 'message', 'reply_count'), at(parent, 'message', 'deleted_reply_count')],
      [1, 1],
    );
    await bob.call('DELETE', `/messages/${String(reply['id'])}`, undefined, { hard: 'true' });
    const { body } = await ada.call('GET', `/messages/${id}`);
    assert.deepEqual(
      [at(body, 'message', 'reply_count'), at(body, 'message', 'deleted_reply_count')],
      [1, 0],
    );
    assert.equal(await unread(ada, id), 1);
    assert.equal((await ada.call('GET', url)).status, 200);
    await ada.call('DELETE', `/messages/${id}`, undefined, { hard: 'true' });
    refused(await ada.call('GET', url), 404, 16);
    await socket.close();
  });
});

describe('threads', () => {
  it('are those one takes part in, unread ones first, page by page', async () => {
    const cyd = await Person.known(server, 'cyd');
    const cid = await newChannel(cyd);
    const ids: string[] = [];
    for (const text of ['a', 'b', 'c']) {
      const { id } = await sentBy(cyd, cid, { text });
      ids.push(String(id));
      await sentBy(bob, cid, { text: `re ${text}`, parent_id: id });
    }
    await sentBy(bob, cid, { text: 'd', id: 'of-bob' });
    await sentBy(bob, cid, { text: 're d', parent_id: 'of-bob' });
    await cyd.call('POST', `/channels/${cid.replace(':', '/')}/read`, { thread_id: ids[2] });
    const query = async (body: Body) => (await cyd.call('POST', '/threads', body)).body;

    const first = await query({ limit: 2 });
    const second = await query({ limit: 2, next: first['next'] });
    const back = await query({ limit: 2, next: second['prev'] });

    assert.deepEqual(pluck(first, 'threads', 'parent_message_id'), [ids[1], ids[0]]);
    assert.deepEqual(pluck(second, 'threads', 'parent_message_id'), [ids[2]]);
    assert.deepEqual(pluck(back, 'threads', 'parent_message_id'), [ids[1], ids[0]]);
    assert.equal('next' in second, false);
    const filtered = await query({ filter: { parent_message_id: { $in: [ids[0], 'of-bob'] } } });
    assert.deepEqual(pluck(filtered, 'threads', 'parent_message_id'), [ids[0]]);
    const sorted = await query({ sort: [{ field: 'created_at', direction: 1 }] });
    assert.deepEqual(pluck(sorted, 'threads', 'parent_message_id'), ids);
    refused(await cyd.call('POST', '/threads', { filter: { title: 'x' } }), 400, 4);
    refused(await cyd.call('POST', '/threads', { sort: [{ field: 'title' }] }), 400, 4);
  });

  it('are gone with the membership', async () => {
    const { id, channel, cid } = await thread();

    await ada.call('POST', channel, { remove_members: ['bob'] });
    await sentBy(ada, cid, { text: 'later', parent_id: id });

    const { body } = await bob.call('POST', '/threads', { filter: { channel_cid: cid } });
    assert.deepEqual(body['threads'], []);
    assert.equal(await unread(bob, id), 0);
  });

  it('attach the connection to their channels when asked to', async () => {
    const { cid } = await thread();
    const socket = await ada.socket();

    const query = { connection_id: socket.id };
    const { status } = await ada.call(
      'POST',
      '/threads',
      { watch: true, filter: { channel_cid: cid } },
      query,
    );
    await sentBy(bob, cid, { text: 'news' });

    assert.equal(status, 201);
    assert.equal(at(await socket.take('message.new'), 'message', 'text'), 'news');
    refused(await ada.call('POST', '/threads', { watch: true }), 400, 4);
    await socket.close();
  });
});

describe('unread replies', () => {
  it('count for who takes part, and are told to their idle connections', async () => {
    const { cid, id } = await thread();
    const idle = await ada.socket();
    const watching = await ada.watching(cid);
    await watching.drain();

    await sentBy(bob, cid, { text: 'again', parent_id: id });

    const event = await idle.take('notification.thread_message_new');
    assert.deepEqual([event['thread_id'], event['unread_thread_messages']], [id, 2]);
    assert.equal(at(event, 'message', 'text'), 'again');
    assert.equal(at(event, 'channel', 'cid'), cid);
    assert.equal(Number(event['unread_threads']) > 0, true);
    assert.deepEqual(await watching.types(), ['message.updated', 'message.new']);
    assert.equal(await unread(ada, id), 2);
    assert.equal(await unread(bob, id), 0);
    await Promise.all([idle.close(), watching.close()]);
  });

  it('of silent replies do not count; a mentioned member takes part', async () => {
    const dan = await Person.known(server, 'dan');
    const { cid, id, channel } = await thread();
    await ada.call('POST', channel, { add_members: ['dan'] });

    await sentBy(bob, cid, { text: 'psst', parent_id: id, silent: true, mentioned_users: ['dan', 'eve'] });
    assert.equal(await unread(ada, id), 1);
    await sentBy(bob, cid, { text: 'aloud', parent_id: id });

    assert.equal(await unread(dan, id), 1);
    assert.equal(await unread(eve, id), 0);
    const { body } = await ada.call('GET', `/threads/${id}`);
    assert.deepEqual(pluck(at(body, 'thread'), 'thread_participants', 'user_id'), ['bob', 'ada', 'dan']);
  });

  it('are read by thread, told to watchers and to one’s own connections', async () => {
    const { cid, id, channel } = await thread();
    await sentBy(bob, cid, { text: 'aside' });
    const watcher = await bob.watching(cid);
    const own = await ada.socket();
    await watcher.drain();
    const before = (await ada.call('GET', '/unread')).body['total_unread_threads_count'];

    const { status, body } = await ada.call('POST', `${channel}/read`, { thread_id: id });

    const event = await watcher.take('message.read');
    const mark = await own.take('notification.mark_read');
    assert.equal(status, 201);
    assert.equal(at(body, 'event', 'thread', 'parent_message_id'), id);
    assert.deepEqual([at(event, 'user', 'id'), at(event, 'thread', 'parent_message_id')], ['ada', id]);
    assert.deepEqual([mark['thread_id'], mark['unread_threads']], [id, Number(before) - 1]);
    assert.equal(await unread(ada, id), 0);
    // The channel's own read state is another.
    const state = (await ada.call('GET', channel)).body;
    assert.equal(find(state['read'], 'ada')?.['unread_messages'], 1);
    await Promise.all([watcher.close(), own.close()]);
  });

  it('can be had back, told to nobody else', async () => {
    const { cid, id, channel } = await thread();
    await ada.call('POST', `${channel}/read`, { thread_id: id });
    const watcher = await bob.watching(cid);
    const own = await ada.socket();
    await watcher.drain();

    const { status } = await ada.call('POST', `${channel}/unread`, { thread_id: id });

    const event = await own.take('notification.mark_unread');
    assert.equal(status, 201);
    assert.deepEqual([event['thread_id'], event['unread_messages']], [id, 1]);
    assert.equal(await unread(ada, id), 1);
    assert.deepEqual(await watcher.types(), []);
    refused(await eve.call('POST', `${channel}/unread`, { thread_id: id }), 403, 17);
    await Promise.all([watcher.close(), own.close()]);
  });

  it('are not for who takes no part', async () => {
    const { cid, id, channel } = await thread();
    await ada.call('POST', channel, { add_members: ['eve'] });

    assert.deepEqual((await eve.call('POST', `${channel}/read`, { thread_id: id })).body['event'], null);
    refused(await eve.call('POST', `${channel}/unread`, { thread_id: id }), 403, 17, /part/);
    refused(await eve.call('POST', `${channel}/read`, { thread_id: cid }), 404, 16);
  });
});

describe('who withholds read receipts', () => {
  it('tells nobody of the replies they have read, and sees all of their own', async () => {
    const shy = await Person.known(server, 'shy', {
      privacy_settings: { read_receipts: { enabled: false } },
    });
    const cid = await newChannel(ada);
    const channel = `/channels/${cid.replace(':', '/')}`;
    await ada.call('POST', channel, { add_members: ['shy'] });
    const id = String((await sentBy(ada, cid, { text: 'parent' }))['id']);
    await sentBy(shy, cid, { text: 'mine', parent_id: id });
    await sentBy(bob, cid, { text: 'theirs', parent_id: id });
    const watcher = await bob.watching(cid);
    const own = await shy.watching(cid);
    await watcher.drain();

    await shy.call('POST', `${channel}/read`, { thread_id: id });

    assert.deepEqual(await watcher.types(), []);
    assert.equal(at(await own.take('message.read'), 'user', 'id'), 'shy');
    for (const path of [`/threads/${id}`]) {
      const others = at((await bob.call('GET', path)).body, 'thread') as Body;
      assert.equal(find(others['read'], 'shy'), undefined);
      assert.equal('last_read_at' in (find(others['thread_participants'], 'shy') ?? {}), false);
      const self = at((await shy.call('GET', path)).body, 'thread') as Body;
      assert.equal(find(self['read'], 'shy')?.['unread_messages'], 0);
      assert.equal('last_read_at' in (find(self['thread_participants'], 'shy') ?? {}), true);
    }
    const listed = await bob.call('POST', '/threads', { filter: { parent_message_id: id } });
    assert.equal(find(at(listed.body, 'threads', 0, 'read'), 'shy'), undefined);
    await Promise.all([watcher.close(), own.close()]);
  });
});
