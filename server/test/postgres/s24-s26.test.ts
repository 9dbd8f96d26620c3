import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../../src/app.js';
import { runServer } from '../process.js';
import { at, newChannel, Person, refused, SECRET, sentBy, until, urlOf } from '../support.js';
import { Several } from './several.js';

let several: Several;
before(async () => void (several = await Several.start(1, { peerGoneMs: 5000 })));
after(() => several.close());

const here = () => several.servers[0] ?? assert.fail();

describe('S24 a poll that lands on another server', () => {
  it('gets its events there, and 46 within 2 s once the server of its connection is gone', async () => {
    const { child, server } = await runServer(several.env);
    const [ada, away, home] = [
      await Person.known(server, 'ada'),
      await Person.known(server, 'bob'),
      await Person.of(here(), 'bob'),
    ];
    const cid = await newChannel(ada);
    const opened = await away.call('GET', '/longpoll', undefined, { json: away.payload() });
    const id = String(at(opened.body, 'event', 'connection_id'));
    await home.call('POST', `${urlOf(cid)}/query`, { watch: true }, { connection_id: id });
    await sentBy(ada, cid, { text: 'hello' });

    const { body } = await home.call('GET', '/longpoll', undefined, { connection_id: id });
    assert.match(JSON.stringify(body['events']), /hello/);
    const held = home.call('GET', '/longpoll', undefined, { connection_id: id, ack: String(body['ack']) });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killed = performance.now();

    let answer = await held;
    // The hold may have ended a moment before the kill.
    if (answer.status === 200)
      answer = await home.call('GET', '/longpoll', undefined, {
        connection_id: id,
        ack: String(answer.body['ack']),
      });
    refused(answer, 400, 46);
    const took = performance.now() - killed;
    // Two seconds, and what a busy machine adds.
    assert.ok(took < 10_000, `${took.toFixed(0)} ms`);
    const missed = await home.call('POST', '/sync', {
      channel_cids: [cid],
      last_sync_at: new Date(Date.now() - 60_000).toISOString(),
    });
    assert.match(JSON.stringify(missed.body), /hello/);
  });

  it('is refused for a connection of another user, and for one that never was', async () => {
    const other = await several.add();
    const [ada, eve] = [await Person.known(here(), 'ada'), await Person.known(here(), 'eve')];
    const opened = await ada.call('GET', '/longpoll', undefined, { json: ada.payload() });
    const id = String(at(opened.body, 'event', 'connection_id'));
    const atOther = await Person.of(other, 'eve');

    refused(await eve.call('GET', '/longpoll', undefined, { connection_id: id }), 400, 46);
    refused(await atOther.call('GET', '/longpoll', undefined, { connection_id: id }), 400, 46);
    refused(
      await atOther.call('GET', '/longpoll', undefined, { connection_id: `x-${id.split('-').at(-1) ?? ''}` }),
      400,
      46,
    );
    refused(await atOther.call('GET', '/longpoll', undefined, { connection_id: 'x' }), 400, 46);
  });
});

describe('S26 a server that dies', () => {
  it('leaves no users behind as if they were online', async () => {
    const { child, server } = await runServer(several.env);
    const [ada, bob] = [await Person.known(here(), 'ada'), await Person.known(server, 'bob')];
    const follower = await ada.socket();
    const query = { filter_conditions: { id: 'bob' }, presence: true };
    await ada.query('/users', query, { connection_id: follower.id });
    const online = async () =>
      at((await ada.query('/users', { filter_conditions: { id: 'bob' } })).body, 'users', 0, 'online');
    const ghost = await bob.socket();
    // It comes by way of Redis, which may take longer than an answer.
    const came = await follower.take('user.presence.changed');
    assert.deepEqual([at(came, 'user', 'online'), await online()], [true, true]);

    child.kill('SIGKILL');
    await once(child, 'exit');

    const told = await follower.take('user.presence.changed');
    assert.deepEqual([at(told, 'user', 'id'), at(told, 'user', 'online')], ['bob', false]);
    await until(async () => (await online()) === false);
    await ghost.closed;
    await follower.close();
  });

  it('says goodbye when it is told to end, and who comes back meanwhile was never away', async () => {
    const other = await several.add();
    const [ada, there, back] = [
      await Person.known(here(), 'ada'),
      await Person.known(other, 'bob'),
      await Person.of(here(), 'bob'),
    ];
    const follower = await ada.socket();
    await ada.query(
      '/users',
      { filter_conditions: { id: 'bob' }, presence: true },
      { connection_id: follower.id },
    );
    const leaving = await there.socket();
    await follower.take('user.presence.changed');

    await other.close();
    assert.equal(await leaving.closed, 1012);
    const socket = await back.socket();

    const types = await follower.drain();
    assert.deepEqual(
      types.filter(({ type, user }) => type === 'user.presence.changed' && at(user, 'online') === false),
      [],
    );
    await socket.close();
    await follower.close();
  });
});

describe('a server that shares its database', () => {
  it('is refused while another holds it alone, and refuses one that would', async () => {
    const start = (redisUrl: string) =>
      startServer({
        port: 0,
        dataDir: 'memory://',
        apiKey: 'key',
        apiSecret: SECRET,
        databaseUrl: several.databaseUrl,
        redisUrl,
        log: () => undefined,
      });

    await assert.rejects(start(''), /in use by another chat server.*REDIS_URL/);
    await assert.rejects(start('redis://127.0.0.1:1'), /Redis cannot be reached/);
  });

  it('counts requests together with the others', async () => {
    const limited = await Several.start(2, { rateLimit: 3, now: () => 1_800_000_000_000 });
    const [first] = limited.servers;
    if (!first) assert.fail();
    await Person.known(first, 'ada');
    const ada = await limited.person('ada');

    const answers = [];
    for (let turn = 0; turn < 4; turn++) answers.push((await ada[turn % 2]?.call('GET', '/unread'))?.status);

    assert.deepEqual(answers, [200, 200, 200, 429]);
    await limited.close();
  });
});
