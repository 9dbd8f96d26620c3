import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { compareTimes } from '../../src/protocol.js';
import { startServer } from '../src/app.js';
import { MAIN, runServer } from './process.js';
import { at, Person, pluck, refused, SECRET, type Body } from './support.js';

/** Of the process, one after the other on the same data. */
const KILLS = 5;

let dataDir: string;
before(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'chat-'))));
after(() => rm(dataDir, { recursive: true }));

const run = (env: Record<string, string> = {}) => runServer({ DATA_DIR: dataDir, ...env });

/** The sentence with which a server refuses to start. */
async function refusal(env: Record<string, string>): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { ...process.env, PORT: '0', DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

async function texts(person: Person): Promise<unknown[]> {
  const { body } = await person.call('POST', '/channels/messaging/kept/query', { messages: { limit: 300 } });
  return pluck(body, 'messages', 'text');
}

describe('the data folder', () => {
  it('keeps what was acknowledged through kill -9, time and again, and is taken over from the dead', async () => {
    const acknowledged = new Set<string>();
    const unsure: string[] = [];
    const refusals: Body[] = [];
    for (let round = 0; round < KILLS; round++) {
      const { child, server } = await run();
      const ada = await Person.known(server, 'ada');
      await ada.call('POST', '/channels/messaging/kept/query', { data: { name: 'Kept' } });
      for (const id of unsure.splice(0)) {
        const answer = await ada.send('messaging:kept', { id, text: id });
        if (answer.status !== 201) refused(answer, 400, 4, /already exists/);
        acknowledged.add(id);
      }
      const died = once(child, 'exit');
      const enough = acknowledged.size + 20;
      const write = async (writer: number): Promise<void> => {
        for (let n = 0; ; n++) {
          const id = `${round}-${writer}-${n}`;
          unsure.push(id);
          const { status, body } = await ada.send('messaging:kept', { id, text: id });
          if (status !== 201) refusals.push(body);
          unsure.splice(unsure.indexOf(id), 1);
          if (acknowledged.add(id).size === enough) child.kill('SIGKILL');
        }
      };

      await Promise.allSettled([write(1), write(2), write(3)]);
      await died;
    }
    assert.deepEqual(refusals, []);
    const { server } = await run();

    const kept = await texts(await Person.of(server, 'ada'));
    assert.ok(acknowledged.size >= 20 * KILLS);
    assert.equal(new Set(kept).size, kept.length);
    assert.deepEqual([...acknowledged].filter((text) => !kept.includes(text)), []); // prettier-ignore
    await server.close();
  });

  it('keeps users, channels and counts through an orderly restart, whose sockets close with 1012', async () => {
    const first = await run();
    const bob = await Person.known(first.server, 'bob', { name: 'Bob', city: 'Oslo' });
    const socket = await bob.socket();

    await first.server.close();
    const code = await socket.closed;
    const second = await run();

    const again = await Person.of(second.server, 'bob');
    const { body } = await again.query('/users', { filter_conditions: { id: 'bob' } });
    const metrics = await (await fetch(`${second.server.url}/metrics`)).text();
    assert.deepEqual([code, first.child.exitCode], [1012, 0]);
    assert.deepEqual([at(body, 'users', 0, 'name'), at(body, 'users', 0, 'city')], ['Bob', 'Oslo']);
    assert.match(metrics, /^chat_monthly_active_users 1$/m);
    await second.server.close();
  });

  it('answers held polls when the server ends', async () => {
    const server = await startServer({ port: 0, dataDir, apiKey: 'key', apiSecret: SECRET });
    const ada = await Person.of(server, 'ada');
    const { body } = await ada.call('GET', '/longpoll', undefined, { json: ada.payload() });
    const held = ada.call('GET', '/longpoll', undefined, {
      connection_id: String(at(body, 'event', 'connection_id')),
    });
    await ada.call('GET', '/unread');

    await server.close();

    assert.deepEqual([(await held).status, (await held).body['events']], [200, []]);
  });

  it('is refused to a second server, in this process and in another', async () => {
    const server = await startServer({ port: 0, dataDir });

    const other = await refusal({});

    await assert.rejects(startServer({ port: 0, dataDir }), /in use by another server/);
    assert.equal(other.code, 1);
    assert.match(
      other.said,
      /^The data folder .* is in use by another server \(process \d+\)\. Stop that one/,
    );
    await server.close();
  });

  it('is taken over when the lock names a process that is not the one that took it', async () => {
    await writeFile(join(dataDir, 'server.lock'), `${process.ppid} 1`);

    const server = await startServer({ port: 0, dataDir });

    await server.close();
  });

  it('keeps a key and a secret, made once, for this user alone', async () => {
    const first = await startServer({ port: 0, dataDir });
    await first.close();
    const second = await startServer({ port: 0, dataDir });
    await second.close();

    const { mode } = await stat(join(dataDir, 'credentials.json'));
    assert.deepEqual([first.apiKey, first.apiSecret], [second.apiKey, second.apiSecret]);
    assert.match(first.apiSecret, /^[0-9a-f]{64}$/);
    assert.equal(mode & 0o777, 0o600);
  });

  it('says what to do about credentials that cannot be read', async () => {
    const file = join(dataDir, 'credentials.json');
    const good = await readFile(file, 'utf8');
    await writeFile(file, '{}');

    await assert.rejects(
      startServer({ port: 0, dataDir }),
      /credentials\.json must hold .* Repair it, or remove it/,
    );

    await writeFile(file, good);
    await chmod(file, 0o600);
  });

  it('keeps its epoch, which a copy of it has not', async () => {
    const epochOf = async (folder: string) => {
      const server = await startServer({ port: 0, dataDir: folder, apiKey: 'key', apiSecret: SECRET });
      const ada = await Person.of(server, 'ada');
      const { body } = await ada.call('GET', '/longpoll', undefined, { json: ada.payload() });
      await server.close();
      return at(body, 'event', 'epoch');
    };
    const copy = await mkdtemp(join(tmpdir(), 'chat-'));
    const epoch = await epochOf(dataDir);
    await cp(dataDir, copy, { recursive: true, preserveTimestamps: true });

    assert.equal(typeof epoch, 'string');
    assert.equal(await epochOf(dataDir), epoch);
    const other = await epochOf(copy);
    assert.notEqual(other, epoch);
    assert.equal(await epochOf(copy), other);
    await rm(copy, { recursive: true });
  });

  it('keeps time going on through a restart, in every channel, though the machine’s clock went back', async () => {
    const options = { port: 0, dataDir, apiKey: 'key', apiSecret: SECRET };
    const first = await startServer({ ...options, now: () => Date.now() + 3_600_000 });
    const ada = await Person.known(first, 'ada');
    await ada.call('POST', '/channels/messaging/quiet/query', {});
    const { body: before } = await ada.send('messaging:kept', { text: 'before' });
    await first.close();

    const second = await startServer(options);
    const { body: after } = await (await Person.of(second, 'ada')).send('messaging:quiet', { text: 'after' });

    const [earlier, later] = [before, after].map((body) => String(at(body, 'message', 'created_at')));
    assert.ok(compareTimes(String(earlier), String(later)) < 0, `${earlier} ${later}`);
    await second.close();
  });
});

describe('a start that cannot be', () => {
  it('ends with 1 and one sentence', async () => {
    const { code, said } = await refusal({ PORT: 'http' });

    assert.deepEqual(
      [code, said],
      [1, 'PORT must be a whole number from 0 (any free one) to 65535; got "http".\n'],
    );
  });

  it('says that the port is taken', async () => {
    const server = await startServer({ port: 0, dataDir });
    const other = await mkdtemp(join(tmpdir(), 'chat-'));

    const { code, said } = await refusal({ PORT: String(server.port), DATA_DIR: other });

    assert.equal(code, 1);
    assert.match(said, /^Port \d+ on 127\.0\.0\.1 is taken/);
    await server.close();
    await rm(other, { recursive: true });
  });
});
