import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, Person, pluck, refused, start, type Body } from './support.js';

let server: RunningServer;
let ada: Person;
let bob: Person;
let cyd: Person;
before(async () => {
  server = await start();
  [ada, bob, cyd] = [
    await Person.known(server, 'ada'),
    await Person.known(server, 'bob'),
    await Person.known(server, 'cyd'),
  ];
});
after(() => server.close());

let made = 0;
/** A new channel of ada's. */
async function channel(
  members: string[] = ['ada', 'bob'],
  data: Body = {},
  type = 'messaging',
): Promise<string> {
  const id = `c${++made}`;
  const answer = await ada.call('POST', `/channels/${type}/${id}/query`, { data: { ...data, members } });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return `${type}:${id}`;
}

function path(cid: string): string {
  return `/channels/${cid.replace(':', '/')}`;
}

describe('getting or creating a channel', () => {
  it('creates it with its data, its members and its creator', async () => {
    const { status, body } = await ada.call('POST', '/channels/messaging/new/query', {
      data: { name: 'New', color: 'red', members: ['bob', { user_id: 'cyd' }] },
    });

    assert.equal(status, 201);
    const { channel: data } = body as { channel: Body };
    assert.deepEqual(
      [data['cid'], data['name'], data['color'], data['member_count'], at(data, 'created_by', 'id')],
      ['messaging:new', 'New', 'red', 3, 'ada'],
    );
    assert.deepEqual(pluck(body, 'members', 'user_id').sort(), ['ada', 'bob', 'cyd']);
    assert.equal(at(body, 'membership', 'role'), 'owner');
    assert.deepEqual(body['messages'], []);
    assert.equal(at(data, 'config', 'typing_events'), true);
    assert.ok((data['own_capabilities'] as string[]).includes('update-channel'));
  });

  it('leaves the data of one that exists', async () => {
    const cid = await channel(['ada', 'bob'], { name: 'First' });

    const { body } = await bob.call('POST', `${path(cid)}/query`, { data: { name: 'Second' } });

    assert.equal(at(body, 'channel', 'name'), 'First');
    assert.ok(!(at(body, 'channel', 'own_capabilities') as string[]).includes('update-channel'));
  });

  it('finds the one channel between the same members, in any order', async () => {
    const first = await ada.call('POST', '/channels/messaging/query', { data: { members: ['ada', 'bob'] } });
    const second = await bob.call('POST', '/channels/messaging/query', { data: { members: ['bob', 'ada'] } });

    assert.match(String(at(first.body, 'channel', 'id')), /^!members-/);
    assert.equal(at(first.body, 'channel', 'cid'), at(second.body, 'channel', 'cid'));
  });

  it('makes one of twenty that are asked for at once', async () => {
    const asked = Array.from({ length: 20 }, () => ada.call('POST', '/channels/messaging/race/query', {}));

    const statuses = (await Promise.all(asked)).map(({ status }) => status);

    assert.deepEqual(new Set(statuses), new Set([201]));
  });

  it('tells the members who do not watch it yet', async () => {
    const socket = await bob.socket();

    const cid = await channel(['ada', 'bob']);

    const event = await socket.take('notification.added_to_channel');
    assert.deepEqual([event['cid'], at(event, 'member', 'user_id')], [cid, 'bob']);
    assert.equal(at(event, 'channel', 'own_capabilities'), undefined);
    await socket.close();
  });

  it('refuses unknown members, listing them', async () => {
    const answer = await ada.call('POST', '/channels/messaging/bad/query', {
      data: { members: ['ada', 'nobody'] },
    });

    refused(answer, 400, 4, /GetOrCreateChannel failed with error: .*nobody/);
  });

  it('refuses bad addresses, reserved fields and oversized data', async () => {
    const create = (url: string, data: Body = {}) => ada.call('POST', `/channels/${url}/query`, { data });

    refused(await create('messaging/a.b'), 400, 4, /a\.b/);
    refused(await create('messaging/!own'), 400, 4, /!own/);
    refused(await create(`messaging/${'x'.repeat(65)}`), 400, 4);
    refused(await create('unheard/of'), 404, 16, /unheard/);
    refused(await create('messaging/bad', { member_count: 3 }), 400, 4, /member_count/);
    refused(await create('messaging/bad', { name: 5 }), 400, 4, /name/);
    refused(await create('messaging/bad', { note: 'x'.repeat(6000) }), 413, 22);
    refused(await create('messaging/bad', { members: 'ada' }), 400, 4, /list/);
    refused(await create('messaging/bad', { members: [5] }), 400, 4);
    refused(
      await create('messaging/bad', { members: [{ user_id: 'bob', channel_role: 'channel_moderator' }] }),
      403,
      17,
    );
    refused(await create('messaging', { members: ['ada'] }), 400, 4, /2 members/);
    refused(await create('messaging', { members: ['bob', 'cyd'] }), 403, 17);
  });

  it('refuses a closed channel to outsiders with 17, and an open one to nobody', async () => {
    const closed = await channel(['ada']);
    const open = await channel(['ada'], {}, 'livestream');

    refused(await bob.call('POST', `${path(closed)}/query`, {}), 403, 17, /not allowed to read/);
    refused(await bob.call('GET', path(closed)), 403, 17);
    assert.equal((await bob.call('POST', `${path(open)}/query`, {})).status, 201);
  });

  it('reads without creating by GET', async () => {
    const cid = await channel();

    assert.equal(at((await ada.call('GET', path(cid))).body, 'channel', 'cid'), cid);
    refused(await ada.call('GET', '/channels/messaging/missing'), 404, 16);
  });
});

describe('watching', () => {
  it('says who begins and ceases to watch, once per user', async () => {
    const cid = await channel();
    const watcher = await ada.watching(cid);
    await watcher.take('user.watching.start');

    const tabs = [await bob.watching(cid), await bob.watching(cid)];
    const began = await watcher.drain();
    await tabs[0]?.close();
    await tabs[1]?.close();
    const ceased = await watcher.take('user.watching.stop');

    assert.deepEqual(
      began.map((event) => [event['type'], event['watcher_count']]),
      [['user.watching.start', 2]],
    );
    assert.deepEqual([at(ceased, 'user', 'id'), ceased['watcher_count']], ['bob', 1]);
    await watcher.close();
  });

  it('ends with stop-watching', async () => {
    const cid = await channel();
    const socket = await ada.watching(cid);

    const { status } = await ada.call('POST', `${path(cid)}/stop-watching`, {}, { connection_id: socket.id });
    await socket.drain();
    await bob.send(cid, { text: 'hi' });

    assert.equal(status, 201);
    assert.deepEqual(await socket.types(), ['notification.message_new']);
    await socket.close();
  });

  it('needs a live connection of the same user', async () => {
    const cid = await channel();
    const socket = await bob.socket();
    const watch = (query: Record<string, string>) =>
      ada.call('POST', `${path(cid)}/query`, { watch: true }, query);

    refused(await watch({}), 400, 4, /connection_id/);
    refused(await watch({ connection_id: 'unknown' }), 400, 4);
    refused(await watch({ connection_id: socket.id }), 400, 4);
    refused(await ada.call('POST', '/channels', { watch: true }), 400, 4);
    refused(await ada.call('POST', `${path(cid)}/stop-watching`, {}), 400, 4);
    await socket.close();
  });
});

describe('changing a channel', () => {
  it('sets and unsets fields, and tells the watchers', async () => {
    const cid = await channel(['ada', 'bob'], { name: 'Old', color: 'red' });
    const socket = await bob.watching(cid);

    const { status, body } = await ada.call('PATCH', path(cid), {
      set: { name: 'New', 'look.size': 2 },
      unset: ['color'],
    });

    assert.equal(status, 200);
    const expected = ['New', undefined, { size: 2 }];
    const { channel: told } = await socket.take('channel.updated');
    assert.deepEqual(
      [at(body, 'channel', 'name'), at(body, 'channel', 'color'), at(body, 'channel', 'look')],
      expected,
    );
    assert.deepEqual([at(told, 'name'), at(told, 'color'), at(told, 'look')], expected);
    assert.equal(at(told, 'own_capabilities'), undefined);
    await socket.close();
  });

  it('replaces all fields by POST', async () => {
    const cid = await channel(['ada'], { name: 'Old', color: 'red' });

    const { body } = await ada.call('POST', path(cid), { data: { name: 'New' } });

    assert.deepEqual([at(body, 'channel', 'name'), at(body, 'channel', 'color')], ['New', undefined]);
  });

  it('refuses members who do not own it, forbidden fields and what it does not know', async () => {
    const cid = await channel(['ada', 'bob']);

    refused(await bob.call('PATCH', path(cid), { set: { name: 'Mine' } }), 403, 17);
    refused(await cyd.call('PATCH', path(cid), { set: { name: 'Mine' } }), 403, 17);
    refused(await ada.call('PATCH', path(cid), { set: { frozen: true } }), 403, 17, /frozen/);
    refused(await ada.call('PATCH', path(cid), { set: { 'a..b': 1 } }), 400, 4);
    refused(await ada.call('POST', path(cid), { data: { created_at: 'now' } }), 400, 4);
    refused(await ada.call('POST', path(cid), { color: 'red' }), 400, 4, /knows data.*color/);
  });
});

describe('members', () => {
  it('are added by the owner, with events to those concerned', async () => {
    const cid = await channel(['ada', 'bob']);
    const [watcher, added] = [await bob.watching(cid), await cyd.socket()];

    const { status, body } = await ada.call('POST', path(cid), { add_members: ['cyd'] });

    assert.deepEqual([status, at(body, 'channel', 'member_count')], [201, 3]);
    assert.deepEqual((await watcher.types()).slice(1), ['member.added', 'channel.updated']);
    assert.deepEqual(await added.types(), ['notification.added_to_channel']);
    assert.equal((await cyd.call('GET', path(cid))).status, 200);
    await Promise.all([watcher.close(), added.close()]);
  });

  it('lose access, watch and unread counts when removed', async () => {
    const fay = await Person.known(server, 'fay');
    const cid = await channel(['ada', 'fay']);
    const socket = await fay.watching(cid);
    await ada.send(cid, { text: 'unread' });
    await socket.drain();

    await ada.call('POST', path(cid), { remove_members: ['fay'] });
    await ada.send(cid, { text: 'secret' });

    const events = await socket.drain();
    assert.deepEqual(
      events.map((event) => event['type']),
      ['notification.removed_from_channel', 'notification.mark_read'],
    );
    assert.equal(events[1]?.['total_unread_count'], 0);
    refused(await fay.call('GET', path(cid)), 403, 17);
    await socket.close();
  });

  it('may leave by themselves', async () => {
    const cid = await channel(['ada', 'bob']);

    assert.equal((await bob.call('POST', path(cid), { remove_members: ['bob'] })).status, 201);
    refused(await bob.call('GET', path(cid)), 403, 17);
  });

  it('may join an open channel by themselves', async () => {
    const cid = await channel(['ada'], {}, 'gaming');

    const { body } = await bob.call('POST', path(cid), { add_members: ['bob'] });

    assert.equal(at(body, 'channel', 'member_count'), 2);
  });

  it('are not for others to change, nor for both at once', async () => {
    const cid = await channel(['ada', 'bob']);
    const { body } = await ada.call('POST', '/channels/messaging/query', {
      data: { members: ['ada', 'cyd'] },
    });

    refused(await bob.call('POST', path(cid), { add_members: ['cyd'] }), 403, 17);
    refused(await bob.call('POST', path(cid), { remove_members: ['ada'] }), 403, 17);
    refused(await cyd.call('POST', path(cid), { add_members: ['cyd'] }), 403, 17);
    refused(await ada.call('POST', path(cid), { add_members: ['cyd'], remove_members: ['cyd'] }), 400, 4);
    refused(await ada.call('POST', path(cid), { add_members: ['nobody'] }), 400, 4, /nobody/);
    refused(
      await ada.call('POST', path(String(at(body, 'channel', 'cid'))), { add_members: ['bob'] }),
      403,
      17,
    );
  });

  it('can be queried, by name too', async () => {
    const cid = await channel(['ada', 'bob', 'cyd']);
    const [type, id] = cid.split(':');

    const all = await ada.query('/members', { type, id, filter_conditions: {} });
    const some = await ada.query('/members', {
      type,
      id,
      filter_conditions: { name: { $autocomplete: 'CY' } },
    });

    assert.deepEqual(pluck(all.body, 'members', 'user_id'), ['ada', 'bob', 'cyd']);
    assert.deepEqual(pluck(some.body, 'members', 'user_id'), ['cyd']);
    refused(await ada.query('/members', { type, id, filter_conditions: { shoe: 43 } }), 400, 4, /shoe/);
    refused(await ada.query('/members', { type }), 400, 4);
    refused(await ada.query('/members', { type, id, limit: 101 }), 400, 4);
    refused(await (await Person.known(server, 'eve')).query('/members', { type, id }), 403, 17);
  });
});
