import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, openNew, Person, pluck, refused, start, type Answer } from './support.js';

// S19: the same message id again. Of its author in its channel it says that the message is there; to everybody else
// that it is taken, and no more. There is one row, by a key of the table: of those who come at once one wins.

const MANY = 20;

let server: RunningServer;
let ada: Person;
let bob: Person;
let cid: string;
let other: string;
before(async () => {
  server = await start();
  [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
  [cid, other] = [await newChannel(ada), await newChannel(ada)];
});
after(() => server.close());

async function texts(channel: string): Promise<unknown[]> {
  return pluck((await ada.call('GET', `/channels/${channel.replace(':', '/')}`)).body, 'messages', 'text');
}

describe('S19 the same message id', () => {
  it('again by the same user in the same channel: it already exists, as it was', async () => {
    assert.equal((await ada.send(cid, { id: 'same', text: 'first' })).status, 201);

    refused(
      await ada.send(cid, { id: 'same', text: 'second' }),
      400,
      4,
      /a message with ID same already exists/,
    );

    const { body } = await ada.call('GET', '/messages/same');
    assert.equal(at(body, 'message', 'text'), 'first');
    assert.deepEqual(await texts(cid), ['first']);
  });

  it('by another user, or in another channel, is refused without a word of what has it', async () => {
    const answers = [
      await bob.send(cid, { id: 'same', text: 'mine' }),
      await bob.send(other, { id: 'same', text: 'mine' }),
      await ada.send(other, { id: 'same', text: 'mine' }),
    ];

    for (const answer of answers) {
      refused(answer, 400, 4, /is taken/);
      assert.doesNotMatch(JSON.stringify(answer.body), /already exists|first|ada/);
    }
    assert.deepEqual([await texts(cid), await texts(other)], [['first'], []]);
  });

  it('by twenty at once is stored and told once', async () => {
    const socket = await bob.watching(cid);
    const race = (task: (n: number) => Promise<Answer>) =>
      Promise.all(Array.from({ length: MANY }, (_, n) => task(n)));

    const own = await race((n) => ada.send(cid, { id: 'race', text: `try ${n}` }));
    const mixed = await race((n) =>
      (n % 2 ? ada : bob).send(n % 4 < 2 ? cid : other, { id: 'mix', text: 'mix' }),
    );

    for (const answers of [own, mixed]) {
      const late = answers.filter(({ status }) => status !== 201);
      assert.equal(late.length, MANY - 1);
      for (const answer of late) refused(answer, 400, 4, /already exists|is taken/);
    }
    assert.ok(
      own.every(({ status, body }) => status === 201 || /already exists/.test(String(body['message']))),
    );
    const told = (await socket.drain()).filter((event) => at(event, 'message', 'id') === 'race');
    assert.equal(told.length, 1);
    assert.equal([...(await texts(cid)), ...(await texts(other))].filter((text) => text === 'mix').length, 1);
    await socket.close();
  });

  it('cannot be in the table twice', async () => {
    const store = await openNew();
    const channel = { cid: 'messaging:a', type: 'messaging', id: 'a', data: '{}', created_by: 'ada' };
    const times = { created_at: 1, updated_at: 1 };
    await store.db.insertInto('channels').values({ ...channel, ...times, last_event_at: 1, last_message_at: null }).execute(); // prettier-ignore
    const message = {
      ...{ id: 'm', cid: 'messaging:a', user_id: 'ada', type: 'regular', text: '', data: '{}' },
      ...{ parent_id: null, show_in_channel: false, silent: false, deleted_at: null, text_updated_at: null },
      ...{ quoted_message_id: null, poll_id: null, pinned_at: null, pinned_by: null, pin_expires: null },
    };
    await store.db
      .insertInto('messages')
      .values({ ...message, ...times })
      .execute();

    await assert.rejects(
      store.db
        .insertInto('messages')
        .values({ ...message, created_at: 2, updated_at: 2 })
        .execute(),
      /duplicate key/,
    );
    await store.close();
  });
});
