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

const channel = (type?: string) => newChannel(ada, type);
const sent = (cid: string, message: Body, author = ada) => sentBy(author, cid, message);

describe('changing a message', () => {
  it('rewrites text and custom fields, and tells the watchers', async () => {
    const cid = await channel();
    const { id, created_at } = await sent(cid, { text: 'old', mood: 'bad', weather: 'rain' });
    const socket = await bob.watching(cid);

    // As clients send a message back: with fields that only the server computes.
    const { status, body } = await ada.call('POST', `/messages/${String(id)}`, {
      message: {
        id,
        text: 'new',
        mood: 'good',
        created_at,
        reaction_counts: {},
        pinned: false,
        silent: false,
      },
    });

    assert.equal(status, 201);
    const event = await socket.take('message.updated');
    for (const message of [body['message'], event['message']])
      assert.deepEqual(
        [at(message, 'text'), at(message, 'mood'), at(message, 'weather'), at(message, 'created_at')],
        ['new', 'good', undefined, created_at],
      );
    assert.ok(at(body, 'message', 'message_text_updated_at'));
    await socket.close();
  });

  it('sets and unsets single fields', async () => {
    const { id } = await sent(await channel(), { text: 'old', mood: 'bad', weather: 'rain' });

    const { status, body } = await ada.call('PUT', `/messages/${String(id)}`, {
      set: { mood: 'good' },
      unset: ['weather'],
    });

    assert.equal(status, 201);
    assert.deepEqual(
      [at(body, 'message', 'text'), at(body, 'message', 'mood'), at(body, 'message', 'weather')],
      ['old', 'good', undefined],
    );
    assert.equal(at(body, 'message', 'message_text_updated_at'), null);
  });

  it('refuses others, long texts, computed fields and a change of silent', async () => {
    const cid = await channel();
    const { id } = await sent(cid, { text: 'mine' });
    const url = `/messages/${String(id)}`;

    refused(await bob.call('POST', url, { message: { text: 'x' } }), 403, 17, /somebody else/);
    refused(await bob.call('PUT', url, { set: { text: 'x' } }), 403, 17);
    refused(await eve.call('PUT', url, { set: { text: 'x' } }), 404, 16);
    refused(await ada.call('POST', url, { message: { text: 'x'.repeat(5001) } }), 400, 20);
    refused(await ada.call('PUT', url, { set: { created_at: 'now' } }), 400, 4);
    refused(await ada.call('PUT', url, { set: { silent: true } }), 400, 4, /silent/);
    refused(await ada.call('PUT', '/messages/unknown', { set: {} }), 404, 16);
    refused(await ada.call('PUT', '/messages/%00', { set: {} }), 404, 16);
  });
});

describe('deleting a message', () => {
  it('leaves its place and takes its content', async () => {
    const cid = await channel();
    const { id } = await sent(cid, { text: 'secret', note: 'secret' });
    const socket = await bob.watching(cid);

    const { status, body } = await ada.call('DELETE', `/messages/${String(id)}`);

    const event = await socket.take('message.deleted');
    const { body: history } = await bob.call('GET', `/channels/messaging/${cid.slice(10)}`);
    assert.equal(status, 200);
    for (const message of [body['message'], event['message'], at(history, 'messages', 0)]) {
      assert.deepEqual(
        [at(message, 'type'), at(message, 'text'), at(message, 'note')],
        ['deleted', '', undefined],
      );
      assert.ok(at(message, 'deleted_at'));
    }
    assert.equal('hard_delete' in event, false);
    await socket.close();
  });

  it('removes it with its replies when asked to, and with it what was unread', async () => {
    const cid = await channel();
    const { id } = await sent(cid, { text: 'gone' });
    await sent(cid, { text: 'reply', parent_id: id });
    const socket = await bob.watching(cid);

    await ada.call('DELETE', `/messages/${String(id)}`, undefined, { hard: 'true' });

    const event = await socket.take('message.deleted');
    const { body } = await bob.call('GET', `/channels/messaging/${cid.slice(10)}`);
    assert.deepEqual(
      [event['hard_delete'], at(event, 'message', 'id'), at(event, 'message', 'text')],
      [true, id, ''],
    );
    assert.deepEqual(body['messages'], []);
    const own = (body['read'] as Body[]).find((entry) => at(entry, 'user', 'id') === 'bob');
    assert.equal(own?.['unread_messages'], 0);
    assert.equal(at(body, 'channel', 'last_message_at'), undefined);
    await socket.close();
  });

  it('can be repeated, and refuses others', async () => {
    const { id } = await sent(await channel(), { text: 'mine' });
    const url = `/messages/${String(id)}`;

    refused(await bob.call('DELETE', url), 403, 17);
    refused(await eve.call('DELETE', url), 404, 16);
    assert.equal((await ada.call('DELETE', url)).status, 200);
    assert.equal((await ada.call('DELETE', url)).status, 200);
    refused(await ada.call('POST', url, { message: { text: 'back' } }), 400, 4, /deleted/);
  });
});

describe('replies', () => {
  it('stand in their thread, and count at their parent', async () => {
    const cid = await channel();
    const { id } = await sent(cid, { text: 'parent' });
    const socket = await bob.watching(cid);
    await socket.drain();

    const reply = await sent(cid, { text: 'reply', parent_id: id });

    const events = await socket.drain();
    assert.deepEqual(
      events.map((event) => event['type']),
      ['message.updated', 'message.new'],
    );
    assert.equal(at(events[0], 'message', 'reply_count'), 1);
    assert.equal(reply['type'], 'reply');
    const replies = await bob.call('GET', `/messages/${String(id)}/replies`, undefined, { limit: '10' });
    const main = await bob.call('GET', `/channels/messaging/${cid.slice(10)}`);
    assert.deepEqual(pluck(replies.body, 'messages', 'text'), ['reply']);
    assert.deepEqual(pluck(main.body, 'messages', 'text'), ['parent']);
    await socket.close();
  });

  it('cannot be replied to, nor stand under a message of another channel', async () => {
    const [cid, other] = [await channel(), await channel()];
    const parent = await sent(cid, { text: 'parent' });
    const reply = await sent(cid, { text: 'reply', parent_id: parent['id'] });

    refused(await ada.send(cid, { text: 'x', parent_id: reply['id'] }), 400, 21);
    refused(await ada.send(other, { text: 'x', parent_id: parent['id'] }), 404, 16);
    refused(await eve.call('GET', `/messages/${String(parent['id'])}/replies`), 404, 16);
  });
});

describe('fetching messages', () => {
  it('answers one with its channel, and several by id', async () => {
    const cid = await channel();
    const [one, two] = [await sent(cid, { text: 'one' }), await sent(cid, { text: 'two' })];
    const url = `/channels/messaging/${cid.slice(10)}/messages`;

    const single = await bob.call('GET', `/messages/${String(one['id'])}`);
    const several = await bob.call('GET', url, undefined, {
      ids: `${String(two['id'])},unknown,${String(one['id'])}`,
    });

    assert.deepEqual(
      [at(single.body, 'message', 'text'), at(single.body, 'message', 'channel', 'cid')],
      ['one', cid],
    );
    assert.deepEqual(pluck(several.body, 'messages', 'text'), ['one', 'two']);
    refused(await bob.call('GET', url), 400, 4, /ids/);
    refused(await eve.call('GET', `/messages/${String(one['id'])}`), 404, 16);
    assert.deepEqual((await bob.call('GET', url, undefined, { ids: '\0' })).body['messages'], []);
  });
});
