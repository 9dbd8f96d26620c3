import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { after, before, describe, it } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import type { RunningServer } from '../src/app.js';
import {
  DEMO_RIGHTS,
  EXISTENCE_TOLD,
  guardRoutes,
  RIGHTS,
  type Right,
  type Route,
} from '../src/http/rights.js';
import { userToken } from '../src/token.js';
import { ask, newTarget, people, ROUTES, sampleOf, type Sample, type Target } from './requests.js';
import { openSocket, Person, refused, start, type Answer, type Body, type Socket } from './support.js';

/** Every route that Fastify was given, by its own word. */
const registered = new Set<string>();
const note = (message: unknown) =>
  (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) registered.add(`${each === 'HEAD' ? 'GET' : each} ${url}`);
  });

let server: RunningServer;
let everybody: Awaited<ReturnType<typeof people>>;
let socket: Socket;
let closed: Target;
let open: Target;
before(async () => {
  subscribe('fastify.initialization', note);
  server = await start({ guests: true });
  unsubscribe('fastify.initialization', note);
  everybody = await people(server);
  const { ada, fay } = everybody;
  socket = await ada.socket();
  closed = { ...(await newTarget(ada)), connectionId: socket.id };
  open = { ...(await newTarget(ada, 'livestream')), connectionId: socket.id };
  const { body } = await ada.call('POST', '/channels/messaging/query', { data: { members: closed.pair } });
  const { id } = body['channel'] as Body;
  const left = await fay.call('POST', `/channels/messaging/${String(id)}`, { remove_members: ['fay'] });
  assert.equal(left.status, 201, JSON.stringify(left.body));
});
after(async () => {
  await socket.close();
  await server.close();
});

const swept = new Set<string>();
const missing: Target = {
  cid: 'messaging:missing',
  messageId: 'missing',
  pair: ['ada', 'bob', 'nobody'],
  connectionId: 'none',
  poll: { id: 'absent-poll', option: 'absent-option', vote: 'absent-vote' },
  upload: 'http://localhost/uploads/missing',
};

/** Asks with whatever headers and key. */
async function raw(sample: Sample, headers: Record<string, string>, key = 'key'): Promise<Response> {
  const { method, path, body, query } = sample;
  const search = new URLSearchParams({ user_id: 'ada', api_key: key, ...query });
  return fetch(`${server.url}${path}?${search.toString()}`, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

async function asked(...args: Parameters<typeof raw>): Promise<Answer> {
  const response = await raw(...args);
  return { status: response.status, body: (await response.json()) as Body };
}

/** What the answer says, apart from what differs anyway: its duration and what was asked for. */
function tells({ status, body }: Answer, target: Target): string {
  const { duration: _, ...rest } = body;
  const { cid, messageId, poll } = target;
  return [cid, cid.split(':')[1] ?? '', messageId, poll.id, poll.option, poll.vote].reduce(
    (text, id) => text.replaceAll(id, '…'),
    JSON.stringify({ status, ...rest }),
  );
}

/** An answer that refuses to say or do anything. */
function mustRefuse({ status, body }: Answer): void {
  const said = JSON.stringify(body);
  assert.ok([403, 404].includes(status), `${status} ${said}`);
  refused({ status, body }, status, status === 403 ? 17 : 16);
  assert.doesNotMatch(said, /secret/);
}

const rightOf = (route: Route): Right => RIGHTS[route];
// The WebSocket has a test of its own.
const guarded = ROUTES.filter((route) => rightOf(route) !== 'anyone' && route !== 'GET /connect');
const ofOthers = guarded.filter((route) => rightOf(route) !== 'user');

describe('whoever has no valid token', () => {
  for (const route of guarded)
    it(`is refused ${route}`, async () => {
      const sample = sampleOf(route, closed);
      const { token } = everybody.ada;
      const [head = '', claims = ''] = token.split('.');
      const none = Buffer.from('{"alg":"none"}').toString('base64url');
      const forged = await userToken('another secret of 32 characters!', 'ada');

      refused(await asked(sample, {}), 401, 5);
      refused(await asked(sample, { 'stream-auth-type': 'anonymous' }), 401, 5);
      refused(await asked(sample, { 'stream-auth-type': 'anonymous', authorization: token }), 401, 5);
      refused(await asked(sample, { authorization: token }, 'other'), 401, 2);
      refused(await asked(sample, { authorization: forged }), 401, 43);
      refused(await asked(sample, { authorization: `${head}.${claims}.devtoken` }), 401, 43);
      const unsigned = await asked(sample, { authorization: `${none}.${claims}.` });
      assert.ok([5, 43].includes(Number(unsigned.body['code'])), JSON.stringify(unsigned.body));
      refused(unsigned, 401, Number(unsigned.body['code']));
      swept.add(route);
    });

  for (const route of ROUTES.filter((one) => rightOf(one) === 'anyone'))
    it(`may ask ${route}, and learns of nobody`, async () => {
      const preflight = { origin: 'https://page.test', 'access-control-request-method': 'GET' };

      const response = await raw(sampleOf(route, closed), preflight);

      assert.ok(response.ok, String(response.status));
      assert.doesNotMatch(await response.text(), /secret|\btarget\d|\bada\b/);
      swept.add(route);
    });

  it('is refused the WebSocket', async () => {
    const { token } = everybody.ada;
    const json = everybody.ada.payload();
    const forged = await userToken('another secret of 32 characters!', 'ada');
    const cases: [Socket, number][] = [
      [openSocket(server, '', json), 5],
      [openSocket(server, '', json, { 'stream-auth-type': 'anonymous' }), 5],
      [openSocket(server, token, json, { api_key: 'other' }), 2],
      [openSocket(server, forged, json), 43],
    ];

    for (const [peer, code] of cases) {
      const { error } = await peer.take('connection.error');
      assert.equal((error as Body)['code'], code);
      assert.equal(await peer.closed, 1000);
    }
    swept.add('GET /connect');
  });
});

describe('whoever is not of the channel', () => {
  for (const route of ofOthers.filter((one) => rightOf(one) !== 'named channels'))
    it(`is refused ${route}, and so is who was removed`, async () => {
      for (const person of [everybody.eve, everybody.fay])
        mustRefuse(await ask(person, sampleOf(route, closed)));
    });

  for (const route of ofOthers.filter((one) => rightOf(one) === 'named channels'))
    it(`gets nothing by ${route}, nor does who was removed`, async () => {
      for (const person of [everybody.eve, everybody.fay]) {
        const answer = await ask(person, sampleOf(route, closed));
        if (![200, 201].includes(answer.status)) mustRefuse(answer);
        assert.doesNotMatch(JSON.stringify(answer.body), /secret/);
      }
    });

  for (const route of ofOthers) {
    const reason = EXISTENCE_TOLD[route] ?? EXISTENCE_TOLD[rightOf(route)];
    it(`${reason ? 'learns, as the table says,' : 'does not learn'} what exists from ${route}`, async () => {
      const [there, not] = [
        await ask(everybody.eve, sampleOf(route, closed)),
        // Another id for each: asking for it may make it.
        await ask(everybody.eve, sampleOf(route, { ...missing, cid: `messaging:no${route.length}` })),
      ];

      const same = tells(there, closed) === tells(not, { ...missing, cid: `messaging:no${route.length}` });
      assert.equal(same, !reason, `${tells(there, closed)}\n${tells(not, missing)}`);
    });
  }

  for (const route of ofOthers)
    it(`does not learn who talks to whom from ${route}`, async () => {
      const named = (ids: string[]) => ({
        ...missing,
        cid: `messaging:!members-${createHash('sha256').update(ids.join(',')).digest('base64url')}`,
      });
      const [talking, not] = [named(closed.pair), named(missing.pair)];
      const { ada, eve } = everybody;
      assert.equal((await ada.call('GET', `/channels/messaging/${talking.cid.slice(10)}`)).status, 200);

      const answers = [
        await ask(eve, sampleOf(route, talking)),
        await ask(eve, sampleOf(route, not)),
      ] as const;

      assert.equal(tells(answers[0], talking), tells(answers[1], not));
    });
});

describe('whoever is of the channel, but neither owns it nor wrote the message', () => {
  for (const route of ofOthers.filter((one) => ['owner', 'author'].includes(rightOf(one))))
    it(`is refused ${route}, in an open channel too`, async () => {
      refused(await ask(everybody.bob, sampleOf(route, closed)), 403, 17);
      for (const person of [everybody.bob, everybody.eve])
        refused(await ask(person, sampleOf(route, open)), 403, 17);
    });

  it('may not change the data or the other members by UpdateChannel, not even in part', async () => {
    const { ada, bob } = everybody;
    const path = `/channels/${closed.cid.replace(':', '/')}`;

    refused(await bob.call('POST', path, { data: { name: 'x' } }), 403, 17);
    refused(await bob.call('POST', path, { data: { name: 'x' }, remove_members: ['bob'] }), 403, 17);
    refused(await bob.call('POST', path, { add_members: ['eve'] }), 403, 17);
    refused(await bob.call('POST', path, { remove_members: ['ada'] }), 403, 17);
    const { body } = await ada.call('GET', path);
    assert.deepEqual(
      (body['members'] as Body[]).map((member) => member['user_id']),
      ['ada', 'bob'],
    );
  });
});

describe('whoever holds no server token', () => {
  for (const route of guarded.filter((one) => ['backend', 'moderator'].includes(rightOf(one))))
    it(`is refused ${route}, though they own the channel`, async () => {
      for (const target of [closed, open]) mustRefuse(await ask(everybody.ada, sampleOf(route, target)));
    });
});

describe('the sweep', () => {
  it('left everything as it was', async () => {
    const { ada } = everybody;
    for (const { cid, messageId } of [closed, open]) {
      const state = (await ada.call('GET', `/channels/${cid.replace(':', '/')}`)).body;
      const texts = (state['messages'] as Body[]).map(({ id, text }) => [id, text]);
      assert.deepEqual(texts, [[messageId, 'secret']]);
      assert.deepEqual(
        [(state['channel'] as Body)['name'], (state['channel'] as Body)['topic']],
        ['secret', undefined],
      );
    }
  });

  for (const route of guarded)
    it(`asked what ${route} grants to whom it is for`, async () => {
      const target = { ...(await newTarget(everybody.ada)), connectionId: socket.id };

      const forBackend = ['backend', 'moderator'].includes(rightOf(route));
      const asker = forBackend ? await Person.backend(server) : everybody.ada;
      const { status, body } = await ask(asker, sampleOf(route, target));

      assert.ok(status === 200 || status === 201, JSON.stringify(body));
    });

  it('met every route of the server', () => {
    assert.deepEqual([...registered].sort(), [...swept].sort());
    assert.deepEqual([...registered].sort(), [...ROUTES].sort());
  });
});

describe('the table of rights', () => {
  const app = (rows: Record<string, Right>) => {
    const made = Fastify();
    guardRoutes(made, new Map(Object.entries(rows)));
    return made;
  };
  const handler = () => 'x';

  it('lets no route in without a row', () => {
    assert.throws(() => app({}).get('/new', handler), /GET \/new has no row in http\/rights\.ts/);
    assert.throws(() => app({ 'GET /new': 'anyone' }).post('/new', handler), /POST \/new/);
  });

  it('lets no route past the helper that checks, unless it is for anyone', async () => {
    assert.throws(() => app({ 'GET /new': 'channel' }).get('/new', handler), /nothing checks that/);
    const config = { endpoint: 'New' };
    assert.throws(() => app({ 'GET /new': 'anyone' }).get('/new', { config }, handler), /asks for a token/);
    await app({ 'GET /new': 'anyone' }).get('/new', handler).ready();
  });

  it('has no row without a route', async () => {
    await assert.rejects(async () => app({ 'GET /old': 'anyone' }).ready(), /GET \/old/);
  });

  it('knows the demo’s routes, which are for anyone', async () => {
    const demo = await start({ demo: true, staticDirs: { '/a': '.', '/b/': '.' } });

    await demo.close();
    assert.deepEqual(new Set(Object.values(DEMO_RIGHTS)), new Set(['anyone']));
  });
});
