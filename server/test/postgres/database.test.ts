import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { IN_MEMORY, startServer, type RunningServer } from '../../src/app.js';
import { optionsFromEnv } from '../../src/config.js';
import { sharedCluster, type Cluster } from '../cluster.js';
import { at, newChannel, Person, SECRET, sentBy, until } from '../support.js';

let cluster: Cluster;
before(async () => void (cluster = await sharedCluster()));

const servers: RunningServer[] = [];
// A test that failed leaves its own behind.
after(() => Promise.all(servers.map((server) => server.close())));

async function serve(
  databaseUrl: string,
  log: (line: string) => void = () => undefined,
): Promise<RunningServer> {
  const keys = { apiKey: 'key', apiSecret: SECRET };
  const server = await startServer({ port: 0, dataDir: IN_MEMORY, databaseUrl, log, rateLimit: 0, ...keys });
  servers.push(server);
  return server;
}

/** Ends connections as an operator would: that which holds the database, or those that work. */
async function cut(url: string, which: 'holder' | 'workers'): Promise<void> {
  const like = which === 'holder' ? 'like' : 'not like';
  const rows = await cluster.run(
    url,
    `select pid, pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and query ${like} '%concat_ws%'`,
  );
  assert.ok(rows.length > 0, 'there was none');
  const pids = (rows as { pid: number }[]).map(({ pid }) => pid).join();
  // They end in their own time, and until then would take a question with them.
  const left = () => cluster.run(url, `select pid from pg_stat_activity where pid in (${pids})`);
  await until(async () => (await left()).length === 0);
}

describe('a database on a Postgres server', () => {
  it('keeps everything, and its epoch, through a restart; a copy of it begins another', async () => {
    const url = await cluster.database();
    const epochOf = async (address: string) => {
      const server = await serve(address);
      const ada = await Person.of(server, 'ada');
      const { body } = await ada.call('GET', '/longpoll', undefined, { json: ada.payload() });
      await server.close();
      return at(body, 'event', 'epoch');
    };
    const first = await serve(url);
    const ada = await Person.known(first, 'ada');
    await Person.known(first, 'bob');
    const cid = await newChannel(ada);
    const message = await sentBy(ada, cid, { text: 'kept' });
    await first.close();

    const second = await serve(url);
    const { body } = await (await Person.of(second, 'bob')).call('GET', `/messages/${String(message['id'])}`);
    await second.close();
    const epoch = await epochOf(url);
    const copy = `${url}_copy`;
    await cluster.run(
      url.replace(/[^/]*$/, 'postgres'),
      `create database ${copy.replace(/.*\//, '')} template ${url.replace(/.*\//, '')}`,
    );

    assert.equal(at(body, 'message', 'text'), 'kept');
    assert.equal(await epochOf(url), epoch);
    assert.notEqual(await epochOf(copy), epoch);
  });

  it('is refused to a second server', async () => {
    const url = await cluster.database();
    const server = await serve(url);

    await assert.rejects(serve(url), /^Error: The database is in use by another chat server\. Stop that one/);

    await server.close();
    await (await serve(url)).close();
  });

  it('must keep what it acknowledged', async () => {
    const url = await cluster.database();
    await cluster.run(url, `alter database ${url.replace(/.*\//, '')} set synchronous_commit = off`);

    await assert.rejects(serve(url), /synchronous_commit must be "on" .* got "off"\. Set it/);
  });

  it('must be there at the start', async () => {
    await assert.rejects(
      serve('postgres://chat:hidden@127.0.0.1:1/chat'),
      (error: Error) => /^The database cannot be reached: .*ECONNREFUSED/.test(error.message) && !/hidden/.test(error.message), // prettier-ignore
    );
  });

  it('needs no folder but for the keys that are made once', async () => {
    const dataDir = join(await mkdtemp(join(tmpdir(), 'chat-')), 'keys');
    const databaseUrl = await cluster.database();
    const first = await startServer({ port: 0, dataDir, databaseUrl });
    await first.close();
    const second = await startServer({ port: 0, dataDir, databaseUrl });
    await second.close();

    assert.deepEqual([first.apiKey, first.apiSecret], [second.apiKey, second.apiSecret]);
    await rm(join(dataDir, '..'), { recursive: true });
  });

  it('is named by a URL, whose password no refusal shows', () => {
    assert.equal(optionsFromEnv({ DATABASE_URL: 'postgresql://a/b' }).databaseUrl, 'postgresql://a/b');
    assert.throws(
      () => optionsFromEnv({ DATABASE_URL: 'mysql://me:hidden@a/b' }),
      (error: Error) => /begins with "mysql:"/.test(error.message) && !/hidden/.test(error.message),
    );
  });

  it('is taken again, with a word to the operator, when the connection that holds it is cut', async () => {
    const url = await cluster.database();
    const said: string[] = [];
    const server = await serve(url, (line) => said.push(line));

    await cut(url, 'holder');
    await until(() => said.some((line) => /^The database is back/.test(line)));

    const { status: answered } = await (await Person.of(server, 'ada')).call('GET', '/unread');
    assert.equal(answered, 200);
    assert.match(said[0] ?? '', /^The connection that holds the database is lost/);
    await assert.rejects(serve(url), /in use by another/);
    await server.close();
  });

  it('outlives the loss of idle connections without a word', async () => {
    const url = await cluster.database();
    const said: string[] = [];
    const server = await serve(url, (line) => said.push(line));
    const ada = await Person.known(server, 'ada');

    await cut(url, 'workers');
    await until(async () => (await ada.call('GET', '/unread')).status === 200);

    assert.deepEqual(said, []);
    await server.close();
  });
});
