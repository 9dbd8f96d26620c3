import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import type { Route } from '../src/http/rights.js';
import { ask, newTarget, people, ROUTES, sampleOf, type Target } from './requests.js';
import { at, Person, sentBy, start, urlOf, type Body, type Socket } from './support.js';

/** What a user may withhold, and how it shows when they do not. */
const KINDS = {
  typing_indicators: (value: Body) => /^typing\./.test(typeOf(value)) && isBob(value['user']),
  read_receipts: (value: Body) =>
    (/^(message\.read|notification\.mark_)/.test(typeOf(value)) && isBob(value['user'])) ||
    (ofBob(value) && READ.some((key) => key in value)),
  delivery_receipts: (value: Body) =>
    (typeOf(value) === 'message.delivered' && isBob(value['user'])) ||
    (ofBob(value) && DELIVERED.some((key) => key in value)),
} as const;
type Kind = keyof typeof KINDS;
const ALL = Object.keys(KINDS) as Kind[];

const READ = ['last_read', 'last_read_at', 'last_read_message_id', 'unread_messages'];
const DELIVERED = ['last_delivered_at', 'last_delivered_message_id'];

const typeOf = (value: Body) => (typeof value['type'] === 'string' ? value['type'] : '');
const isBob = (user: unknown) => at(user, 'id') === 'bob';
const ofBob = (value: Body) => isBob(value['user']) || value['user_id'] === 'bob';

/** Which kinds are told of Bob anywhere in what others got. */
function told(value: unknown): Set<Kind> {
  const found = new Set<Kind>();
  const walk = (inner: unknown): void => {
    if (typeof inner !== 'object' || inner === null) return;
    if (!Array.isArray(inner)) for (const kind of ALL) if (KINDS[kind](inner as Body)) found.add(kind);
    Object.values(inner).forEach(walk);
  };
  walk(value);
  return found;
}

let server: RunningServer;
let ada: Person;
let bob: Person;
let backend: Person;
/** Ada's connections: one watches all, one nothing. */
let watching: Socket;
let idle: Socket;
before(async () => {
  server = await start();
  ({ ada, bob } = await people(server));
  backend = await Person.backend(server);
  [watching, idle] = [await ada.socket(), await ada.socket()];
});
after(async () => {
  await Promise.all([watching.close(), idle.close()]);
  await server.close();
});

/** Bob withholds these, and nothing else. */
async function withhold(...kinds: Kind[]): Promise<void> {
  const settings = Object.fromEntries(ALL.map((kind) => [kind, { enabled: !kinds.includes(kind) }]));
  const { status } = await bob.call('PATCH', '/users', {
    users: [{ id: 'bob', set: { privacy_settings: settings } }],
  });
  assert.equal(status, 200);
}

/** A channel in which Bob has typed, read and received, the channel and its thread alike. */
async function lively(): Promise<Target> {
  const target = { ...(await newTarget(ada)), connectionId: watching.id };
  const { cid, messageId } = target;
  await ada.call('POST', `${urlOf(cid)}/query`, { watch: true }, { connection_id: watching.id });
  await sentBy(bob, cid, { text: 'secret', parent_id: messageId });
  await act(cid, messageId);
  return target;
}

async function act(cid: string, messageId: string): Promise<void> {
  const news = await sentBy(ada, cid, { text: 'secret' });
  const said: [string, Body][] = [
    [`${urlOf(cid)}/event`, { event: { type: 'typing.start' } }],
    [`${urlOf(cid)}/event`, { event: { type: 'typing.stop', parent_id: messageId } }],
    ['/channels/delivered', { latest_delivered_messages: [{ cid, id: news['id'] }] }],
    [`${urlOf(cid)}/unread`, { message_id: messageId }],
    [`${urlOf(cid)}/read`, {}],
    [`${urlOf(cid)}/read`, { thread_id: messageId }],
    ['/channels/read', { read_by_channel: { [cid]: '' } }],
    [`${urlOf(cid)}/event`, { event: { type: 'message.read' } }],
  ];
  for (const [path, body] of said) {
    const { status, body: answer } = await bob.call('POST', path, body);
    assert.equal(status, 201, JSON.stringify(answer));
  }
}

/** All that others than Bob heard until now. */
const heard = async () => [...(await watching.drain()), ...(await idle.drain())];

/** What a route answers Ada, or a backend where only that may ask. */
async function answer(route: Route, target: Target): Promise<unknown> {
  const sample = sampleOf(route, target);
  const own = await ask(ada, sample);
  // A backend acts for Ada: nobody's settings are lifted for it.
  const forAda = await ask(backend, { ...sample, query: { ...sample.query, user_id: 'ada' } });
  return [own.body, forAda.body];
}

/** What the state of a channel shows of these: delivery stands in the read entry, and goes with it. */
function shownInState(kinds: readonly Kind[]): Set<Kind> {
  const read = kinds.includes('read_receipts');
  return new Set(kinds.filter((kind) => kind !== 'typing_indicators' && read));
}

/** Routes that answer JSON. */
const ASKED = ROUTES.filter((route) => !/\*|metrics|uploads\/:name|\/connect$/.test(route));

describe('what a user withholds', () => {
  it('would be found if it were told', async () => {
    await withhold();
    const target = await lively();

    const events = told(await heard());
    const answers = told(await answer('GET /channels/:type/:id', target));

    assert.deepEqual(events, new Set(ALL));
    assert.deepEqual(answers, shownInState(ALL));
  });

  for (const kind of ALL)
    it(`${kind}: is that alone, at once, and not what others show`, async () => {
      await withhold();
      const target = await lively();
      await heard();
      const own = await bob.watching(target.cid);

      await withhold(kind);
      await act(target.cid, target.messageId);
      const events = told(await heard());
      const answers = told(await answer('GET /channels/:type/:id', target));

      const rest = ALL.filter((other) => other !== kind);
      assert.deepEqual(events, new Set(rest));
      assert.deepEqual(answers, shownInState(rest));
      // Not reciprocal: Bob still sees Ada's.
      const { body } = await bob.call('GET', urlOf(target.cid));
      assert.ok((body['read'] as Body[]).some((entry) => at(entry, 'user', 'id') === 'ada'));
      // And his own tabs know how far he has read.
      const types = await own.types();
      assert.ok(types.includes('notification.mark_read'));
      assert.ok((body['read'] as Body[]).some((entry) => isBob(entry['user'])));
      await own.close();
    });

  for (const route of ASKED)
    it(`is told neither by ${route} nor by any event around it`, async () => {
      await withhold(...ALL);
      const target = await lively();

      const answers = await answer(route, target);
      await act(target.cid, target.messageId).catch(() => undefined);

      assert.deepEqual(told(answers), new Set(), JSON.stringify(answers));
      assert.deepEqual(told(await heard()), new Set());
    });

  it('is not told by what is replayed, polled or asked for once it is shown again', async () => {
    await withhold(...ALL);
    const target = await lively();
    const opened = await ada.call('GET', '/longpoll', undefined, { json: ada.payload() });
    const id = String(at(opened.body, 'event', 'connection_id'));
    await ada.call('POST', `${urlOf(target.cid)}/query`, { watch: true }, { connection_id: id });
    await act(target.cid, target.messageId);

    const polled = await ada.call('GET', '/longpoll', undefined, { connection_id: id });

    assert.deepEqual(told([opened.body, polled.body]), new Set());
    await withhold();
    assert.deepEqual(told(await answer('POST /sync', target)), new Set());
  });
});
