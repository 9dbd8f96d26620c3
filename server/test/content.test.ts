import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openStore } from '../src/store/open.js';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, newDatabase, Person, refused, sentBy, start, type Body } from './support.js';

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

describe('a quote', () => {
  it('shows what it quotes, one level deep', async () => {
    const cid = await newChannel(ada);
    const first = await sentBy(ada, cid, { text: 'first' });
    const second = await sentBy(bob, cid, { text: 'second', quoted_message_id: first['id'] });
    const socket = await ada.watching(cid);

    const third = await sentBy(bob, cid, { text: 'third', quoted_message_id: second['id'] });

    const event = await socket.take('message.new');
    for (const message of [third, event['message']]) {
      assert.equal(at(message, 'quoted_message', 'text'), 'second');
      assert.equal(at(message, 'quoted_message', 'user', 'id'), 'bob');
      assert.equal(at(message, 'quoted_message', 'quoted_message_id'), null);
    }
    await ada.call('PUT', `/messages/${String(first['id'])}`, { set: { text: 'edited' } });
    const { body } = await ada.call('GET', `/messages/${String(second['id'])}`);
    assert.equal(at(body, 'message', 'quoted_message', 'text'), 'edited');
    await ada.call('DELETE', `/messages/${String(first['id'])}`);
    const later = await ada.call('GET', `/messages/${String(second['id'])}`);
    assert.deepEqual(
      [
        at(later.body, 'message', 'quoted_message', 'type'),
        at(later.body, 'message', 'quoted_message', 'text'),
      ],
      ['deleted', ''],
    );
    await socket.close();
  });

  it('is of the same channel, stays through an edit, and can be taken out', async () => {
    const cid = await newChannel(ada);
    const [mine, other] = [
      await sentBy(ada, cid, { text: 'x' }),
      await sentBy(ada, await newChannel(ada), { text: 'y' }),
    ];
    const { id } = await sentBy(ada, cid, { text: 'z', quoted_message_id: mine['id'] });
    const url = `/messages/${String(id)}`;

    refused(await ada.send(cid, { text: 'x', quoted_message_id: other['id'] }), 404, 16, /quoted/);
    refused(await ada.send(cid, { text: 'x', quoted_message_id: 'none' }), 404, 16);
    const edited = await ada.call('POST', url, { message: { text: 'zz' } });
    assert.equal(at(edited.body, 'message', 'quoted_message', 'text'), 'x');
    const out = await ada.call('PUT', url, { set: { quoted_message_id: null } });
    assert.equal(at(out.body, 'message', 'quoted_message'), null);
    refused(await ada.call('PUT', url, { set: { quoted_message_id: other['id'] } }), 404, 16);
  });
});

describe('deleting for oneself', () => {
  it('blanks the message on all of one’s own ways, and is told to one’s own connections alone', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(ada, cid, { text: 'secret', note: 'secret' });
    const quote = await sentBy(ada, cid, { text: 'see above', quoted_message_id: id });
    const own = await bob.socket();
    const watcher = await ada.watching(cid);
    await watcher.drain();
    const url = `/messages/${String(id)}`;

    const { status, body } = await bob.call('DELETE', url, undefined, { delete_for_me: 'true' });
    const again = await bob.call('DELETE', url, undefined, { delete_for_me: 'true' });

    assert.deepEqual([status, again.status], [200, 200]);
    const event = await own.take('message.deleted');
    const path = `/channels/${cid.replace(':', '/')}`;
    const since = new Date(Date.now() - 60_000).toISOString();
    const sync = await bob.call('POST', '/sync', { channel_cids: [cid], last_sync_at: since });
    const ways = [
      body,
      event,
      (await bob.call('GET', url)).body,
      (await bob.call('GET', `${path}/messages`, undefined, { ids: String(id) })).body,
      (await bob.call('GET', path)).body,
      (await bob.call('GET', `/messages/${String(quote['id'])}`)).body,
      sync.body,
    ];
    for (const way of ways) assert.doesNotMatch(JSON.stringify(way), /secret/);
    assert.deepEqual(
      [event['deleted_for_me'], at(event, 'message', 'type'), at(body, 'message', 'deleted_for_me')],
      [true, 'deleted', true],
    );
    assert.deepEqual(await own.types(), []);
    assert.deepEqual(await watcher.types(), []);
    assert.equal(at((await ada.call('GET', url)).body, 'message', 'text'), 'secret');
    await Promise.all([own.close(), watcher.close()]);
  });

  it('takes a hundred messages of a channel', async () => {
    const cid = await newChannel(ada);
    const url = (n: number) => `/messages/for-me-${n}`;
    for (let n = 0; n <= 100; n++) await sentBy(ada, cid, { text: 'x', id: `for-me-${n}` });
    for (let n = 0; n < 100; n++) await bob.call('DELETE', url(n), undefined, { delete_for_me: 'true' });

    refused(await bob.call('DELETE', url(100), undefined, { delete_for_me: 'true' }), 400, 4, /100/);
    refused(await eve.call('DELETE', url(100), undefined, { delete_for_me: 'true' }), 404, 16);
  });
});

describe('a system message', () => {
  it('is an administrator’s to send, and neither counts nor moves the channel', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chat-'));
    const databaseUrl = await newDatabase();
    const store = await openStore({ databaseUrl, dataDir: folder }, () => undefined);
    const admin = { id: 'root', role: 'admin', data: '{}', privacy: '{}', created_at: 1, updated_at: 1 };
    await store.db
      .insertInto('users')
      .values({ ...admin, last_active: null })
      .execute();
    await store.close();
    const other = await start({ databaseUrl, dataDir: folder });
    const [root, member] = [await Person.of(other, 'root'), await Person.known(other, 'bob')];
    const cid = await newChannel(root);
    const path = `/channels/${cid.replace(':', '/')}`;

    const message = await sentBy(root, cid, { text: 'Bob joined', type: 'system' });

    const { body } = await member.call('GET', path);
    assert.equal(message['type'], 'system');
    assert.equal(at(body, 'messages', 0, 'type'), 'system');
    assert.equal(at(body, 'channel', 'last_message_at'), undefined);
    const own = (body['read'] as Body[]).find((entry) => at(entry, 'user', 'id') === 'bob');
    assert.equal(own?.['unread_messages'], 0);
    refused(await member.send(cid, { text: 'x', type: 'system' }), 403, 17, /system/);
    await other.close();
    await rm(folder, { recursive: true });
  });
});

describe('what is not built', () => {
  it('is refused as an endpoint that is not there, whatever it is asked', async () => {
    const { id } = await sentBy(ada, await newChannel(ada), { text: 'x' });
    const url = `/messages/${String(id)}`;

    refused(
      await ada.call('POST', `${url}/action`, { form_data: { image_action: 'send' } }),
      404,
      16,
      /no endpoint/,
    );
    refused(await ada.call('POST', `${url}/undelete`, { undeleted_by: 'ada' }), 404, 16, /no endpoint/);
    refused(await ada.call('POST', `${url}/translate`, { language: 'fr' }), 404, 16, /no endpoint/);
    refused(
      await ada.call('GET', '/og', undefined, { url: 'http://169.254.169.254/' }),
      404,
      16,
      /no endpoint/,
    );
    refused(await ada.send(await newChannel(ada), { text: 'x', restricted_visibility: ['bob'] }), 400, 19);
  });

  it('is off in the config, and what is built is on', async () => {
    const cid = await newChannel(ada);
    const { body } = await ada.call('GET', `/channels/${cid.replace(':', '/')}`);

    const config = at(body, 'channel', 'config') as Body;
    for (const key of ['reactions', 'replies', 'quotes', 'search', 'uploads', 'polls'])
      assert.equal(config[key], true, key);
    for (const key of ['url_enrichment', 'user_message_reminders', 'shared_locations'])
      assert.equal(config[key], false, key);
    const held = at(body, 'channel', 'own_capabilities') as string[];
    for (const capability of [
      'send-reaction',
      'quote-message',
      'pin-message',
      'upload-file',
      'cast-poll-vote',
    ])
      assert.ok(held.includes(capability), capability);
  });
});
