import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, Person, refused, sentBy, start, type Body } from './support.js';

let server: RunningServer;
let ada: Person;
let bob: Person;
let now = Date.now();
before(async () => {
  server = await start({ now: () => now });
  [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
  await Person.known(server, 'cyd');
});
after(() => server.close());

async function unread(person: Person): Promise<number> {
  return Number((await person.call('GET', '/unread')).body['total_unread_count']);
}

describe('muting a user', () => {
  it('is told to oneself alone, and their messages do not count', async () => {
    const cid = await newChannel(ada);
    const before = await unread(bob);
    const [tab, muted] = [await bob.socket(), await ada.socket()];

    const { body } = await bob.call('POST', '/moderation/mute', { target_id: 'ada' });

    assert.deepEqual([at(body, 'mute', 'target', 'id'), at(body, 'mute', 'user', 'id')], ['ada', 'bob']);
    assert.equal(at(body, 'own_user', 'mutes', 0, 'target', 'id'), 'ada');
    assert.equal(at(await tab.take('notification.mutes_updated'), 'me', 'mutes', 0, 'target', 'id'), 'ada');
    assert.deepEqual(await muted.types(), []);
    await sentBy(ada, cid, { text: 'unheard' });
    assert.equal(await unread(bob), before);
    await bob.call('POST', '/moderation/unmute', { target_id: 'ada' });
    assert.deepEqual(at(await tab.take('notification.mutes_updated'), 'me', 'mutes'), []);
    await sentBy(ada, cid, { text: 'heard' });
    assert.equal(await unread(bob), before + 1);
    await Promise.all([tab.close(), muted.close()]);
  });

  it('may end by itself, and may be prolonged', async () => {
    const cid = await newChannel(ada);
    const muting = (timeout: number) =>
      bob.call('POST', '/moderation/mute', { target_ids: ['ada', 'cyd'], timeout });
    await muting(1);
    const { body } = await muting(2);
    assert.equal((body['mutes'] as Body[]).length, 2);
    assert.equal(typeof at(body, 'mutes', 0, 'expires'), 'string');
    const before = await unread(bob);

    now += 61_000;
    await sentBy(ada, cid, { text: 'unheard' });
    assert.equal(await unread(bob), before);
    now += 60_000;
    await sentBy(ada, cid, { text: 'heard' });

    assert.equal(await unread(bob), before + 1);
  });

  it('is refused for oneself, strangers to the server, and bad input', async () => {
    const muting = (body: Body) => bob.call('POST', '/moderation/mute', body);

    refused(await muting({ target_id: 'bob' }), 400, 4, /themselves/);
    refused(await muting({ target_id: 'nobody' }), 400, 4, /nobody/);
    refused(await muting({}), 400, 4, /target_id/);
    refused(await muting({ target_ids: 'ada' }), 400, 4, /target_ids/);
    refused(await muting({ target_id: 'ada', timeout: 1.5 }), 400, 4, /timeout/);
    refused(await bob.call('POST', '/moderation/unmute', {}), 400, 4, /target_id/);
    const unborn = await Person.of(server, 'unborn');
    refused(await unborn.call('POST', '/moderation/mute', { target_id: 'ada' }), 400, 4, /Connect first/);
  });
});

describe('blocking a user', () => {
  it('hides the channels of just the two, in which neither can write until it ends', async () => {
    const pair = await newChannel(ada);
    const three = await newChannel(ada);
    await ada.call('POST', `/channels/${three.replace(':', '/')}`, { add_members: ['cyd'] });
    const [tab, blocked] = [await ada.socket(), await bob.socket()];

    const { body } = await ada.call('POST', '/users/block', { blocked_user_id: 'bob' });

    assert.deepEqual([body['blocked_by_user_id'], body['blocked_user_id']], ['ada', 'bob']);
    const hidden = (await tab.drain()).map((event) => [event['type'], event['blocked']]);
    assert.ok(hidden.length >= 1 && hidden.every(([type, how]) => type === 'channel.hidden' && how === true));
    assert.deepEqual(await blocked.types(), []);
    refused(await bob.send(pair, { text: 'but' }), 403, 17, /send messages/);
    refused(await ada.send(pair, { text: 'no' }), 403, 17);
    await sentBy(bob, three, { text: 'fine' });
    const again = await ada.call('POST', '/users/block', { blocked_user_id: 'bob' });
    assert.equal(again.body['created_at'], body['created_at']);
    const { body: list } = await ada.call('GET', '/users/block');
    assert.deepEqual(
      [at(list, 'blocks', 0, 'blocked_user', 'id'), (list['blocks'] as Body[]).length],
      ['bob', 1],
    );
    const greeted = await ada.call('POST', '/users', { users: { ada: { id: 'ada', name: 'ada' } } });
    assert.deepEqual(at(greeted.body, 'users', 'ada', 'blocked_user_ids'), ['bob']);

    await ada.call('POST', '/users/unblock', { blocked_user_id: 'bob' });

    const visible = await tab.types();
    assert.ok(visible.includes('channel.visible'));
    await sentBy(bob, pair, { text: 'again' });
    assert.deepEqual(at((await ada.call('GET', '/users/block')).body, 'blocks'), []);
    await Promise.all([tab.close(), blocked.close()]);
  });

  it('is refused for oneself, strangers to the server, and bad input', async () => {
    const blocking = (id: unknown) => ada.call('POST', '/users/block', { blocked_user_id: id });

    refused(await blocking('ada'), 400, 4, /themselves/);
    refused(await blocking('nobody'), 400, 4, /nobody/);
    refused(await blocking(5), 400, 4, /blocked_user_id/);
    refused(await ada.call('POST', '/users/unblock', {}), 400, 4, /blocked_user_id/);
  });
});
