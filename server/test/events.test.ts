import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, Person, refused, start, type Body } from './support.js';

let server: RunningServer;
let made = 0;
before(async () => void (server = await start()));
after(() => server.close());

/** Two people of their own, and a channel between them. */
async function pair(type = 'messaging'): Promise<{ ada: Person; bob: Person; cid: string; url: string }> {
  made++;
  const [ada, bob] = [await Person.known(server, `ada${made}`), await Person.known(server, `bob${made}`)];
  const url = `/channels/${type}/e${made}`;
  await ada.call('POST', `${url}/query`, { data: { members: [ada.id, bob.id] } });
  return { ada, bob, cid: `${type}:e${made}`, url };
}

async function keep(person: Person, part: string, enabled: boolean): Promise<void> {
  const set = { privacy_settings: { [part]: { enabled } } };
  const { status } = await person.call('PATCH', '/users', { users: [{ id: person.id, set }] });
  assert.equal(status, 200);
}

/** The read entries of a channel as `person` gets them, by user id. */
async function reads(person: Person, url: string): Promise<Map<unknown, Body>> {
  const { body } = await person.call('POST', `${url}/query`, {});
  return new Map((body['read'] as Body[]).map((entry) => [at(entry, 'user', 'id'), entry]));
}

const START = { event: { type: 'typing.start' } };

describe('typing', () => {
  it('goes to the watchers, its sender among them, and to nobody else', async () => {
    const { ada, bob, cid, url } = await pair();
    const [own, other, idle] = [await ada.watching(cid), await bob.watching(cid), await bob.socket()];

    const { status, body } = await ada.call('POST', `${url}/event`, {
      event: { type: 'typing.start', parent_id: 'm1' },
    });

    assert.deepEqual(
      [status, at(body, 'event', 'type'), at(body, 'event', 'user', 'id')],
      [201, 'typing.start', ada.id],
    );
    const event = await other.take('typing.start');
    assert.deepEqual([event['cid'], event['parent_id'], at(event, 'user', 'id')], [cid, 'm1', ada.id]);
    assert.equal((await own.take('typing.start'))['cid'], cid);
    assert.deepEqual(await idle.types(), []);
    await Promise.all([own, other, idle].map((socket) => socket.close()));
  });

  it('of a user who withholds it reaches nobody, and is answered as usual', async () => {
    const { ada, bob, cid, url } = await pair();
    await keep(ada, 'typing_indicators', false);
    const [own, other] = [await ada.watching(cid), await bob.watching(cid)];
    await Promise.all([own.drain(), other.drain()]);

    const answers = [
      await ada.call('POST', `${url}/event`, START),
      await ada.call('POST', `${url}/event`, { event: { type: 'typing.stop' } }),
    ];

    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201],
    );
    assert.deepEqual([await own.types(), await other.types()], [[], []]);
    await Promise.all([own.close(), other.close()]);
  });

  it('of the other side still reaches a user who withholds their own', async () => {
    const { ada, bob, cid, url } = await pair();
    await keep(ada, 'typing_indicators', false);
    const own = await ada.watching(cid);

    await bob.call('POST', `${url}/event`, START);

    assert.equal(at(await own.take('typing.start'), 'user', 'id'), bob.id);
    await own.close();
  });

  it('is heard again as soon as the setting is back on', async () => {
    const { ada, bob, cid, url } = await pair();
    await keep(ada, 'typing_indicators', false);
    const other = await bob.watching(cid);
    await other.drain();
    await ada.call('POST', `${url}/event`, START);
    await keep(ada, 'typing_indicators', true);

    await ada.call('POST', `${url}/event`, START);

    assert.deepEqual(await other.types(), ['user.updated', 'typing.start']);
    await other.close();
  });

  it('is refused with 18 where the channel type has none', async () => {
    const { ada, url } = await pair('livestream');

    refused(await ada.call('POST', `${url}/event`, START), 400, 18, /typing\.start/);
  });
});

describe('events of the application', () => {
  it('carry their fields to the watchers, and cannot pretend to be from another', async () => {
    const { ada, bob, cid, url } = await pair();
    const other = await bob.watching(cid);

    await ada.call('POST', `${url}/event`, {
      event: { type: 'wave', hand: 'left', user: { id: bob.id }, cid: 'x:y' },
    });

    const event = await other.take('wave');
    assert.deepEqual([event['hand'], at(event, 'user', 'id'), event['cid']], ['left', ada.id, cid]);
    await other.close();
  });

  it('are refused when they look like the server’s, have no type, are too large or come from outside', async () => {
    const { ada, url } = await pair();
    const eve = await Person.known(server, 'eve');
    const send = (event: unknown) => ada.call('POST', `${url}/event`, { event });

    refused(await send({ type: 'message.new' }), 400, 18);
    refused(await send({ type: 'user.updated' }), 400, 18);
    refused(await send({}), 400, 4, /type/);
    refused(await send('wave'), 400, 4);
    refused(await send({ type: 'wave', note: 'x'.repeat(6000) }), 413, 22);
    refused(await eve.call('POST', `${url}/event`, START), 403, 17);
    refused(await ada.call('POST', '/channels/messaging/unknown/event', START), 404, 16);
  });
});

describe('reading', () => {
  it('is told to the watchers and clears the reader’s own tabs', async () => {
    const { ada, bob, cid, url } = await pair();
    await ada.send(cid, { id: `r${made}`, text: 'Hi' });
    const [author, tab] = [await ada.watching(cid), await bob.socket()];

    const { status, body } = await bob.call('POST', `${url}/read`, {});

    const event = await author.take('message.read');
    assert.deepEqual([status, at(body, 'event', 'type')], [201, 'message.read']);
    assert.deepEqual([at(event, 'user', 'id'), event['last_read_message_id']], [bob.id, `r${made}`]);
    const own = await tab.take('notification.mark_read');
    assert.deepEqual([own['total_unread_count'], own['unread_channels'], own['cid']], [0, 0, cid]);
    assert.equal((await reads(ada, url)).get(bob.id)?.['unread_messages'], 0);
    assert.equal((await reads(ada, url)).get(bob.id)?.['last_read'], event['created_at']);
    await Promise.all([author.close(), tab.close()]);
  });

  it('of a user who withholds it reaches their own tabs alone', async () => {
    const { ada, bob, cid, url } = await pair();
    await keep(bob, 'read_receipts', false);
    await ada.send(cid, { text: 'Hi' });
    const [author, tab] = [await ada.watching(cid), await bob.watching(cid)];
    await Promise.all([author.drain(), tab.drain()]);

    const { body } = await bob.call('POST', `${url}/read`, {});

    assert.equal(at(body, 'event', 'type'), 'message.read');
    assert.deepEqual(await author.types(), []);
    assert.deepEqual(await tab.types(), ['message.read', 'notification.mark_read']);
    await Promise.all([author.close(), tab.close()]);
  });

  it('of a user who withholds it is in nobody’s read list but their own, on every way to get one', async () => {
    const { ada, bob, cid, url } = await pair();
    await bob.call('POST', `${url}/read`, {});
    await keep(bob, 'read_receipts', false);
    const listed = async (person: Person) => {
      const { body } = await person.call('POST', '/channels', { filter_conditions: { cid } });
      return (at(body, 'channels', 0, 'read') as Body[]).map((entry) => at(entry, 'user', 'id'));
    };

    assert.deepEqual([...(await reads(ada, url)).keys()], [ada.id]);
    assert.deepEqual(await listed(ada), [ada.id]);
    assert.equal((await ada.call('GET', url)).body['read'] instanceof Array, true);
    assert.deepEqual((at((await ada.call('GET', url)).body, 'read') as Body[]).length, 1);
    assert.deepEqual((await listed(bob)).sort(), [ada.id, bob.id]);
    await keep(bob, 'read_receipts', true);
    assert.deepEqual((await listed(ada)).sort(), [ada.id, bob.id]);
  });

  it('answers null to a reader who is no member', async () => {
    const { url } = await pair('gaming');
    const guest = await Person.known(server, 'reader');

    const { status, body } = await guest.call('POST', `${url}/read`, {});

    assert.deepEqual([status, body['event']], [201, null]);
  });

  it('never lies before the messages it covers, however fast they came', async () => {
    const { ada, bob, cid, url } = await pair();
    await Promise.all(Array.from({ length: 10 }, (_, n) => ada.send(cid, { text: String(n) })));

    await bob.call('POST', `${url}/read`, {});

    const { body } = await bob.call('GET', url);
    const newest = at(body, 'channel', 'last_message_at');
    assert.ok(String((await reads(bob, url)).get(bob.id)?.['last_read']) >= String(newest).replace('Z', ''));
  });

  it('refuses types without read state, unknown threads, and outsiders', async () => {
    const [{ ada, url }, stream] = [await pair(), await pair('livestream')];
    const eve = await Person.known(server, 'eve');

    refused(await stream.ada.call('POST', `${stream.url}/read`, {}), 400, 19);
    refused(
      await stream.ada.call('POST', `${stream.url}/event`, { event: { type: 'message.read' } }),
      400,
      18,
    );
    refused(await ada.call('POST', `${url}/read`, { thread_id: 'm1' }), 404, 16);
    refused(await eve.call('POST', `${url}/read`, {}), 403, 17);
  });
});

describe('unread state', () => {
  it('is summed by channel and by type', async () => {
    const { ada, bob, cid } = await pair();
    await ada.send(cid, { text: 'one' });
    await ada.send(cid, { text: 'two' });

    const { status, body } = await bob.call('GET', '/unread');

    assert.equal(status, 200);
    assert.deepEqual([body['total_unread_count'], body['threads']], [2, []]);
    assert.deepEqual(
      [at(body, 'channels', 0, 'channel_id'), at(body, 'channels', 0, 'unread_count')],
      [cid, 2],
    );
    assert.deepEqual(body['channel_type'], [
      { channel_type: 'messaging', channel_count: 1, unread_count: 2 },
    ]);
  });

  it('is cleared for all channels at once', async () => {
    const { ada, bob, cid } = await pair();
    await ada.send(cid, { text: 'one' });

    const { status } = await bob.call('POST', '/channels/read', {});

    assert.equal(status, 201);
    assert.equal((await bob.call('GET', '/unread')).body['total_unread_count'], 0);
  });

  it('can be set back to a message, which only the own tabs hear', async () => {
    const { ada, bob, cid, url } = await pair();
    for (const n of [1, 2, 3]) await ada.send(cid, { id: `u${made}-${n}`, text: String(n) });
    await bob.call('POST', `${url}/read`, {});
    const [author, tab] = [await ada.watching(cid), await bob.socket()];
    await author.drain();

    const { status } = await bob.call('POST', `${url}/unread`, { message_id: `u${made}-2` });

    const event = await tab.take('notification.mark_unread');
    assert.equal(status, 201);
    assert.deepEqual(
      [
        event['unread_messages'],
        event['first_unread_message_id'],
        event['last_read_message_id'],
        event['total_unread_count'],
      ],
      [2, `u${made}-2`, `u${made}-1`, 2],
    );
    assert.deepEqual(await author.types(), []);
    await Promise.all([author.close(), tab.close()]);
  });

  it('refuses what is no message of the channel', async () => {
    const [{ ada, url }, other] = [await pair(), await pair()];
    await other.ada.send(other.cid, { id: `foreign${made}`, text: 'x' });

    refused(await ada.call('POST', `${url}/unread`, {}), 400, 4);
    refused(await ada.call('POST', `${url}/unread`, { message_id: 'unknown' }), 404, 16);
    refused(await ada.call('POST', `${url}/unread`, { message_id: `foreign${made}` }), 404, 16);
    refused(await ada.call('POST', '/channels/read', { read_by_channel: { [other.cid]: '' } }), 403, 17);
  });
});
