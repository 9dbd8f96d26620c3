import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, Person, pluck, refused, sentBy, urlOf, type Body } from './support.js';
import { ok, textsFor, trustStage, unreadIn } from './trust.js';

let server: RunningServer;
let backend: Person;
let ada: Person;
let bob: Person;
let eve: Person;
before(async () => void ({ server, backend, ada, bob, eve } = await trustStage()));
after(() => server.close());

describe('a backend', () => {
  it('makes users, with roles, and changes them', async () => {
    const made = await backend.call('POST', '/users', {
      users: { cal: { id: 'cal', name: 'Cal', role: 'admin' }, dan: { id: 'dan' } },
    });
    const changed = await backend.call('PATCH', '/users', {
      users: [{ id: 'cal', set: { role: 'user', mood: 'calm' } }],
    });

    assert.deepEqual(
      [at(made.body, 'users', 'cal', 'role'), at(made.body, 'users', 'dan', 'role')],
      ['admin', 'user'],
    );
    assert.deepEqual(
      [at(changed.body, 'users', 'cal', 'role'), at(changed.body, 'users', 'cal', 'mood')],
      ['user', 'calm'],
    );
    refused(await backend.call('POST', '/users', { users: { x: { id: 'x', role: 'a b' } } }), 400, 4, /role/);
  });

  it('acts for whom it names, and must name somebody known where it matters', async () => {
    const cid = await newChannel(ada);
    const send = (message: Body) => backend.call('POST', `${urlOf(cid)}/message`, { message });

    const named = await send({ text: 'hi', user_id: 'bob' });
    const object = await send({ text: 'ho', user: { id: 'ada' } });
    const nobody = await send({ text: 'from the house' });

    assert.deepEqual(
      [named, object, nobody].map(({ body }) => at(body, 'message', 'user', 'id')),
      ['bob', 'ada', 'ada'],
    );
    refused(await send({ text: 'x', user_id: 'nobody' }), 400, 4, /do not exist/);
    refused(await backend.call('POST', '/channels', {}), 400, 4, /user_id/);
    refused(await backend.call('GET', '/longpoll'), 401, 5, /server token/);
  });

  it('may read and change every channel and message, for the sake of its owner or author', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(ada, cid, { text: 'old' });

    ok(await backend.call('PATCH', urlOf(cid), { set: { topic: 'tea' } }));
    const edited = await backend.call('PUT', `/messages/${String(id)}`, { set: { text: 'new' } });
    const removed = await backend.call('DELETE', `/messages/${String(id)}`);
    ok(await backend.call('POST', urlOf(cid), { add_members: ['eve'] }));

    assert.deepEqual(
      [at(edited.body, 'message', 'text'), at(removed.body, 'message', 'type')],
      ['new', 'deleted'],
    );
    assert.equal(at((await eve.call('GET', urlOf(cid))).body, 'channel', 'topic'), 'tea');
  });

  it('deletes a user, who can no longer come', async () => {
    const gus = await Person.known(server, 'gus');
    const socket = await gus.socket();

    ok(await backend.call('DELETE', '/users/gus'));

    assert.equal(await socket.closed, 1008);
    refused(await gus.call('GET', '/unread'), 403, 17, /deleted/);
    refused(await backend.call('DELETE', '/users/nobody'), 404, 16);
  });
});

describe('an invitation', () => {
  it('is seen by the invited, who hears nothing before they accept it', async () => {
    const id = 'party';
    const cid = `messaging:${id}`;
    const socket = await bob.socket();
    ok(await ada.call('POST', `${urlOf(cid)}/query`, { data: { invites: ['bob'] } }));
    const { member } = await socket.take('notification.invited');
    assert.deepEqual([at(member, 'status'), at(member, 'invited')], ['pending', true]);

    await sentBy(ada, cid, { text: 'before' });
    const filter = (invite: string) => ({ filter_conditions: { invite } });
    const pending = await bob.call('POST', '/channels', filter('pending'));
    assert.deepEqual(
      pluck(pending.body, 'channels', 'membership').map((one) => at(one, 'status')),
      ['pending'],
    );
    refused(await bob.send(cid, { text: 'x' }), 403, 17, /accept/);
    refused(await bob.call('POST', `${urlOf(cid)}/read`, {}), 403, 17, /accept/);
    await bob.call('POST', `${urlOf(cid)}/query`, { watch: true }, { connection_id: socket.id });
    await sentBy(ada, cid, { text: 'still before' });
    assert.deepEqual(
      (await socket.types()).filter((type) => String(type).includes('message')),
      [],
    );

    ok(await bob.call('POST', urlOf(cid), { accept_invite: true }));
    const told = await socket.take('notification.invite_accepted');
    assert.equal(typeof at(told, 'member', 'invite_accepted_at'), 'string');
    await sentBy(ada, cid, { text: 'after' });
    const news = await socket.take('notification.message_new');
    assert.deepEqual([at(news, 'message', 'text'), await unreadIn(bob, cid)], ['after', 1]);
    ok(await bob.send(cid, { text: 'here I am' }));
    assert.equal(at((await bob.call('GET', urlOf(cid))).body, 'channel', 'member_count'), 2);
    await socket.close();
  });

  it('may be rejected, and is not there for anybody else', async () => {
    const cid = 'messaging:dull';
    ok(await ada.call('POST', `${urlOf(cid)}/query`, { data: { members: ['ada'] } }));
    ok(await ada.call('POST', urlOf(cid), { invites: ['bob'] }));

    refused(await eve.call('POST', urlOf(cid), { accept_invite: true }), 403, 17);
    refused(await ada.call('POST', urlOf(cid), { accept_invite: true }), 400, 4, /no invitation/);
    refused(await bob.call('POST', urlOf(cid), { accept_invite: true, reject_invite: true }), 400, 4, /both/);
    ok(await bob.call('POST', urlOf(cid), { reject_invite: true }));

    const answer = await bob.call('POST', '/channels', { filter_conditions: { invite: 'rejected' } });
    assert.deepEqual(
      pluck(answer.body, 'channels', 'membership').map((one) => at(one, 'status')),
      ['rejected'],
    );
    refused(await bob.send(cid, { text: 'x' }), 403, 17);
    refused(await bob.call('POST', urlOf(cid), { invites: ['eve'] }), 403, 17);
  });
});

describe('what a member cleared', () => {
  it('is nowhere for them', async () => {
    const cid = await newChannel(ada);
    const parent = await sentBy(ada, cid, { text: 'long ago' });
    await sentBy(ada, cid, { text: 'an old reply', parent_id: parent['id'] });
    ok(await bob.call('POST', `${urlOf(cid)}/hide`, { clear_history: true }));
    const { id } = await sentBy(ada, cid, { text: 'now' });

    refused(await bob.call('GET', `/messages/${String(parent['id'])}`), 404, 16);
    refused(await bob.call('GET', `/messages/${String(parent['id'])}/replies`), 404, 16);
    const many = await bob.call('GET', `${urlOf(cid)}/messages`, undefined, {
      ids: `${String(parent['id'])},${String(id)}`,
    });
    const synced = await bob.call('POST', '/sync', {
      channel_cids: [cid],
      last_sync_at: new Date(Date.now() - 60_000).toISOString(),
    });

    assert.deepEqual(pluck(many.body, 'messages', 'text'), ['now']);
    assert.deepEqual(await textsFor(bob, cid), ['now']);
    assert.doesNotMatch(JSON.stringify(synced.body), /long ago|an old reply/);
    assert.match(JSON.stringify(synced.body), /now/);
  });
});

describe('a flag', () => {
  it('reports a message or a user, once', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(bob, cid, { text: 'spam' });

    const flagged = await ada.call('POST', '/moderation/flag', {
      target_message_id: id,
      reason: 'spam',
      custom: { n: 1 },
    });
    ok(flagged);
    assert.deepEqual(
      [
        at(flagged.body, 'flag', 'target_message_id'),
        at(flagged.body, 'flag', 'reason'),
        at(flagged.body, 'flag', 'user', 'id'),
      ],
      [id, 'spam', 'ada'],
    );
    refused(await ada.call('POST', '/moderation/flag', { target_message_id: id }), 400, 4, /already/);
    refused(await eve.call('POST', '/moderation/flag', { target_message_id: id }), 404, 16);
    refused(await ada.call('POST', '/moderation/flag', {}), 400, 4, /names one/);
    ok(await ada.call('POST', '/moderation/flag', { target_user_id: 'bob' }));
    ok(await ada.call('POST', '/moderation/unflag', { target_message_id: id }));
    refused(await ada.call('POST', '/moderation/unflag', { target_message_id: id }), 404, 16, /not flagged/);
  });
});

describe('the application', () => {
  it('tells what clients may know', async () => {
    const { body } = await ada.call('GET', '/app');

    const images = at(body, 'app', 'image_upload_config', 'allowed_mime_types') as string[];
    assert.ok(images.includes('image/png'));
    assert.ok(!images.includes('image/svg+xml'));
    assert.equal(at(body, 'app', 'async_url_enrich_enabled'), false);
  });

  it('is changed by a backend alone, with what there is to change', async () => {
    refused(await ada.call('PATCH', '/app', { revoke_tokens_issued_before: null }), 403, 17, /server token/);
    refused(await backend.call('PATCH', '/app', { name: 'x' }), 400, 4, /revoke_tokens_issued_before/);
    refused(await backend.call('PATCH', '/app', { revoke_tokens_issued_before: 'soon' }), 400, 4, /RFC 3339/);
  });
});
