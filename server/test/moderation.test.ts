import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, type Person, pluck, refused, sentBy, urlOf, type Body } from './support.js';
import { ok, textsFor, trustStage, unreadIn } from './trust.js';

let server: RunningServer;
let backend: Person;
let ada: Person;
let bob: Person;
let eve: Person;
before(async () => void ({ server, backend, ada, bob, eve } = await trustStage()));
after(() => server.close());

describe('a moderator', () => {
  it('is made by a backend alone, deletes what others wrote, and bans', async () => {
    const cid = await newChannel(ada);
    ok(await backend.call('POST', urlOf(cid), { add_members: ['eve'] }));
    refused(await ada.call('POST', urlOf(cid), { add_moderators: ['eve'] }), 403, 17, /backend/);
    refused(await backend.call('POST', urlOf(cid), { add_moderators: ['nobody'] }), 400, 4, /members/);

    ok(await backend.call('POST', urlOf(cid), { add_moderators: ['eve'] }));
    const { body } = await eve.call('GET', urlOf(cid));
    const { id } = await sentBy(bob, cid, { text: 'rude' });
    refused(await ada.call('DELETE', `/messages/${String(id)}`), 403, 17);
    ok(await eve.call('DELETE', `/messages/${String(id)}`));
    ok(
      await eve.call('POST', '/moderation/ban', { target_user_id: 'bob', channel_cid: cid, reason: 'rude' }),
    );

    assert.deepEqual(
      [at(body, 'membership', 'channel_role'), at(body, 'membership', 'role')],
      ['channel_moderator', 'moderator'],
    );
    const held = at(body, 'channel', 'own_capabilities') as string[];
    assert.ok(held.includes('ban-channel-members') && held.includes('delete-any-message'));
    refused(await bob.send(cid, { text: 'x' }), 403, 17, /banned/);
    refused(await eve.call('POST', '/moderation/ban', { target_user_id: 'ada', channel_cid: cid }), 403, 17);
    refused(await eve.call('POST', '/moderation/ban', { target_user_id: 'bob' }), 403, 17, /whole/);
    ok(await backend.call('POST', urlOf(cid), { demote_moderators: ['eve'] }));
    refused(await eve.call('POST', '/moderation/ban', { target_user_id: 'bob', channel_cid: cid }), 403, 17);
  });
});

describe('a ban from a channel', () => {
  it('silences, shows in the member, is told, and ends', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(ada, cid, { text: 'hello' });
    const watcher = await ada.watching(cid);
    const own = await bob.socket();

    const banned = { target_user_id: 'bob', channel_cid: cid, timeout: 60, reason: 'loud' };
    ok(await backend.call('POST', '/moderation/ban', banned));

    const told = await watcher.take('user.banned');
    assert.deepEqual(
      [at(told, 'user', 'id'), told['reason'], told['cid'], typeof told['expiration']],
      ['bob', 'loud', cid, 'string'],
    );
    assert.equal((await own.take('user.banned'))['cid'], cid);
    const { body } = await bob.call('GET', urlOf(cid));
    assert.deepEqual(
      [at(body, 'membership', 'banned'), typeof at(body, 'membership', 'ban_expires')],
      [true, 'string'],
    );
    assert.ok(!(at(body, 'channel', 'own_capabilities') as string[]).includes('send-message'));
    for (const [method, path, said] of [
      ['POST', `${urlOf(cid)}/message`, { message: { text: 'x' } }],
      ['POST', `${urlOf(cid)}/event`, { event: { type: 'typing.start' } }],
      ['POST', `/messages/${String(id)}/reaction`, { reaction: { type: 'like' } }],
    ] as const)
      refused(await bob.call(method, path, said), 403, 17, /banned/);
    const listed = await backend.query('/query_banned_users', { filter_conditions: { channel_cid: cid } });
    assert.deepEqual(pluck(listed.body, 'bans', 'reason'), ['loud']);

    ok(
      await backend.call('DELETE', '/moderation/ban', undefined, { target_user_id: 'bob', channel_cid: cid }),
    );
    await watcher.take('user.unbanned');
    ok(await bob.send(cid, { text: 'again' }));
    await watcher.close();
    await own.close();
  });

  it('holds for who leaves and comes back', async () => {
    const cid = await newChannel(ada);
    ok(await backend.call('POST', '/moderation/ban', { target_user_id: 'bob', channel_cid: cid }));
    ok(await bob.call('POST', urlOf(cid), { remove_members: ['bob'] }));
    ok(await ada.call('POST', urlOf(cid), { add_members: ['bob'] }));

    refused(await bob.send(cid, { text: 'x' }), 403, 17, /banned/);
    assert.equal(at((await bob.call('GET', urlOf(cid))).body, 'membership', 'banned'), true);
  });

  it('is refused with a sentence when it makes no sense', async () => {
    const cid = await newChannel(ada);
    const ban = (body: Body) => backend.call('POST', '/moderation/ban', { channel_cid: cid, ...body });

    refused(await ban({}), 400, 4, /target_user_id/);
    refused(await ban({ target_user_id: 'nobody' }), 400, 4, /do not exist/);
    refused(await ban({ target_user_id: 'bob', timeout: -1 }), 400, 4, /timeout/);
    refused(await ban({ target_user_id: 'bob', reason: 'x'.repeat(256) }), 400, 4, /reason/);
    refused(await ban({ target_user_id: 'bob', ip_ban: true }), 400, 19, /ip_ban/);
    refused(await ban({ target_user_id: 'bob', user_id: 'bob' }), 400, 4, /themselves/);
    refused(await ban({ target_user_id: 'bob', channel_cid: 'messaging:none' }), 404, 16);
  });
});

describe('a shadow ban', () => {
  it('lets its target talk to themselves, and nobody learns of it', async () => {
    const cid = await newChannel(ada);
    const parent = await sentBy(ada, cid, { text: 'before' });
    ok(
      await backend.call('POST', '/moderation/ban', {
        target_user_id: 'bob',
        channel_cid: cid,
        shadow: true,
      }),
    );
    const [watcher, own] = [await ada.watching(cid), await bob.watching(cid)];
    await own.drain();
    await watcher.drain();

    const sent = await sentBy(bob, cid, { text: 'psst' });
    await sentBy(bob, cid, { text: 'a reply', parent_id: parent['id'] });
    ok(await bob.call('POST', `/messages/${String(sent['id'])}/reaction`, { reaction: { type: 'like' } }));

    const heard = await watcher.drain();
    assert.doesNotMatch(JSON.stringify(heard), /psst|a reply|bob|shadow/);
    const seqs = heard.map((event) => event['seq']);
    assert.deepEqual(seqs, [...seqs].sort(), 'numbers are used up in order');
    const echoed = await own.take('message.new');
    assert.deepEqual([at(echoed, 'message', 'text'), at(echoed, 'message', 'shadowed')], ['psst', false]);
    assert.equal(sent['shadowed'], false);
    assert.deepEqual(await textsFor(ada, cid), ['before']);
    assert.deepEqual(await textsFor(bob, cid), ['before', 'psst']);
    refused(await ada.call('GET', `/messages/${String(sent['id'])}`), 404, 16);
    const replies = await ada.call('GET', `/messages/${String(parent['id'])}/replies`);
    assert.deepEqual(replies.body['messages'], []);
    const search = (person: Person) =>
      person.query('/search', { filter_conditions: { cid: { $in: [cid] } }, query: 'psst' });
    assert.deepEqual((await search(ada)).body['results'], []);
    assert.equal(((await search(bob)).body['results'] as unknown[]).length, 1);
    const synced = await ada.call('POST', '/sync', {
      channel_cids: [cid],
      last_sync_at: new Date(Date.now() - 60_000).toISOString(),
    });
    assert.doesNotMatch(JSON.stringify(synced.body), /psst|a reply/);
    assert.equal(await unreadIn(ada, cid), 0);
    await watcher.close();
    await own.close();
  });
});
