import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, metric, openSocket, Person, refused, start, type Body, type Socket } from './support.js';

let server: RunningServer;
let ada: Person;
const now = Date.now();
before(async () => {
  server = await start({ rateLimit: 3, now: () => now });
  ada = await Person.known(server, 'ada');
});
after(() => server.close());

async function ask(path: string): Promise<Response> {
  const search = new URLSearchParams({ api_key: 'key', user_id: 'ada' });
  return fetch(`${server.url}${path}?${search.toString()}`, { headers: { authorization: ada.token } });
}

describe('the rate limit', () => {
  it('says how many requests are left, and refuses what is too much, endpoint by endpoint', async () => {
    const answers = [await ask('/unread'), await ask('/unread'), await ask('/unread'), await ask('/unread')];

    const header = (name: string) => answers.map(({ headers }) => headers.get(name));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 429],
    );
    assert.deepEqual(header('x-ratelimit-limit'), ['3', '3', '3', '3']);
    assert.deepEqual(header('x-ratelimit-remaining'), ['2', '1', '0', '0']);
    const reset = (Math.floor(now / 60_000) + 1) * 60;
    assert.deepEqual(new Set(header('x-ratelimit-reset')), new Set([String(reset)]));
    assert.equal(Number(header('retry-after')[3]), Math.max(1, Math.ceil(reset - now / 1000)));
    refused({ status: 429, body: (await answers[3]?.json()) as Body }, 429, 9, /3 per minute/);
    assert.equal((await ask('/users')).status, 200);
    assert.equal(await metric(server, 'chat_rate_limited_total'), 1);
  });

  it('counts each user for themselves, and lets a backend ask more', async () => {
    const bob = await Person.known(server, 'bob');
    const backend = await Person.backend(server);

    assert.equal((await bob.call('GET', '/unread')).status, 200);
    for (let count = 0; count < 10; count++) assert.equal((await backend.query('/users', {})).status, 200);
  });
});

describe('who has no name', () => {
  /** Asks as an anonymous visitor behind proxies that say so. @returns How many requests are left. */
  async function left(behind: RunningServer, forwarded: string): Promise<string | null> {
    const headers = { 'stream-auth-type': 'anonymous', 'x-forwarded-for': forwarded };
    return (await fetch(`${behind.url}/app?api_key=key`, { headers })).headers.get('x-ratelimit-remaining');
  }

  it('is counted by their address, as proxies that are trusted say it', async () => {
    const behind = await start({ anonymous: true, rateLimit: 9, proxies: 1, now: () => now });

    assert.equal(await left(behind, '10.0.0.1'), '8');
    assert.equal(await left(behind, '10.0.0.2'), '8');
    // What stands before the proxy's own entry is the visitor's word.
    assert.equal(await left(behind, '10.0.0.9, 10.0.0.1'), '7');
    await behind.close();
  });

  it('cannot choose an address where no proxy is trusted', async () => {
    const alone = await start({ anonymous: true, rateLimit: 9, now: () => now });

    assert.equal(await left(alone, '10.0.0.1'), '8');
    assert.equal(await left(alone, '10.0.0.2'), '7');
    await alone.close();
  });
});

describe('attempts to open a WebSocket', () => {
  /** The code with which the attempt is refused. */
  async function codeOf(attempt: Socket): Promise<unknown> {
    return at(await attempt.next(), 'error', 'code');
  }

  it('are counted for each user, and refused with 9 in the first frame', async () => {
    const own = await start({ rateLimit: 2, now: () => now });
    const [bob, eve] = [await Person.of(own, 'bob'), await Person.of(own, 'eve')];
    const tries = [];
    for (let count = 0; count < 3; count++)
      tries.push(await codeOf(openSocket(own, bob.token, bob.payload())));

    assert.deepEqual(tries, [undefined, undefined, 9]);
    assert.equal(await codeOf(openSocket(own, eve.token, eve.payload())), undefined);
    await own.close();
  });

  it('of who has no name are counted by address, as proxies that are trusted say it', async () => {
    const behind = await start({ anonymous: true, rateLimit: 1, proxies: 1, now: () => now });
    const json = JSON.stringify({ user_details: { id: 'anon' } });
    const tries = [];
    for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.9, 10.0.0.1'])
      tries.push(
        await codeOf(
          openSocket(behind, '', json, { 'stream-auth-type': 'anonymous' }, { 'x-forwarded-for': address }),
        ),
      );

    assert.deepEqual(tries, [undefined, undefined, 9]);
    await behind.close();
  });
});

describe('connections of one user', () => {
  it('are twenty at most; one more is refused with 71', async () => {
    const own = await start();
    const bob = await Person.known(own, 'bob');
    const sockets: Socket[] = [];
    for (let count = 0; count < 20; count++) sockets.push(await bob.socket());

    const refusedOne = openSocket(own, bob.token, bob.payload());
    const { error } = await refusedOne.take('connection.error');

    assert.equal((error as Body)['code'], 71);
    await sockets[0]?.close();
    await (await bob.socket()).close();
    await Promise.all(sockets.slice(1).map((socket) => socket.close()));
    await own.close();
  });
});
