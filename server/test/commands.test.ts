import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { startServer, type RunningServer, type ServerOptions } from '../src/app.js';
import { HELP, runCommand } from '../src/commands.js';
import { Tokens } from '../src/token.js';
import { MAIN } from './process.js';
import { at, newDatabase, Person, PNG, pluck, SECRET, sentBy } from './support.js';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'chat-'))));
after(() => rm(folder, { recursive: true }));

/** A place that was never used. */
async function newPlace(): Promise<Partial<ServerOptions>> {
  const dataDir = await mkdtemp(join(folder, 'data-'));
  return { dataDir, databaseUrl: await newDatabase(), apiKey: 'key', apiSecret: SECRET };
}

/** What the command printed. */
async function run(args: string[], options: Partial<ServerOptions> = {}, input = ''): Promise<string> {
  const output = new PassThrough();
  const printed = text(output);
  await runCommand(args, options, { input: Readable.from([input]), output }).finally(() => output.end());
  return printed;
}

async function serving<T>(
  options: Partial<ServerOptions>,
  task: (server: RunningServer) => Promise<T>,
): Promise<T> {
  const server = await startServer({ port: 0, ...options });
  try {
    return await task(server);
  } finally {
    await server.close();
  }
}

describe('the program', () => {
  it('prints its help, and refuses what it does not know', async () => {
    assert.equal(await run(['--help']), HELP);
    assert.equal(await run(['token', '--help']), HELP);
    await assert.rejects(run(['dance']), /Unknown command "dance"/);
    await assert.rejects(run(['constructor']), /Unknown command/);
    await assert.rejects(run(['export', 'all']), /export takes no "all"/);
  });

  it('is a program', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'dance'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
    assert.equal(code, 1);
    assert.match(said, /^Unknown command "dance"/);
  });
});

describe('token', () => {
  it('is one that the server takes, for a time or without end', async () => {
    const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object; // prettier-ignore
    const options = { apiKey: 'key', apiSecret: SECRET, now: () => 1_700_000_000_000 };

    const [endless, short] = [
      await run(['token', 'ada'], options),
      await run(['token', 'ada', '--hours', '2'], options),
    ];

    assert.equal((await new Tokens(SECRET).verify(endless.trim())).userId, 'ada');
    const iat = 1_700_000_000;
    assert.deepEqual(claims(endless), { user_id: 'ada', iat });
    assert.deepEqual(claims(short), { user_id: 'ada', iat, exp: iat + 7200 });
    const forBackend = await run(['token', '--server'], options);
    assert.deepEqual(await new Tokens(SECRET).verify(forBackend.trim()), {
      userId: '',
      kind: 'server',
      issuedAt: iat,
    });
    await assert.rejects(run(['token', 'ada', '--server'], options), /takes no "ada"/);
    await assert.rejects(run(['token'], options), /token needs a user id/);
    await assert.rejects(run(['token', 'a b'], options), /a b/);
    await assert.rejects(run(['token', 'ada', 'bob'], options), /takes no "bob"/);
    await assert.rejects(run(['token', 'ada', '--hours', 'x'], options), /--hours/);
    await assert.rejects(run(['token', 'ada', '--days', '2'], options), /--days/);
  });
});

describe('key', () => {
  it('is new each time, and long enough for the server', async () => {
    const [one, other] = [await run(['key']), await run(['key'])];

    assert.match(one, /^CHAT_API_KEY=[0-9a-f]{12}\nCHAT_API_SECRET=[0-9a-f]{64}\n$/);
    assert.notEqual(one, other);
  });
});

describe('user', () => {
  it('is made with a name and a role, and changed', async () => {
    const place = await newPlace();

    const made = JSON.parse(
      await run(['user', 'root', '--name', 'Root', '--role', 'admin'], place),
    ) as unknown;
    await run(['user', 'root', '--name', 'Roots'], place);

    assert.deepEqual(made, { id: 'root', name: 'Root', role: 'admin' });
    await serving(place, async (server) => {
      const root = await Person.of(server, 'root');
      const { body } = await root.query('/users', { filter_conditions: { id: 'root' } });
      assert.deepEqual([at(body, 'users', 0, 'name'), at(body, 'users', 0, 'role')], ['Roots', 'admin']);
    });
    await assert.rejects(
      run(['user', 'root', '--role', 'king'], place),
      /--role is one of user, admin; got "king"/,
    );
  });
});

describe('an export', () => {
  it('holds everything, and makes it again in an empty store of any kind', async () => {
    const place = { ...(await newPlace()), uploadsDir: join(folder, 'uploads') };
    const cid = await serving(place, async (server) => {
      const [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
      await ada.call('POST', '/channels/messaging/moved/query', {
        data: { name: 'Moved', members: ['ada', 'bob'] },
      });
      const { id } = await sentBy(ada, 'messaging:moved', {
        text: 'find me',
        mood: { calm: true },
        pinned: true,
      });
      await sentBy(bob, 'messaging:moved', { text: 'reply', parent_id: id });
      await bob.call('POST', `/messages/${String(id)}/reaction`, { reaction: { type: 'like' } });
      await bob.call('POST', '/channels/messaging/moved/draft', { message: { text: 'half' } });
      await ada.upload('/channels/messaging/moved/image', { name: 'dot.png', content: PNG });
      await ada.call('POST', '/polls', { name: 'Tea?', options: [{ text: 'yes' }] });
      await ada.call('POST', '/moderation/mute', { target_id: 'bob' });
      await ada.call('POST', '/moderation/mute/channel', { channel_cid: 'messaging:moved' });
      return 'messaging:moved';
    });

    const exported = await run(['export'], place);
    const other = { ...(await newPlace()), uploadsDir: place.uploadsDir };
    assert.match(await run(['import'], other, exported), /^\d+ rows imported\.\n$/);

    assert.equal(await run(['export'], other), exported);
    await serving(other, async (server) => {
      const bob = await Person.of(server, 'bob');
      const { body } = await bob.call('GET', `/channels/${cid.replace(':', '/')}`);
      assert.deepEqual(pluck(body, 'messages', 'text'), ['find me']);
      assert.deepEqual(at(body, 'messages', 0, 'mood'), { calm: true });
      assert.equal(at(body, 'messages', 0, 'reaction_counts', 'like'), 1);
      assert.equal(at(body, 'draft', 'message', 'text'), 'half');
      const found = await bob.query('/search', { filter_conditions: { cid }, query: 'find' });
      assert.equal(at(found.body, 'results', 0, 'message', 'text'), 'find me');
      await sentBy(bob, cid, { text: 'goes on' });
    });
  });

  it('is taken whole or not at all', async () => {
    const place = await newPlace();
    await run(['user', 'ada'], place);
    const exported = await run(['export'], place);
    const lines = exported.trimEnd().split('\n');
    const [empty, cut] = [await newPlace(), lines.slice(0, -1).join('\n')];
    const importing = (input: string, into = empty) => run(['import'], into, input);

    await assert.rejects(importing(exported, place), /not empty/);
    await assert.rejects(importing(cut), /end with the number of its rows, 1; got undefined/);
    await assert.rejects(importing(''), /end with the number of its rows/);
    await assert.rejects(importing(exported.replace('005_trust', '999_future')), /999_future/);
    await assert.rejects(importing(`{"format":"other"}`), /Line 1 must say/);
    await assert.rejects(importing(`${cut}\nnonsense`), /Line 3 must be a JSON object; got "nonsense"/);
    await assert.rejects(
      importing(`${cut}\n{"table":"passwords","row":{}}`),
      /Line 3 .* known table; got "passwords"/,
    );
    await assert.rejects(importing(`${cut}\n{"table":"users","row":{"unknown":1}}`), /unknown/);
    assert.match(await importing(exported), /^1 rows/);
  });

  it('needs the store for itself', async () => {
    const place = await newPlace();

    await serving(place, async () => {
      await assert.rejects(run(['export'], place), /in use|another server/);
    });
  });
});
