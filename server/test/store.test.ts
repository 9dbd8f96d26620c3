import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { startServer, type RunningServer } from '../src/app.js';
import { at, Person, pluck, SECRET } from './support.js';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let dataDir: string;
before(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'chat-'))));
after(() => rm(dataDir, { recursive: true }));

/** The server as a process of its own, once it answers. */
async function run(
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; server: RunningServer }> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: {
      ...process.env,
      PORT: '0',
      DATA_DIR: dataDir,
      CHAT_API_KEY: 'key',
      CHAT_API_SECRET: SECRET,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /http:\S+/.exec(line.toString())?.[0] ?? assert.fail(line.toString());
  const close = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { child, server: { url, port: Number(new URL(url).port), apiKey: 'key', apiSecret: SECRET, close } };
}

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
  it('keeps what was acknowledged through kill -9, and is taken over from the dead', async () => {
    const first = await run();
    const ada = await Person.known(first.server, 'ada');
    await ada.call('POST', '/channels/messaging/kept/query', { data: { name: 'Kept' } });
    const acknowledged: string[] = [];
    const died = once(first.child, 'exit');
    const write = async (): Promise<void> => {
      for (let n = 0; ; n++) {
        const answer = await ada.send('messaging:kept', { text: String(n) });
        if (answer.status === 201) acknowledged.push(String(n));
        if (n === 20) first.child.kill('SIGKILL');
      }
    };

    await assert.rejects(write());
    await died;
    const second = await run();
    const again = await Person.of(second.server, 'ada');

    const kept = await texts(again);
    assert.ok(acknowledged.length > 20);
    assert.deepEqual(kept.slice(0, acknowledged.length), acknowledged);
    await second.server.close();
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
