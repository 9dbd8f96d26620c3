import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compareTimes } from '../../src/protocol.js';
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

const channel = (type?: string) => newChannel(ada, type);
const sent = (cid: string, message: Body, author = ada) => sentBy(author, cid, message);

describe('sending a message', () => {
  it('answers and tells the stored message under the id its author chose', async () => {
    const cid = await channel();
    const socket = await bob.watching(cid);

    const message = await sent(cid, { id: 'own-id', text: 'Hi', mood: 'good', mentioned_users: ['bob'] });

    const event = await socket.take('message.new');
    assert.deepEqual(
      ['id', 'cid', 'type', 'text', 'mood', 'parent_id', 'silent'].map((key) => message[key]),
      ['own-id', cid, 'regular', 'Hi', 'good', null, false],
    );
    assert.deepEqual([at(message, 'user', 'id'), at(message, 'mentioned_users', 0, 'id')], ['ada', 'bob']);
    assert.equal(at(message, 'user', 'privacy_settings'), undefined);
    assert.deepEqual(
      [at(event, 'message', 'id'), at(event, 'user', 'id'), event['cid']],
      ['own-id', 'ada', cid],
    );
    assert.equal(at(event, 'message', 'user', 'privacy_settings', 'typing_indicators', 'enabled'), true);
    await socket.close();
  });

  it('makes an id when none is given', async () => {
    const message = await sent(await channel(), { text: 'Hi' });

    assert.match(String(message['id']), /^[\w-]{36}$/);
  });

  it('comes back to its author, and once to each connection: watching or not', async () => {
    const cid = await channel();
    const [own, watching, idle] = [await ada.watching(cid), await bob.watching(cid), await bob.socket()];
    await Promise.all([own, watching].map((socket) => socket.drain()));

    await sent(cid, { text: 'Hi' });

    assert.deepEqual(await own.types(), ['message.new']);
    assert.deepEqual(await watching.types(), ['message.new']);
    const events = await idle.drain();
    assert.deepEqual(
      events.map((event) => event['type']),
      ['notification.message_new'],
    );
    assert.equal(at(events[0], 'channel', 'cid'), cid);
    assert.equal(at(events[0], 'channel', 'own_capabilities'), undefined);
    await Promise.all([own, watching, idle].map((socket) => socket.close()));
  });

  it('is told to nobody outside', async () => {
    const cid = await channel();
    const socket = await eve.socket();

    await sent(cid, { text: 'secret' });

    assert.deepEqual(await socket.types(), []);
    await socket.close();
  });

  it('has a later time than the one before, however many come at once', async () => {
    const cid = await channel();

    const messages = await Promise.all(Array.from({ length: 20 }, (_, n) => sent(cid, { text: String(n) })));

    const times = messages.map((message) => String(message['created_at'])).sort(compareTimes);
    assert.equal(new Set(times).size, 20);
    const { body } = await ada.call('GET', `/channels/messaging/${cid.slice(10)}`);
    assert.deepEqual(pluck(body, 'messages', 'created_at'), times);
  });

  it('says "already exists" to a second one with the same id, and stores one', async () => {
    const cid = await channel();

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ada.send(cid, { id: 'twice', text: 'Hi' })),
    );

    const failed = answers.filter(({ status }) => status !== 201);
    assert.equal(failed.length, 19);
    for (const answer of failed)
      refused(answer, 400, 4, /^SendMessage failed with error: "a message with ID twice already exists"$/);
    const { body } = await ada.call('GET', `/channels/messaging/${cid.slice(10)}`);
    assert.deepEqual(pluck(body, 'messages', 'id'), ['twice']);
  });

  it('does not say so of the id of somebody else, or in another channel', async () => {
    const [first, second] = [await channel(), await channel()];
    await sent(first, { id: 'taken', text: 'Hi' });

    refused(await bob.send(first, { id: 'taken', text: 'Hi' }), 400, 4, /is taken/);
    refused(await ada.send(second, { id: 'taken', text: 'Hi' }), 400, 4, /is taken/);
  });

  it('stores one of many with the same id that come at once from everywhere, and never fails', async () => {
    const [first, second] = [await channel(), await channel()];
    const authors = [ada, bob];

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (authors[n % 2] ?? ada).send(n % 4 < 2 ? first : second, { id: 'raced', text: 'Hi' }),
      ),
    );

    const taken = answers.filter(({ status }) => status !== 201);
    assert.equal(taken.length, 19);
    for (const answer of taken) refused(answer, 400, 4, /already exists|is taken/);
    const winner = answers.find(({ status }) => status === 201);
    const author = at(winner?.body, 'message', 'user', 'id') === 'ada' ? ada : bob;
    const { status, body } = await author.call('GET', '/messages/raced');
    assert.deepEqual([status, at(body, 'message', 'cid')], [200, at(winner?.body, 'message', 'cid')]);
  });

  it('answers a text that is too long with a message of type error, and stores nothing', async () => {
    const cid = await channel();
    const socket = await bob.watching(cid);
    await socket.drain();

    const message = await sent(cid, { text: 'x'.repeat(5001) });

    assert.equal(message['type'], 'error');
    assert.match(String(message['text']), /5000/);
    assert.deepEqual(await socket.types(), []);
    const { body } = await ada.call('GET', `/channels/messaging/${cid.slice(10)}`);
    assert.deepEqual(body['messages'], []);
    await socket.close();
  });

  it('counts characters, not code units', async () => {
    const message = await sent(await channel(), { text: '🙂'.repeat(5000) });

    assert.equal(message['type'], 'regular');
  });

  it('stores NUL and lone surrogates clean, and every other text as it is', async () => {
    const cid = await channel();
    const person = { authorization: ada.token, 'content-type': 'application/json' };
    const odd = '\u202Eabc <b>"\'; drop table messages; --</b> é\u0301\u{1F9D1}\u200D\u{1F680}';

    const response = await fetch(`${server.url}/channels/messaging/${cid.slice(10)}/message?api_key=key`, {
      method: 'POST',
      headers: person,
      body: '{"message":{"text":"a\\u0000b\\udc00c","__proto__":{"polluted":true},"constructor":1}}',
    });
    const message = await sent(cid, { text: odd });

    const stored = (await response.json()) as Body;
    assert.equal(response.status, 201);
    assert.deepEqual(
      [at(stored, 'message', 'text'), at(stored, 'message', 'polluted')],
      ['ab\uFFFDc', undefined],
    );
    assert.equal(message['text'], odd);
  });

  for (const [what, message, status, code] of [
    ['nothing at all', {}, 400, 4],
    ['only spaces', { text: '   ' }, 400, 4],
    ['a text that is a number', { text: 5 }, 400, 4],
    ['an id with a comma', { id: 'a,b', text: 'x' }, 400, 4],
    ['an id of 256 characters', { id: 'x'.repeat(256), text: 'x' }, 400, 4],
    ['an id that is a number', { id: 5, text: 'x' }, 400, 4],
    ['a time of its own', { text: 'x', created_at: '2020-01-01T00:00:00Z' }, 400, 4],
    ['html of its own', { text: 'x', html: '<b>' }, 400, 4],
    ['more than 5 KB of custom data', { text: 'x', note: 'x'.repeat(6000) }, 413, 22],
    ['a system message', { text: 'x', type: 'system' }, 403, 17],
    ['a type of its own', { text: 'x', type: 'deleted' }, 400, 4],
    ['unknown mentioned users', { text: 'x', mentioned_users: ['nobody'] }, 400, 4],
    ['mentioned users that are objects', { text: 'x', mentioned_users: [{ id: 'bob' }] }, 400, 4],
    ['attachments that are strings', { text: 'x', attachments: ['x'] }, 400, 4],
    ['31 attachments', { text: 'x', attachments: Array.from({ length: 31 }, () => ({})) }, 400, 4],
    ['an unknown parent', { text: 'x', parent_id: 'unknown' }, 404, 16],
    ['visibility that would not be kept', { text: 'x', restricted_visibility: ['bob'] }, 400, 19],
    ['a silent that is a word', { text: 'x', silent: 'perhaps' }, 400, 4],
  ] as [string, Body, number, number][])
    it(`refuses ${what} with ${code}`, async () => {
      refused(await ada.send(await channel(), message), status, code);
    });

  it('refuses outsiders, unknown channels and bodies without a message', async () => {
    const cid = await channel();

    refused(await eve.send(cid, { text: 'x' }), 403, 17);
    refused(await ada.send('messaging:unknown', { text: 'x' }), 404, 16);
    refused(await ada.call('POST', `/channels/${cid.replace(':', '/')}/message`, { message: 'x' }), 400, 4);
  });

  it('takes the author from the token, whatever the body says', async () => {
    const message = await sent(await channel(), { text: 'x', user: { id: 'bob' }, user_id: 'bob' });

    assert.equal(at(message, 'user', 'id'), 'ada');
  });
});

describe('unread counts', () => {
  it('are personal: each member gets their own totals with the same message', async () => {
    const cid = await channel();
    const [own, other] = [await ada.watching(cid), await bob.socket()];
    const before = Number(at((await bob.call('GET', '/unread')).body, 'total_unread_count'));

    await sent(cid, { text: 'one' });
    await sent(cid, { text: 'two' });

    await own.take('message.new');
    const mine = await own.take('message.new');
    await other.take('notification.message_new');
    const theirs = await other.take('notification.message_new');
    assert.equal(mine['total_unread_count'], 0);
    assert.equal(theirs['total_unread_count'], before + 2);
    assert.equal(theirs['unread_count'], before + 2);
    await Promise.all([own.close(), other.close()]);
  });

  it('leave out silent messages and replies that stay in their thread', async () => {
    const cid = await channel();
    const parent = await sent(cid, { text: 'parent' });

    await sent(cid, { text: 'shh', silent: true });
    await sent(cid, { text: 'reply', parent_id: parent['id'] });
    await sent(cid, { text: 'shown', parent_id: parent['id'], show_in_channel: true });

    const { body } = await bob.call('GET', `/channels/messaging/${cid.slice(10)}`);
    const own = (body['read'] as Body[]).find((entry) => at(entry, 'user', 'id') === 'bob');
    assert.equal(own?.['unread_messages'], 2);
  });

  it('are not kept where the channel type has no read state', async () => {
    const cid = await channel('livestream');
    const socket = await bob.watching(cid);

    await sent(cid, { text: 'Hi' });

    const event = await socket.take('message.new');
    assert.equal('total_unread_count' in event, false);
    await socket.close();
  });
});
