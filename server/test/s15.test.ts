import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { userToken } from '../src/token.js';
import { openSocket, Person, refused, start, until, type Body } from './support.js';

let server: RunningServer;
let backend: Person;
before(async () => {
  server = await start();
  backend = await Person.backend(server);
});
after(() => server.close());

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;

async function holding(id: string, iat: number | undefined): Promise<Person> {
  return Person.holding(server, id, await userToken(server.apiSecret, id, iat === undefined ? {} : { iat }));
}

/** How connecting is refused. */
async function codeAtConnecting(person: Person): Promise<unknown> {
  const socket = openSocket(server, person.token, person.payload());
  const { error } = await socket.take('connection.error');
  await socket.closed;
  return (error as Body)['code'];
}

describe('S15 a user who is banned from the application', () => {
  it('loses every connection at once, and is refused until the ban is lifted', async () => {
    const ada = await Person.known(server, 'ada');
    const socket = await ada.socket();
    const polled = await ada.call('GET', '/longpoll', undefined, { json: ada.payload() });
    const { connection_id: id } = polled.body['event'] as Body;
    const poll = ada.call('GET', '/longpoll', undefined, { connection_id: String(id) });

    await backend.call('POST', '/moderation/ban', { target_user_id: 'ada', reason: 'spam' });

    assert.equal((await socket.take('user.banned'))['reason'], 'spam');
    assert.equal(await socket.closed, 1008);
    assert.equal((await poll).status, 200);
    refused(await ada.call('GET', '/longpoll', undefined, { connection_id: String(id) }), 403, 17, /banned/);
    refused(await ada.call('GET', '/unread'), 403, 17, /banned/);
    assert.equal(await codeAtConnecting(ada), 17);
    await backend.call('DELETE', '/moderation/ban', undefined, { target_user_id: 'ada' });
    assert.equal((await ada.call('GET', '/unread')).status, 200);
    await (await ada.socket()).close();
  });

  it('is let in again when the ban has ended', async () => {
    let now = Date.now();
    const timed = await start({ now: () => now });
    const bob = await Person.known(timed, 'bob');
    await (
      await Person.backend(timed)
    ).call('POST', '/moderation/ban', { target_user_id: 'bob', timeout: 1 });
    refused(await bob.call('GET', '/unread'), 403, 17, /banned/);

    now += 61_000;

    assert.equal((await bob.call('GET', '/unread')).status, 200);
    await timed.close();
  });
});

describe('S15 tokens that are revoked', () => {
  it('are refused with 40 when they are older, or do not say how old they are', async () => {
    await Person.known(server, 'cal');
    const [old, undated, fresh] = [
      await holding('cal', seconds(-100)),
      await holding('cal', undefined),
      await holding('cal', seconds(0)),
    ];
    const sockets = [await old.socket(), await undated.socket(), await fresh.socket()] as const;

    const before = new Date(seconds(-50) * 1000).toISOString();
    const revoked = await backend.call('PATCH', '/users', {
      users: [{ id: 'cal', set: { revoke_tokens_issued_before: before } }],
    });

    assert.equal(revoked.status, 200);
    assert.deepEqual([await sockets[0].closed, await sockets[1].closed], [1008, 1008]);
    for (const person of [old, undated]) {
      refused(await person.call('GET', '/unread'), 401, 40, /revoked/);
      assert.equal(await codeAtConnecting(person), 40);
    }
    assert.equal((await fresh.call('GET', '/unread')).status, 200);
    await sockets[2].close();
    await backend.call('PATCH', '/users', {
      users: [{ id: 'cal', set: { revoke_tokens_issued_before: null } }],
    });
    assert.equal((await old.call('GET', '/unread')).status, 200);
  });

  it('may be those of all users', async () => {
    await Person.known(server, 'dan');
    const [old, fresh] = [await holding('dan', seconds(-100)), await holding('dan', seconds(0))];

    const before = new Date(seconds(-50) * 1000).toISOString();
    await backend.call('PATCH', '/app', { revoke_tokens_issued_before: before });

    refused(await old.call('GET', '/unread'), 401, 40, /revoked/);
    assert.equal((await fresh.call('GET', '/unread')).status, 200);
    assert.equal((await backend.query('/users', {})).status, 200);
    await backend.call('PATCH', '/app', { revoke_tokens_issued_before: null });
    assert.equal((await old.call('GET', '/unread')).status, 200);
  });
});

describe('S15 a user whom a backend deletes', () => {
  it('loses the connection, and followers are told', async () => {
    const [eve, fay] = [await Person.known(server, 'eve'), await Person.known(server, 'fay')];
    const [gone, follower] = [await eve.socket(), await fay.socket()];
    const query = { filter_conditions: { id: 'eve' }, presence: true };
    await fay.query('/users', query, { connection_id: follower.id });

    assert.equal((await backend.call('DELETE', '/users/eve')).status, 200);

    assert.equal(await gone.closed, 1008);
    await until(async () => (await follower.types()).includes('user.deleted'));
    assert.equal(await codeAtConnecting(eve), 17);
    await follower.close();
  });
});
