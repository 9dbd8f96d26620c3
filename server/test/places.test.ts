import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, Person, pluck, refused, sentBy, start, urlOf, type Body } from './support.js';

let server: RunningServer;
let ada: Person;
let bob: Person;
let eve: Person;
let now = Date.now();
before(async () => {
  server = await start({ now: () => now });
  [ada, bob, eve] = [
    await Person.known(server, 'ada'),
    await Person.known(server, 'bob'),
    await Person.known(server, 'eve'),
  ];
});
after(() => server.close());

async function found(person: Person, filter: Body, more: Body = {}): Promise<unknown[]> {
  const { status, body } = await person.call('POST', '/channels', { filter_conditions: filter, ...more });
  assert.equal(status, 201, JSON.stringify(body));
  return (body['channels'] as Body[]).map((state) => at(state, 'channel', 'cid'));
}

async function unread(person: Person): Promise<unknown> {
  return (await person.call('GET', '/unread')).body['total_unread_count'];
}

describe('a channel that a member hides', () => {
  it('is out of their lists, and of nobody else’s, until they ask for hidden ones', async () => {
    const cid = await newChannel(ada);
    const [tab, other] = [await ada.socket(), await bob.socket()];

    const { status, body } = await ada.call('POST', `${urlOf(cid)}/hide`, {
      clear_history: false,
      user_id: null,
    });

    assert.deepEqual([status, Object.keys(body)], [201, ['duration']]);
    const event = await tab.take('channel.hidden');
    assert.deepEqual(
      [event['cid'], event['clear_history'], at(event, 'channel', 'hidden'), at(event, 'user', 'id')],
      [cid, false, true, 'ada'],
    );
    assert.deepEqual(await found(ada, { cid }), []);
    assert.deepEqual(await found(ada, { cid, hidden: true }), [cid]);
    assert.deepEqual(await found(ada, { $and: [{ cid }, { hidden: true }] }), [cid]);
    assert.deepEqual(await found(ada, { cid, hidden: false }), []);
    assert.deepEqual(await found(bob, { cid }), [cid]);
    const { body: state } = await ada.call('GET', urlOf(cid));
    assert.deepEqual([state['hidden'], at(state, 'channel', 'hidden')], [true, true]);
    assert.deepEqual(await other.types(), []);
    await Promise.all([tab.close(), other.close()]);
  });

  it('comes back when they show it', async () => {
    const cid = await newChannel(ada);
    await ada.call('POST', `${urlOf(cid)}/hide`, {});
    const tab = await ada.socket();

    await ada.call('POST', `${urlOf(cid)}/show`, { user_id: null });

    assert.equal(at(await tab.take('channel.visible'), 'channel', 'hidden'), false);
    assert.deepEqual(await found(ada, { cid }), [cid]);
    await tab.close();
  });

  it('comes back with the next message, told before it, but for one that keeps it hidden', async () => {
    const cid = await newChannel(ada);
    await ada.call('POST', `${urlOf(cid)}/hide`, {});
    const first = await sentBy(bob, cid, { text: 'question' });
    await ada.call('POST', `${urlOf(cid)}/hide`, {});
    const tab = await ada.socket();

    await bob.call('POST', `${urlOf(cid)}/message`, { message: { text: 'hush' }, keep_channel_hidden: true });
    await sentBy(bob, cid, { text: 'in a thread', parent_id: first['id'] });
    assert.deepEqual(await found(ada, { cid }), []);
    await sentBy(bob, cid, { text: 'hello' });

    const types = (await tab.types()).filter((type) => type !== 'notification.thread_message_new');
    assert.deepEqual(types, ['notification.message_new', 'channel.visible', 'notification.message_new']);
    assert.deepEqual(await found(ada, { cid }), [cid]);
    await tab.close();
  });

  it('shows none of what was said before, nowhere, if they clear it; to others all', async () => {
    const cid = await newChannel(ada);
    await sentBy(bob, cid, { text: 'old clearing', pinned: true });
    await ada.call('POST', `${urlOf(cid)}/hide`, { clear_history: true });
    await sentBy(bob, cid, { text: 'new clearing' });

    const { body } = await ada.call('GET', urlOf(cid));

    assert.deepEqual(pluck(body, 'messages', 'text'), ['new clearing']);
    assert.deepEqual(body['pinned_messages'], []);
    assert.equal(typeof body['hide_messages_before'], 'string');
    const search = { filter_conditions: { cid }, query: 'clearing' };
    const results = async (person: Person) =>
      (await person.query('/search', search)).body['results'] as Body[];
    assert.deepEqual([(await results(ada)).length, (await results(bob)).length], [1, 2]);
    const older = await ada.call('POST', `${urlOf(cid)}/query`, {
      messages: { limit: 10, created_at_before: new Date(now + 3_600_000).toISOString() },
    });
    assert.deepEqual(pluck(older.body, 'messages', 'text'), ['new clearing']);
    assert.equal(pluck((await bob.call('GET', urlOf(cid))).body, 'messages', 'text').length, 2);
  });

  it('cannot be hidden by who is no member', async () => {
    const cid = await newChannel(ada, 'livestream');

    refused(await eve.call('POST', `${urlOf(cid)}/hide`, {}), 403, 17, /member/);
    refused(await eve.call('POST', `${urlOf(cid)}/show`, {}), 403, 17, /member/);
    refused(await ada.call('POST', `${urlOf(cid)}/hide`, { clear_history: 'x' }), 400, 4, /clear_history/);
  });
});

describe('a channel that a member mutes', () => {
  it('is marked so for them alone, and its messages do not count', async () => {
    const cid = await newChannel(ada);
    const before = await unread(bob);
    const [tab, other] = [await bob.socket(), await ada.socket()];

    const { body } = await bob.call('POST', '/moderation/mute/channel', { channel_cid: cid });

    assert.equal(at(body, 'channel_mute', 'channel', 'cid'), cid);
    assert.equal(at(body, 'own_user', 'channel_mutes', 0, 'user', 'id'), 'bob');
    const event = await tab.take('notification.channel_mutes_updated');
    assert.equal(at(event, 'me', 'channel_mutes', 0, 'channel', 'cid'), cid);
    assert.deepEqual(await other.types(), []);
    await sentBy(ada, cid, { text: 'unheard' });
    assert.equal(await unread(bob), before);
    assert.deepEqual(await found(bob, { cid, muted: true }), [cid]);
    assert.deepEqual(await found(ada, { cid, muted: true }), []);
    assert.equal(at((await bob.call('GET', urlOf(cid))).body, 'channel', 'muted'), true);
    await Promise.all([tab.close(), other.close()]);

    const again = await bob.socket();
    await bob.call('POST', '/moderation/unmute/channel', { channel_cids: [cid] });
    assert.deepEqual(at(await again.take('notification.channel_mutes_updated'), 'me', 'channel_mutes'), []);
    await sentBy(ada, cid, { text: 'heard' });
    assert.equal(await unread(bob), Number(before) + 1);
    await again.close();
  });

  it('counts again when the mute has ended', async () => {
    const cid = await newChannel(ada);
    await bob.call('POST', '/moderation/mute/channel', { channel_cids: [cid], expiration: 60_000 });
    const { body } = await bob.call('GET', urlOf(cid));
    assert.equal(typeof at(body, 'channel', 'mute_expires_at'), 'string');
    const before = await unread(bob);

    now += 61_000;
    await sentBy(ada, cid, { text: 'later' });

    assert.equal(await unread(bob), Number(before) + 1);
    assert.equal(at((await bob.call('GET', urlOf(cid))).body, 'channel', 'muted'), false);
    assert.deepEqual(await found(bob, { cid, muted: true }), []);
  });

  it('is refused for bad input and channels of others, and then nothing changes', async () => {
    const cid = await newChannel(ada);
    const stream = await newChannel(ada, 'livestream');
    const muting = (body: Body, person = bob) => person.call('POST', '/moderation/mute/channel', body);

    refused(await muting({}), 400, 4, /channel_cid/);
    refused(await muting({ channel_cid: 5 }), 400, 4, /channel_cid/);
    refused(await muting({ channel_cids: Array(26).fill(cid) }), 400, 4, /25/);
    refused(await muting({ channel_cid: cid, expiration: -1 }), 400, 4, /expiration/);
    refused(await muting({ channel_cid: cid }, eve), 403, 17);
    refused(await muting({ channel_cid: stream }, eve), 403, 17, /member/);
    refused(await muting({ channel_cids: [cid, 'messaging:nowhere'] }), 404, 16);
    assert.equal(at((await bob.call('GET', urlOf(cid))).body, 'channel', 'muted'), false);
  });
});

describe('a membership', () => {
  const change = (person: Person, cid: string, body: Body, who = '') =>
    person.call('PATCH', `${urlOf(cid)}/member${who}`, body);

  it('is pinned and archived for its owner alone', async () => {
    const [cid, other] = [await newChannel(ada), await newChannel(ada)];
    const [tab, watcher] = [await ada.socket(), await bob.watching(cid)];
    await watcher.drain();

    const { status, body } = await change(ada, cid, { set: { pinned: true, archived: true } }, '/ada');

    assert.equal(status, 200);
    assert.equal(typeof at(body, 'channel_member', 'pinned_at'), 'string');
    assert.equal(typeof at(await tab.take('member.updated'), 'member', 'archived_at'), 'string');
    assert.deepEqual(await watcher.types(), []);
    const both = { cid: { $in: [cid, other] } };
    assert.deepEqual(await found(ada, { ...both, pinned: true }), [cid]);
    assert.deepEqual(await found(ada, { ...both, archived: false }), [other]);
    assert.deepEqual(await found(bob, { ...both, pinned: true }), []);
    assert.deepEqual(await found(ada, both, { sort: [{ field: 'pinned_at', direction: -1 }] }), [cid, other]);
    const { body: mine } = await ada.call('GET', urlOf(cid));
    assert.equal(typeof at(mine, 'membership', 'pinned_at'), 'string');
    const { body: theirs } = await bob.call('GET', urlOf(cid));
    assert.doesNotMatch(JSON.stringify(theirs), /pinned_at|archived_at/);
    await change(ada, cid, { set: { archived: false }, unset: ['pinned'] });
    assert.deepEqual(await found(ada, { ...both, $or: [{ pinned: true }, { archived: true }] }), []);
    await Promise.all([tab.close(), watcher.close()]);
  });

  it('stays pinned since the first time', async () => {
    const cid = await newChannel(ada);
    const first = at((await change(ada, cid, { set: { pinned: true } })).body, 'channel_member', 'pinned_at');
    now += 1_000;

    const { body } = await change(ada, cid, { set: { pinned: true } });

    assert.equal(at(body, 'channel_member', 'pinned_at'), first);
  });

  it('has custom data, of which all are told', async () => {
    const cid = await newChannel(ada);
    const watcher = await bob.watching(cid);

    await change(ada, cid, { set: { nick: 'A', 'place.city': 'Oslo' } });

    const { member } = await watcher.take('member.updated');
    assert.deepEqual([at(member, 'nick'), at(member, 'place', 'city')], ['A', 'Oslo']);
    await change(ada, cid, { unset: ['nick'] });
    assert.equal(at(await watcher.take('member.updated'), 'member', 'nick'), undefined);
    await watcher.close();
  });

  it('is nobody else’s, and keeps what the server says of it', async () => {
    const cid = await newChannel(ada);
    const stream = await newChannel(ada, 'livestream');

    refused(await change(bob, cid, { set: { nick: 'B' } }, '/ada'), 403, 17, /somebody else/);
    refused(await change(ada, cid, { set: { channel_role: 'channel_moderator' } }), 403, 17, /channel_role/);
    refused(await change(ada, cid, { unset: ['user_id'] }), 403, 17, /user_id/);
    refused(await change(ada, cid, { set: { pinned: 'x' } }), 400, 4, /pinned/);
    refused(await change(ada, cid, { set: { note: 'x'.repeat(6_000) } }), 413, 22);
    refused(await change(eve, stream, { set: { nick: 'E' } }), 403, 17, /member/);
  });
});
