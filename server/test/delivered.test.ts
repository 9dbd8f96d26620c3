import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, Person, refused, sentBy, start, type Body } from './support.js';

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

const arrived = (person: Person, cid: string, message: Body) =>
  person.call('POST', '/channels/delivered', { latest_delivered_messages: [{ cid, id: message['id'] }] });

async function entryOf(viewer: Person, cid: string, userId: string): Promise<Body | undefined> {
  const { body } = await viewer.call('GET', `/channels/${cid.replace(':', '/')}`);
  return (body['read'] as Body[]).find((entry) => at(entry, 'user', 'id') === userId);
}

const switches = (person: Person, part: string, enabled: boolean) =>
  person.call('PATCH', '/users', {
    users: [{ id: person.id, set: { [`privacy_settings.${part}.enabled`]: enabled } }],
  });

describe('a delivery receipt', () => {
  it('is told to the watchers and kept, and never goes back', async () => {
    const cid = await newChannel(ada);
    const [first, second] = [await sentBy(ada, cid, { text: '1' }), await sentBy(ada, cid, { text: '2' })];
    const watcher = await ada.watching(cid);
    await watcher.drain();

    const { status, body } = await arrived(bob, cid, second);

    assert.deepEqual([status, Object.keys(body)], [201, ['duration']]);
    const event = await watcher.take('message.delivered');
    assert.deepEqual(
      [at(event, 'user', 'id'), event['last_delivered_message_id'], event['last_delivered_at']],
      ['bob', second['id'], second['created_at']],
    );
    await arrived(bob, cid, second);
    await arrived(bob, cid, first);
    assert.deepEqual(await watcher.types(), []);
    const entry = await entryOf(ada, cid, 'bob');
    assert.deepEqual(
      [entry?.['last_delivered_message_id'], entry?.['last_read_message_id']],
      [second['id'], null],
    );
    await watcher.close();
  });

  it('comes with sending and with reading', async () => {
    const cid = await newChannel(ada);
    const message = await sentBy(ada, cid, { text: 'hi' });
    await bob.call('POST', `/channels/${cid.replace(':', '/')}/read`, {});

    for (const id of ['ada', 'bob'])
      assert.equal((await entryOf(ada, cid, id))?.['last_delivered_message_id'], message['id']);
  });

  it('is told to nobody while it is withheld, but to oneself', async () => {
    const cid = await newChannel(ada);
    const message = await sentBy(ada, cid, { text: 'hi' });
    const watcher = await ada.watching(cid);
    await switches(bob, 'delivery_receipts', false);
    await watcher.drain();

    await arrived(bob, cid, message);

    assert.deepEqual(await watcher.types(), []);
    const theirs = await entryOf(ada, cid, 'bob');
    assert.ok(theirs && !('last_delivered_at' in theirs) && !('last_delivered_message_id' in theirs));
    assert.equal((await entryOf(bob, cid, 'bob'))?.['last_delivered_message_id'], message['id']);
    await switches(bob, 'delivery_receipts', true);
    assert.equal((await entryOf(ada, cid, 'bob'))?.['last_delivered_message_id'], message['id']);
    await watcher.close();
  });

  it('of who withholds what they read tells nothing of that', async () => {
    const cid = await newChannel(ada);
    await sentBy(ada, cid, { text: 'hi' });
    await switches(bob, 'read_receipts', false);
    await bob.call('POST', `/channels/${cid.replace(':', '/')}/read`, {});

    assert.equal(await entryOf(ada, cid, 'bob'), undefined);
    await switches(bob, 'read_receipts', true);
  });

  it('is ignored where the caller has no say, and refused in bad words', async () => {
    const cid = await newChannel(ada);
    const stream = await newChannel(ada, 'livestream');
    const message = await sentBy(ada, cid, { text: 'hi' });
    const shown = await sentBy(ada, stream, { text: 'hi' });
    const watcher = await ada.watching(cid);
    await watcher.drain();

    for (const answer of [
      await arrived(eve, cid, message),
      await arrived(eve, 'messaging:nowhere', message),
      await arrived(eve, stream, shown),
      await arrived(bob, cid, shown),
    ])
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
    assert.deepEqual(await watcher.types(), []);
    const bad = (value: unknown) =>
      bob.call('POST', '/channels/delivered', { latest_delivered_messages: value });
    refused(await bad('x'), 400, 4, /latest_delivered_messages/);
    refused(await bad([{ cid }]), 400, 4, /latest_delivered_messages\[\]\.id must be a message id/);
    refused(await bad(Array(101).fill({ cid, id: 'x' })), 400, 4, /100/);
    await watcher.close();
  });
});
