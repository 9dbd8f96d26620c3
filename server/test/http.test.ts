import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, Person, refused, SECRET, start, type Answer, type Body } from './support.js';
import { userToken } from '../src/token.js';

let server: RunningServer;
let ada: Person;
let pages: string;
before(async () => {
  pages = await mkdtemp(join(tmpdir(), 'pages-'));
  await writeFile(join(pages, 'index.html'), '<h1>Demo</h1>');
  server = await start({ demo: true, staticDirs: { '/': pages } });
  ada = await Person.of(server, 'ada');
});
after(async () => {
  await server.close();
  await rm(pages, { recursive: true });
});

async function raw(path: string, init: RequestInit = {}): Promise<Answer & { headers: Headers }> {
  const response = await fetch(`${server.url}${path}`, init);
  return { status: response.status, body: (await response.json()) as Body, headers: response.headers };
}

describe('every answer', () => {
  it('has a duration, and 201 on POST', async () => {
    const { status, body } = await ada.call('POST', '/channels', {});

    assert.equal(status, 201);
    assert.match(String(body['duration']), /^\d+\.\d\dms$/);
  });

  it('is the protocol’s error for what does not exist', async () => {
    refused(await raw('/nowhere?api_key=key'), 404, 16, /GET \/nowhere$/);
    refused(await ada.call('DELETE', '/channels/messaging'), 404, 16);
    refused(await ada.call('POST', '/og', {}), 404, 16);
  });

  it('refuses a URL that cannot be decoded', async () => {
    refused(await raw('/messages/%zz?api_key=key'), 400, 4);
  });

  it('refuses headers above 64 KiB, and what is no HTTP, in the protocol’s words', async () => {
    const said = (text: string) =>
      new Promise<string>((resolve) => {
        let answer = '';
        const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
        socket.on('data', (data) => (answer += data.toString()));
        socket.on('close', () => resolve(answer));
      });

    assert.match(
      await said(`GET /hi HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(70_000)}\r\n\r\n`),
      /431[^]*"code":24/,
    );
    assert.match(await said('nonsense\r\n\r\n'), /400[^]*"code":4/);
  });

  it('lets pages of other origins read it', async () => {
    const preflight = await fetch(`${server.url}/channels?api_key=key`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://page.test',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers':
          'authorization,stream-auth-type,x-stream-client,x-client-request-id,content-type',
      },
    });
    const { headers } = await raw('/hi', { headers: { origin: 'https://page.test' } });

    assert.equal(preflight.status, 204);
    assert.match(String(preflight.headers.get('access-control-allow-methods')), /PATCH/);
    assert.match(String(preflight.headers.get('access-control-allow-headers')), /stream-auth-type/i);
    assert.equal(headers.get('access-control-allow-origin'), '*');
    assert.deepEqual(String(headers.get('access-control-expose-headers')).split(/, */), [
      'Date',
      'Retry-After',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
    ]);
  });
});

describe('authentication of commands', () => {
  it('refuses unknown keys, missing, expired and forged tokens, and anonymous users', async () => {
    const call = (token: string, more: Record<string, string> = {}, key = 'key') =>
      raw(`/unread?api_key=${key}`, { headers: { ...(token ? { authorization: token } : {}), ...more } });

    refused(await call(ada.token, {}, 'other'), 401, 2);
    refused(await raw('/unread', { headers: { authorization: ada.token } }), 401, 2);
    refused(await call(''), 401, 5);
    refused(await call('nonsense'), 401, 5);
    const expired = await call(await userToken(SECRET, 'ada', { exp: 1 }), { origin: 'https://page.test' });
    refused(expired, 401, 40);
    // A page whose token has run out can tell by what clock, and may read that.
    assert.ok(Date.parse(String(expired.headers.get('date'))) > 0);
    assert.match(String(expired.headers.get('access-control-expose-headers')), /\bDate\b/);
    refused(await call(await userToken('another secret of 32 characters!', 'ada')), 401, 43);
    refused(await call('', { 'stream-auth-type': 'anonymous' }), 401, 5);
  });

  it('takes the user from the token, not from user_id', async () => {
    const { body } = await ada.call('GET', '/unread', undefined, { user_id: 'bob' });

    assert.equal(typeof body['total_unread_count'], 'number');
  });
});

describe('probes', () => {
  it('say that the server is ready, and count', async () => {
    const health = await raw('/healthz');
    const metrics = await (await fetch(`${server.url}/metrics`)).text();

    assert.deepEqual([health.status, health.body['status']], [200, 'ok']);
    assert.match(metrics, /^chat_monthly_active_users \d/m);
    assert.match(metrics, /^chat_concurrent_connections 0$/m);
  });
});

describe('the demo', () => {
  it('serves its pages, its key and tokens for its users alone', async () => {
    const page = await fetch(`${server.url}/`);
    const { body } = await raw('/demo/token?user_id=ada');

    assert.deepEqual([page.status, await page.text()], [200, '<h1>Demo</h1>']);
    assert.equal((await raw('/demo/config.json')).body['apiKey'], 'key');
    assert.equal(body['token'], ada.token);
    refused(await raw('/demo/token?user_id=mallory'), 404, 16, /mallory/);
    refused(await raw('/demo/token'), 404, 16);
    refused(await raw('/missing.html'), 404, 16);
    refused(await raw('/.hidden'), 404, 16);
  });

  it('has conversations to look at, among them messaging:demo', async () => {
    const { body } = await ada.call('POST', '/channels', {
      filter_conditions: { members: { $in: ['ada'] } },
    });

    const states = body['channels'] as Body[];
    assert.equal(states.length, 5);
    const demo = states.find((state) => at(state, 'channel', 'cid') === 'messaging:demo');
    assert.equal((at(demo, 'messages') as Body[]).length, 8);
    assert.equal((at(demo, 'members') as Body[]).length, 4);
  });
});
