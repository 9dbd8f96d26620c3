import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, Person, pluck, sentBy, start, type Answer, type Body } from './support.js';

/** Requests at once. */
const MANY = 20;

let server: RunningServer;
let ada: Person;
let bob: Person;
let cid: string;
before(async () => {
  server = await start();
  ada = await Person.known(server, 'ada');
  bob = await Person.known(server, 'bob');
});
after(() => server.close());
beforeEach(async () => void (cid = await newChannel(ada)));

/** Twenty at once. */
function race(task: (n: number) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: MANY }, (_, n) => task(n)));
}

/** How many answers had each status. */
function statuses(answers: Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function path(end = ''): string {
  return `/channels/${cid.replace(':', '/')}${end}`;
}

/** `f0` to `f19`, as one twentieth each set them. */
const FIELDS = Object.fromEntries(Array.from({ length: MANY }, (_, n) => [`f${n}`, n]));

function fieldsOf(body: unknown): Body {
  return Object.fromEntries(Object.entries(body as Body).filter(([key]) => /^f\d+$/.test(key)));
}

async function unreadIn(person: Person): Promise<unknown> {
  const { body } = await person.call('GET', '/unread');
  const own = (at(body, 'channels') as Body[]).find((row) => row['channel_id'] === cid);
  return own?.['unread_count'] ?? 0;
}

/** The numbers of the channel's events as `/sync` tells them. */
async function numbers(person: Person): Promise<number[]> {
  const asked = { channel_cids: [cid], last_sync_at: new Date(Date.now() - 60_000).toISOString() };
  const { body } = await person.call('POST', '/sync', asked);
  return pluck(body, 'events', 'seq') as number[];
}

async function newestNumber(person: Person): Promise<unknown> {
  const { body } = await person.call('POST', path('/query'), { messages: { limit: 1 } });
  return at(body, 'channel', 'seq');
}

describe('twenty at once', () => {
  it('create one channel, told once', async () => {
    const answers = await race(() =>
      ada.call('POST', `/channels/messaging/raced-${cid.slice(10)}/query`, {
        data: { members: ['ada', 'bob'] },
      }),
    );

    assert.deepEqual(statuses(answers), { 201: MANY });
    assert.deepEqual([...new Set(answers.map(({ body }) => at(body, 'channel', 'member_count')))], [2]);
  });

  it('make one user, and lose no field of them', async () => {
    const cyd = await Person.of(server, `cyd-${cid.slice(10)}`);
    await Promise.all(
      Array.from({ length: MANY }, (_, n) => cyd.socket({ [`f${n}`]: n }).then((socket) => socket.close())),
    );

    const { body } = await cyd.query('/users', { filter_conditions: { id: cyd.id } });
    assert.deepEqual(fieldsOf(at(body, 'users', 0)), FIELDS);
  });

  it('set a field each of one user', async () => {
    const answers = await race((n) =>
      ada.call('PATCH', '/users', { users: [{ id: 'ada', set: { [`f${n}`]: n } }] }),
    );

    const { body } = await ada.query('/users', { filter_conditions: { id: 'ada' } });
    assert.deepEqual(statuses(answers), { 200: MANY });
    assert.deepEqual(fieldsOf(at(body, 'users', 0)), FIELDS);
  });

  it('set a field each of one channel', async () => {
    const answers = await race((n) => ada.call('PATCH', path(), { set: { [`f${n}`]: n } }));

    const { body } = await ada.call('POST', path('/query'), {});
    assert.deepEqual(statuses(answers), { 200: MANY });
    assert.deepEqual(fieldsOf(at(body, 'channel')), FIELDS);
  });

  it('set a field each of one message', async () => {
    const { id } = await sentBy(ada, cid, { text: 'whole' });
    const answers = await race((n) => ada.call('PUT', `/messages/${String(id)}`, { set: { [`f${n}`]: n } }));

    const { body } = await ada.call('GET', `/messages/${String(id)}`);
    assert.deepEqual(statuses(answers), { 201: MANY });
    assert.deepEqual(fieldsOf(at(body, 'message')), FIELDS);
  });

  it('delete a reply once', async () => {
    const { id: parent } = await sentBy(ada, cid, { text: 'parent' });
    await sentBy(ada, cid, { text: 'stays', parent_id: parent });
    const { id } = await sentBy(ada, cid, { text: 'goes', parent_id: parent });
    const before = await newestNumber(ada);
    const answers = await race(() => ada.call('DELETE', `/messages/${String(id)}`));

    const { body } = await ada.call('GET', `/messages/${String(parent)}`);
    assert.deepEqual(statuses(answers), { 200: MANY });
    assert.equal(at(body, 'message', 'reply_count'), 1);
    // The parent's new count, and the reply.
    assert.equal(await newestNumber(ada), Number(before) + 2);
  });

  it('delete a message for good once, and write nothing into what is gone', async () => {
    const { id } = await sentBy(ada, cid, { text: 'goes' });
    const before = Number(await newestNumber(ada));
    const answers = await race((n) =>
      n % 2
        ? ada.call('DELETE', `/messages/${String(id)}`, undefined, { hard: 'true' })
        : ada.call('PUT', `/messages/${String(id)}`, { set: { n } }),
    );

    const { 200: deleted, 201: written = 0, 404: late = 0, ...others } = statuses(answers);
    assert.deepEqual([deleted, written + late, others], [1, MANY - 1, {}]);
    assert.equal(await newestNumber(ada), before + 1 + written);
    assert.equal(await unreadIn(bob), 0);
  });

  it('reply to a message that is being deleted for good, and leave no reply without it', async () => {
    const { id: parent } = await sentBy(ada, cid, { text: 'parent' });
    const answers = await race((n) =>
      n === 10
        ? ada.call('DELETE', `/messages/${String(parent)}`, undefined, { hard: 'true' })
        : bob.send(cid, { id: `${String(parent)}-${n}`, text: 'reply', parent_id: parent }),
    );

    const ids = answers.map((_, n) => `${String(parent)}-${n}`).join(',');
    const { body } = await ada.call('GET', path('/messages'), undefined, { ids });
    const { 200: deleted, 201: sent = 0, 404: late = 0, ...others } = statuses(answers);
    assert.deepEqual([deleted, sent + late, others], [1, MANY - 1, {}]);
    assert.deepEqual(at(body, 'messages'), []);
  });

  it('count every reply', async () => {
    const { id: parent } = await sentBy(ada, cid, { text: 'parent' });
    const answers = await race(() => bob.send(cid, { text: 'reply', parent_id: parent }));

    const { body } = await ada.call('GET', `/messages/${String(parent)}`);
    assert.deepEqual(statuses(answers), { 201: MANY });
    assert.equal(at(body, 'message', 'reply_count'), MANY);
  });

  it('number events without a hole, in the order of their times, and count each as unread', async () => {
    const answers = await race((n) => ada.send(cid, { text: `${n}` }));

    const told = await numbers(bob);
    assert.deepEqual(statuses(answers), { 201: MANY });
    assert.deepEqual(
      told,
      Array.from({ length: MANY + 1 }, (_, n) => n + 1),
    );
    assert.equal(await unreadIn(bob), MANY);
  });

  it('send one id once, in this channel and in others (S19)', async () => {
    const other = await newChannel(ada);
    const id = `one-${cid.slice(10)}`;
    const answers = await race((n) =>
      (n % 4 === 3 ? bob : ada).send(n % 2 ? cid : other, { id, text: 'once' }),
    );

    const taken = answers.filter(({ status }) => status === 400);
    assert.deepEqual(statuses(answers), { 201: 1, 400: MANY - 1 });
    assert.ok(taken.every(({ body }) => /already exists|is taken/.test(String(body['message']))));
  });

  it('add and remove members, and count those who are left', async () => {
    const ids = Array.from({ length: MANY }, (_, n) => `member-${n}`);
    await Promise.all(ids.map((id) => Person.known(server, id)));
    const once = { add_members: ids.slice(0, 5) };
    await race((n) =>
      n % 4 === 0 ? ada.call('POST', path(), once) : ada.call('POST', path(), { add_members: [ids[n]] }),
    );
    const { body: full } = await ada.call('POST', path('/query'), {});
    await race((n) => ada.call('POST', path(), { remove_members: [ids[n]] }));

    const { body } = await ada.call('POST', path('/query'), {});
    const expected = 2 + new Set([...ids.slice(0, 5), ...ids.filter((_, n) => n % 4)]).size;
    assert.equal(at(full, 'channel', 'member_count'), expected);
    assert.equal((at(full, 'members') as unknown[]).length, expected);
    assert.equal(at(body, 'channel', 'member_count'), 2);
  });

  it('tell a user of their totals in the order in which they were counted', async () => {
    await bob.call('POST', '/channels/read', {});
    const channels = await Promise.all(Array.from({ length: MANY }, () => newChannel(ada)));
    const socket = await bob.socket();
    for (let round = 1; round <= 5; round++) {
      await race((n) => ada.send(channels[n] ?? '', { text: 'one more' }));

      const told = (await socket.drain()).flatMap((event) => event['total_unread_count'] ?? []);
      assert.deepEqual(
        told,
        (told as number[]).toSorted((a, b) => a - b),
      );
      assert.equal(told.at(-1), round * MANY);
    }
    await socket.close();
  });

  it('read, mark unread and send, and end with the right count', async () => {
    const { id } = await sentBy(ada, cid, { text: 'first' });
    for (let round = 0; round < 5; round++) {
      await race((n) => {
        if (n % 4 === 0) return bob.call('POST', path('/unread'), { message_id: id });
        return ada.send(cid, { text: `${round} ${n}` });
      });
      const { body } = await bob.call('POST', path('/query'), { messages: { limit: 300 } });
      assert.equal(await unreadIn(bob), (at(body, 'messages') as unknown[]).length);
    }
  });
});
