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

/** A new message of Ada. */
async function message(): Promise<{ cid: string; id: string; url: string }> {
  const cid = await newChannel(ada);
  const id = String((await sentBy(ada, cid, { text: 'hello' }))['id']);
  return { cid, id, url: `/messages/${id}` };
}

const react = (person: Person, url: string, reaction: Body, more: Body = {}) =>
  person.call('POST', `${url}/reaction`, { reaction, ...more });

describe('a reaction', () => {
  it('is counted, shown, and told to the watchers with its number', async () => {
    const { cid, id, url } = await message();
    const socket = await ada.watching(cid);

    const { status, body } = await react(bob, url, {
      type: 'like',
      score: 3,
      emoji_code: '👍',
      mood: 'good',
    });

    assert.equal(status, 201);
    const reaction = {
      type: 'like',
      user_id: 'bob',
      message_id: id,
      score: 3,
      emoji_code: '👍',
      mood: 'good',
    };
    const event = await socket.take('reaction.new');
    for (const [key, value] of Object.entries(reaction)) {
      assert.equal(at(body, 'reaction', key), value);
      assert.equal(at(event, 'reaction', key), value);
    }
    const shown = body['message'] as Body;
    assert.deepEqual([shown['reaction_counts'], shown['reaction_scores']], [{ like: 1 }, { like: 3 }]);
    assert.deepEqual(
      [at(shown, 'reaction_groups', 'like', 'count'), at(shown, 'reaction_groups', 'like', 'sum_scores')],
      [1, 3],
    );
    assert.deepEqual(pluck(shown, 'latest_reactions', 'user_id'), ['bob']);
    assert.deepEqual(pluck(shown, 'own_reactions', 'type'), ['like']);
    // An event is the same for everybody: it holds nobody's own.
    assert.deepEqual(at(event, 'message', 'own_reactions'), []);
    assert.equal(at(event, 'user', 'id'), 'bob');
    const { body: state } = await ada.call('POST', `/channels/${cid.replace(':', '/')}/query`, {});
    assert.equal(event['seq'], at(state, 'channel', 'seq'));
    assert.deepEqual(at(state, 'messages', 0, 'own_reactions'), []);
    assert.equal(at(state, 'messages', 0, 'updated_at'), event['created_at']);
    await socket.close();
  });

  it('changes neither unread counts nor when the channel had its last message', async () => {
    const { cid, url } = await message();
    const path = `/channels/${cid.replace(':', '/')}`;
    const before = (await bob.call('GET', path)).body;

    await react(ada, url, { type: 'like' });

    const after = (await bob.call('GET', path)).body;
    assert.equal(at(after, 'channel', 'last_message_at'), at(before, 'channel', 'last_message_at'));
    assert.deepEqual(pluck(after, 'read', 'unread_messages'), pluck(before, 'read', 'unread_messages'));
  });

  it('sent again replaces score and data, and the very same changes nothing', async () => {
    const { cid, url } = await message();
    await react(bob, url, { type: 'like', score: 1, mood: 'bad' });
    const socket = await ada.watching(cid);

    const changed = await react(bob, url, { type: 'like', score: 5 });
    const same = await react(bob, url, { type: 'like', score: 5 });

    assert.deepEqual(await socket.types(), ['user.watching.start', 'reaction.updated']);
    assert.deepEqual([changed.status, same.status], [201, 201]);
    assert.deepEqual(at(same.body, 'message', 'reaction_counts'), { like: 1 });
    assert.deepEqual(at(same.body, 'message', 'reaction_scores'), { like: 5 });
    assert.equal(at(same.body, 'reaction', 'mood'), undefined);
    await socket.close();
  });

  it('that must be unique takes the place of the others', async () => {
    const { cid, url } = await message();
    await react(bob, url, { type: 'like' });
    await react(bob, url, { type: 'love' });
    await react(ada, url, { type: 'like' });
    const socket = await ada.watching(cid);

    const { body } = await react(bob, url, { type: 'wow' }, { enforce_unique: true });

    const event = await socket.take('reaction.updated');
    assert.deepEqual(at(body, 'message', 'reaction_counts'), { like: 1, wow: 1 });
    assert.deepEqual(at(event, 'message', 'reaction_counts'), { like: 1, wow: 1 });
    assert.deepEqual(pluck(body['message'], 'own_reactions', 'type'), ['wow']);
    await socket.close();
  });

  it('can be taken back, twice to the same effect', async () => {
    const { cid, url } = await message();
    await react(bob, url, { type: 'so:so.' });
    const socket = await ada.watching(cid);
    const path = `${url}/reaction/${encodeURIComponent('so:so.')}`;

    const first = await bob.call('DELETE', path);
    const second = await bob.call('DELETE', path);

    assert.deepEqual([first.status, second.status], [200, 200]);
    assert.equal(at(first.body, 'reaction', 'type'), 'so:so.');
    assert.deepEqual(at(second.body, 'message', 'reaction_counts'), {});
    assert.equal('reaction_groups' in (second.body['message'] as Body), false);
    assert.deepEqual(await socket.types(), ['user.watching.start', 'reaction.deleted']);
    await socket.close();
  });

  it('comes once of twenty at once', async () => {
    const { cid, url } = await message();
    const socket = await ada.watching(cid);

    await Promise.all(Array.from({ length: 20 }, () => react(bob, url, { type: 'like' })));

    const { body } = await ada.call('GET', url);
    assert.deepEqual(at(body, 'message', 'reaction_counts'), { like: 1 });
    assert.deepEqual(await socket.types(), ['user.watching.start', 'reaction.new']);
    await socket.close();
  });

  it('is refused where it breaks a rule', async () => {
    const { url } = await message();
    const gone = await message();
    await ada.call('DELETE', gone.url);

    refused(await react(bob, url, {}), 400, 4, /type/);
    refused(await react(bob, url, { type: 'x'.repeat(31) }), 400, 4, /30/);
    refused(await react(bob, url, { type: 'a b' }), 400, 4);
    refused(await react(bob, url, { type: '__proto__' }), 400, 4);
    refused(await react(bob, url, { type: 'like', score: 1.5 }), 400, 4, /score/);
    refused(await react(bob, url, { type: 'like', note: 'x'.repeat(256) }), 413, 22);
    refused(await react(bob, gone.url, { type: 'like' }), 400, 4, /deleted/);
    refused(await react(eve, url, { type: 'like' }), 404, 16);
    refused(await eve.call('GET', `${url}/reactions`), 404, 16);
    assert.equal((await react(bob, url, { type: '👩‍👧' })).status, 201);
  });

  it('of a hundred types is the last', async () => {
    const { url } = await message();
    for (let n = 0; n < 100; n++) await react(bob, url, { type: `t${n}` });

    refused(await react(bob, url, { type: 'more' }), 400, 4, /100/);
    assert.equal((await react(ada, url, { type: 't1' })).status, 201);
  });
});

describe('reactions', () => {
  it('are listed and queried, the newest first, page by page', async () => {
    const { url } = await message();
    for (const type of ['a', 'b', 'c']) await react(bob, url, { type });
    await react(ada, url, { type: 'a' });
    const listed = async (query: Record<string, string>) =>
      pluck((await ada.call('GET', `${url}/reactions`, undefined, query)).body, 'reactions', 'type');
    const queried = async (body: Body) => (await ada.call('POST', `${url}/reactions`, body)).body;

    assert.deepEqual(await listed({}), ['a', 'c', 'b', 'a']);
    assert.deepEqual(await listed({ limit: '2', offset: '1' }), ['c', 'b']);
    assert.deepEqual(pluck(await queried({ filter: { type: 'a' } }), 'reactions', 'user_id'), ['ada', 'bob']);
    const first = await queried({
      limit: 3,
      filter: { user_id: 'bob' },
      sort: [{ field: 'created_at', direction: 1 }],
    });
    assert.deepEqual(pluck(first, 'reactions', 'type'), ['a', 'b', 'c']);
    assert.equal('next' in first, false);
    const one = await queried({ limit: 3 });
    const two = await queried({ limit: 3, next: one['next'] });
    assert.deepEqual(pluck(two, 'reactions', 'type'), ['a']);
    refused(await ada.call('POST', `${url}/reactions`, { filter: { score: 1 } }), 400, 4);
    refused(await ada.call('POST', `${url}/reactions`, { next: 'nonsense' }), 400, 4);
  });

  it('come back from /sync as a change of their message, and go with it', async () => {
    const { cid, id, url } = await message();
    const since = new Date(Date.now() - 60_000).toISOString();
    await react(bob, url, { type: 'like' });
    const sync = async () =>
      (await ada.call('POST', '/sync', { channel_cids: [cid], last_sync_at: since })).body[
        'events'
      ] as Body[];
    const from = (await sync()).at(-1);

    assert.deepEqual([from?.['type'], at(from, 'message', 'id')], ['message.new', id]);
    assert.deepEqual(at(from, 'message', 'reaction_counts'), { like: 1 });
    const { body } = await ada.call('POST', '/sync', {
      channel_cids: [cid],
      last_sync_at: from?.['created_at'],
    });
    assert.deepEqual(body['events'], []);
    await react(ada, url, { type: 'like' });
    const later = await ada.call('POST', '/sync', {
      channel_cids: [cid],
      last_sync_at: from?.['created_at'],
    });
    assert.deepEqual(pluck(later.body, 'events', 'type'), ['message.updated']);
    await ada.call('DELETE', url, undefined, { hard: 'true' });
    refused(await ada.call('GET', `${url}/reactions`), 404, 16);
  });
});
