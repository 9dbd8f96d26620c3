import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, Person, pluck, refused, sentBy, start, type Body } from './support.js';

let server: RunningServer;
let ada: Person;
let bob: Person;
let now = Date.now();
before(async () => {
  server = await start({ now: () => now });
  [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
});
after(() => server.close());

const inSeconds = (seconds: number) => new Date(now + seconds * 1000).toISOString();

async function pins(cid: string, query: Record<string, string> = {}): Promise<unknown[]> {
  const url = `/channels/${cid.replace(':', '/')}/pinned_messages`;
  return pluck((await bob.call('GET', url, undefined, query)).body, 'messages', 'text');
}

describe('a pin', () => {
  it('is set by any member, told, and shown in the channel’s state', async () => {
    const cid = await newChannel(ada);
    const { id, updated_at: before } = await sentBy(ada, cid, { text: 'rules' });
    const socket = await ada.watching(cid);

    const { status, body } = await bob.call('PUT', `/messages/${String(id)}`, {
      set: { pinned: true, pin_expires: null, pinned_at: null },
    });

    assert.equal(status, 201);
    const event = await socket.take('message.updated');
    for (const message of [body['message'], event['message']])
      assert.deepEqual(
        [
          at(message, 'pinned'),
          at(message, 'pinned_by', 'id'),
          at(message, 'pin_expires'),
          at(message, 'text'),
        ],
        [true, 'bob', null, 'rules'],
      );
    assert.ok(String(at(body, 'message', 'pinned_at')) > String(before));
    const { body: state } = await bob.call('GET', `/channels/${cid.replace(':', '/')}`);
    assert.deepEqual(pluck(state, 'pinned_messages', 'id'), [id]);
    await ada.call('PUT', `/messages/${String(id)}`, { set: { pinned: false } });
    assert.equal(at(await socket.take('message.updated'), 'message', 'pinned'), false);
    assert.deepEqual(await pins(cid), []);
    await socket.close();
  });

  it('comes with a message, and stays through an edit of the whole', async () => {
    const cid = await newChannel(ada);
    const message = await sentBy(ada, cid, { text: 'old', pinned: true });
    const url = `/messages/${String(message['id'])}`;

    await ada.call('POST', url, { message: { id: message['id'], text: 'new', pinned: true } });
    await ada.call('POST', url, { message: { id: message['id'], text: 'newer' } });

    const { body } = await ada.call('GET', url);
    assert.deepEqual(
      [at(body, 'message', 'text'), at(body, 'message', 'pinned'), at(body, 'message', 'pinned_at')],
      ['newer', true, message['pinned_at']],
    );
  });

  it('ends by itself', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(ada, cid, { text: 'today' });
    await ada.call('PUT', `/messages/${String(id)}`, { set: { pinned: true, pin_expires: inSeconds(60) } });
    assert.deepEqual(await pins(cid), ['today']);

    now += 61_000;

    assert.deepEqual(await pins(cid), []);
    const { body } = await ada.call('GET', `/channels/${cid.replace(':', '/')}`);
    assert.deepEqual(body['pinned_messages'], []);
    assert.equal(at(body, 'messages', 0, 'pinned'), false);
  });

  it('goes with its message', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(ada, cid, { text: 'x', pinned: true });

    await bob.call('DELETE', `/messages/${String(id)}`, undefined, { delete_for_me: 'true' });
    assert.deepEqual(await pins(cid), []);
    assert.deepEqual(
      pluck((await ada.call('GET', `/channels/${cid.replace(':', '/')}`)).body, 'pinned_messages', 'id'),
      [id],
    );
    await ada.call('DELETE', `/messages/${String(id)}`);
    const { body } = await ada.call('GET', `/channels/${cid.replace(':', '/')}`);
    assert.deepEqual(body['pinned_messages'], []);
  });

  it('is the owner’s to set where everybody may write, and none may change more by it', async () => {
    const closed = await sentBy(ada, await newChannel(ada), { text: 'x' });
    const open = await newChannel(ada, 'livestream');
    const { id } = await sentBy(bob, open, { text: 'me' });
    const eve = await Person.known(server, 'eve');

    refused(await bob.call('PUT', `/messages/${String(id)}`, { set: { pinned: true } }), 403, 17, /pin/);
    refused(await eve.call('PUT', `/messages/${String(id)}`, { set: { pinned: true } }), 403, 17, /pin/);
    refused(await bob.send(open, { text: 'x', pinned: true }), 403, 17, /pin/);
    assert.equal((await ada.call('PUT', `/messages/${String(id)}`, { set: { pinned: true } })).status, 201);
    // Who may not pin may still edit what is pinned.
    assert.equal(
      (await bob.call('POST', `/messages/${String(id)}`, { message: { text: 'you', pinned: true } })).status,
      201,
    );
    const url = `/messages/${String(closed['id'])}`;
    refused(await bob.call('PUT', url, { set: { pinned: true, text: 'y' } }), 403, 17, /somebody else/);
    refused(await bob.call('PUT', url, { set: {} }), 403, 17);
    refused(await ada.call('PUT', url, { set: { pinned: 'yes' } }), 400, 4, /pinned/);
    refused(
      await ada.call('PUT', url, { set: { pinned: true, pin_expires: 'soon' } }),
      400,
      4,
      /pin_expires/,
    );
    refused(await ada.call('PUT', url, { set: { pinned: true, pin_expires: inSeconds(-1) } }), 400, 4);
  });
});

describe('pinned messages', () => {
  it('are paged by when they were pinned, ten of them in the state', async () => {
    const cid = await newChannel(ada);
    const sent: Body[] = [];
    for (let n = 1; n <= 12; n++) sent.push(await sentBy(ada, cid, { text: String(n), pinned: true }));
    const third = sent[2] ?? {};
    const url = `/channels/${cid.replace(':', '/')}/pinned_messages`;
    const asked = async (payload: Body) => pluck((await bob.query(url, payload)).body, 'messages', 'text');

    const { body } = await bob.call('GET', `/channels/${cid.replace(':', '/')}`);

    assert.equal((body['pinned_messages'] as Body[]).length, 10);
    assert.equal(at(body, 'pinned_messages', 0, 'text'), '12');
    assert.deepEqual(await asked({ limit: 2 }), ['12', '11']);
    assert.deepEqual(await asked({ limit: 2, sort: [{ field: 'pinned_at', direction: 1 }] }), ['1', '2']);
    assert.deepEqual(await asked({ limit: 2, id_lt: third['id'] }), ['2', '1']);
    assert.deepEqual(await asked({ limit: 2, id_gte: third['id'] }), ['4', '3']);
    assert.deepEqual(await asked({ limit: 3, id_around: third['id'] }), ['4', '3', '2']);
    assert.deepEqual(await asked({ limit: 1, pinned_at_before: third['pinned_at'] }), ['2']);
    assert.deepEqual(await pins(cid, { limit: '1', sort: '[{"field":"pinned_at","direction":1}]' }), ['1']);
    assert.equal((await asked({})).length, 12);
    const other = await sentBy(ada, cid, { text: 'not pinned' });
    refused(await bob.query(url, { id_lt: other['id'] }), 400, 4, /pinned/);
    refused(await bob.query(url, { limit: 301 }), 400, 4);
    refused(await bob.query(url, { sort: [{ field: 'created_at' }] }), 400, 4);
  });
});
