import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { at, newChannel, Person, pluck, sentBy, until, urlOf, type Body, type Socket } from '../support.js';
import { Several } from './several.js';

let several: Several;
let ada: Person[];
let bob: Person[];
before(async () => {
  // With the limit on: requests are counted in Redis, and must not wait for one that is frozen.
  several = await Several.start(2, { rateLimit: 100_000 });
  const [first] = several.servers;
  if (!first) assert.fail();
  await Person.known(first, 'ada');
  await Person.known(first, 'bob');
  [ada, bob] = [await several.person('ada'), await several.person('bob')];
});
after(() => several.close());

const one = (people: Person[], server: 0 | 1): Person => people[server] ?? assert.fail();

/** What a socket heard of new messages, until it has `count`. */
async function heard(socket: Socket, count: number): Promise<Body[]> {
  const messages: Body[] = [];
  while (messages.length < count) messages.push(await socket.take('message.new'));
  return messages;
}

const textsOf = (events: Body[]) => events.map((event) => at(event, 'message', 'text'));

/** Everything that a polled connection hears, asked for at one server and the other in turn, until it has `count`. */
async function polled(person: Person[], id: string, count: number): Promise<Body[]> {
  const messages: Body[] = [];
  let ack = 0;
  for (let turn = 0; messages.length < count; turn++) {
    const asker = one(person, turn % 2 ? 1 : 0);
    const { status, body } = await asker.call('GET', '/longpoll', undefined, {
      connection_id: id,
      ack: String(ack),
    });
    assert.equal(status, 200, JSON.stringify(body));
    ack = Number(body['ack']);
    messages.push(...(body['events'] as Body[]).filter(({ type }) => type === 'message.new'));
  }
  return messages;
}

describe('S7 events of two servers', () => {
  it('reach watchers of both once and in order, whoever writes where', async () => {
    const cid = await newChannel(one(ada, 0));
    const sockets = [await one(ada, 0).watching(cid), await one(bob, 1).watching(cid)];
    const opened = await one(bob, 0).call('GET', '/longpoll', undefined, { json: one(bob, 0).payload() });
    const id = String(at(opened.body, 'event', 'connection_id'));
    // Asked of the server that has not the connection.
    const watched = await one(bob, 1).call(
      'POST',
      `${urlOf(cid)}/query`,
      { watch: true },
      { connection_id: id },
    );
    assert.equal(watched.status, 201, JSON.stringify(watched.body));

    const all = 120;
    const writers = [one(ada, 0), one(ada, 1), one(bob, 0), one(bob, 1)];
    const writing = Promise.all(
      writers.map(async (writer, index) => {
        for (let n = 0; n < all / writers.length; n++) await sentBy(writer, cid, { text: `${index}-${n}` });
      }),
    );
    const told = await Promise.all([...sockets.map((socket) => heard(socket, all)), polled(bob, id, all)]);
    await writing;

    const stored = await one(ada, 0).call('POST', `${urlOf(cid)}/query`, { messages: { limit: 300 } });
    const texts = pluck(stored.body, 'messages', 'text');
    assert.equal(texts.length, all);
    for (const events of told) assert.deepEqual(textsOf(events), texts);
    const seqs = told[0]?.map((event) => Number(event['seq'])) ?? [];
    assert.deepEqual(
      seqs,
      [...seqs].sort((a, b) => a - b),
    );
    for (const socket of sockets) await socket.close();
    // Asked of the server that has not the connection, too.
    await one(bob, 1).call('GET', '/longpoll', undefined, { connection_id: id, close: 'true' });
    await until(
      async () =>
        (await one(bob, 0).call('GET', '/longpoll', undefined, { connection_id: id })).status === 400,
    );
  });

  it('reach members who do not watch, with their totals', async () => {
    const cid = await newChannel(one(ada, 0));
    const idle = await one(bob, 1).socket();

    await sentBy(one(ada, 0), cid, { text: 'hello' });

    const told = await idle.take('notification.message_new');
    const { body } = await one(bob, 0).call('GET', '/unread');
    assert.equal(told['total_unread_count'], body['total_unread_count']);
    await idle.close();
  });

  it('tell of typing, presence and who watches, and count each user once', async () => {
    const cid = await newChannel(one(ada, 0));
    const follower = await one(ada, 0).watching(cid);
    await one(ada, 0).query(
      '/users',
      { filter_conditions: { id: 'bob' }, presence: true },
      { connection_id: follower.id },
    );

    const elsewhere = await one(bob, 1).watching(cid);
    // The end of an earlier connection may be told first.
    while (at(await follower.take('user.presence.changed'), 'user', 'online') !== true);
    assert.equal((await follower.take('user.watching.start'))['watcher_count'], 2);
    await one(bob, 1).call('POST', `${urlOf(cid)}/event`, { event: { type: 'typing.start' } });
    assert.equal(at(await follower.take('typing.start'), 'user', 'id'), 'bob');
    const { body } = await one(ada, 0).call('GET', urlOf(cid));
    assert.equal(body['watcher_count'], 2);
    const seen = await one(ada, 0).query('/users', { filter_conditions: { id: 'bob' } });
    assert.equal(at(seen.body, 'users', 0, 'online'), true);

    await elsewhere.close();
    assert.equal(at(await follower.take('user.presence.changed'), 'user', 'online'), false);
    await follower.close();
  });

  it('end with the removal of a member, on whatever server they watch', async () => {
    const cid = await newChannel(one(ada, 0));
    const socket = await one(bob, 1).watching(cid);

    await one(ada, 0).call('POST', urlOf(cid), { remove_members: ['bob'] });
    await socket.take('notification.removed_from_channel');
    await sentBy(one(ada, 0), cid, { text: 'secret' });
    await sentBy(one(ada, 1), cid, { text: 'secret' });

    assert.doesNotMatch(JSON.stringify(await socket.drain()), /secret/);
    await socket.close();
  });
});

describe('S6 Redis', () => {
  for (const [how, takeAway, giveBack] of [
    ['killed', () => several.redis.stop(), () => several.redis.start()],
    ['frozen', () => several.redis.freeze(), () => several.redis.thaw()],
  ] as const)
    it(`${how}: what is said on one server is heard on the other within 2 s, and nothing is lost or doubled`, async () => {
      const cid = await newChannel(one(ada, 0));
      const [watcher, idle] = [await one(bob, 1).watching(cid), await one(bob, 1).socket()];
      await sentBy(one(ada, 0), cid, { text: 'before' });
      const told = [await watcher.take('message.new')];
      await idle.take('notification.message_new');

      await takeAway();
      // Until both have noticed, and look into the database once a second. A busy machine adds to the two seconds.
      for (const text of ['down 1', 'down 2', 'down 3']) {
        const sent = performance.now();
        await sentBy(one(ada, 0), cid, { text });
        told.push(await watcher.take('message.new'));
        assert.equal(at(await idle.take('notification.message_new'), 'message', 'text'), text);
        const took = performance.now() - sent;
        assert.ok(text === 'down 1' || took < 10_000, `${text} took ${took.toFixed(0)} ms`);
      }
      await giveBack();
      await sentBy(one(ada, 0), cid, { text: 'back' });
      told.push(await watcher.take('message.new'));
      await until(async () => {
        await sentBy(one(ada, 0), cid, { text: 'quick' });
        const asked = performance.now();
        const event = await watcher.take('message.new');
        told.push(event);
        return performance.now() - asked < 300;
      });

      const texts = textsOf(told);
      assert.deepEqual(texts.slice(0, 5), ['before', 'down 1', 'down 2', 'down 3', 'back']);
      const rest = await watcher.drain();
      assert.deepEqual(
        rest.filter(({ type }) => type === 'message.new'),
        [],
      );
      const seqs = told.map((event) => Number(event['seq']));
      assert.deepEqual(
        seqs,
        seqs.map((_, index) => (seqs[0] ?? 0) + index),
      );
      await watcher.close();
      await idle.close();
    });
});
