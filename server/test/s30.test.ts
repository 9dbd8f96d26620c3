import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { Person, pluck, sentBy, start, type Answer, type Body } from './support.js';

// S30: hostile filters, made by the thousand from a known seed. Each is answered or refused in the protocol's words; none
// is a failure of the server, and none tells of a channel that the caller may not read.

/** Of all ways together. `FILTERS=10000` gives as many as were asked for, in some minutes. */
const FILTERS = Number(process.env['FILTERS'] ?? 2_200);
const AT_ONCE = 8;

/** Numbers from 0 to 1, the same at every run (mulberry32). */
function randomFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = randomFrom(30);
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const some = <T>(max: number, make: () => T): T[] =>
  Array.from({ length: Math.floor(random() * (max + 1)) }, make);

const FIELDS = [
  ...['cid', 'type', 'id', 'members', 'created_by_id', 'joined', 'has_unread', 'hidden', 'muted', 'frozen'],
  ...[
    'text',
    'attachments',
    'attachments.type',
    'mentioned_users.id',
    'user.id',
    'parent_id',
    'pinned',
    'reply_count',
    'channel_cid',
    'parent_message_id',
    'is_closed',
    'option_id',
    'last_message_at',
    'created_at',
    'updated_at',
    'member_count',
    'member.user.name',
    'name',
    'team',
    'invite',
  ],
  ...[
    '',
    ' ',
    '$',
    '$where',
    '$regex',
    '$and',
    '$or',
    '$nor',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
  ],
  ...[
    "name' or '1'='1",
    "x'); drop table channels; --",
    'data->>secret',
    'a.b.c',
    '"',
    '\\',
    '%',
    'ключ',
    '👩‍👧',
    '\0',
  ],
];
const OPERATORS = [
  ...[
    '$eq',
    '$in',
    '$gt',
    '$gte',
    '$lt',
    '$lte',
    '$exists',
    '$contains',
    '$autocomplete',
    '$q',
    '$ne',
    '$nin',
  ],
  ...[
    '$where',
    '$regex',
    '$and',
    '$or',
    '$nor',
    '$expr',
    '$function',
    '$',
    '',
    'eq',
    '__proto__',
    'constructor',
  ],
];
const SCALARS: readonly unknown[] = [
  ...[
    '',
    'a',
    'ada',
    'bob',
    'messaging',
    'messaging:secret',
    '%',
    '_',
    '%'.repeat(500),
    "' or 1=1 --",
    '(a+)+$',
  ],
  ...[
    '\0',
    '\ud800',
    '‮',
    'a'.repeat(10_000),
    '2026-11-26T00:00:00Z',
    '0000-00-00',
    '9999-99-99T99:99:99Z',
    '1e999',
  ],
  ...[0, -0, 1, -1, 0.1, 1e308, -1e308, 2 ** 53, 9_007_199_254_740_993, true, false, null],
];

function value(depth: number): unknown {
  const kind = random();
  if (depth <= 0 || kind < 0.6) return pick(SCALARS);
  if (kind < 0.75) return some(pick([3, 3, 3, 400]), () => value(depth - 1));
  if (kind < 0.9) return Object.fromEntries(some(3, () => [pick(OPERATORS), value(depth - 1)]));
  return filter(depth - 1);
}

function filter(depth: number): Body {
  const parts = some(pick([2, 3, 4]), () => [pick(FIELDS), value(depth)] as const);
  const one: Body = Object.fromEntries(parts);
  if (depth > 0 && random() < 0.4) one[pick(['$and', '$or', '$nor'])] = some(3, () => filter(depth - 1));
  return one;
}

/** A filter that a URL can hold: a longer one is cut off while it is sent, and no answer is sure to arrive. */
function fitting(): Body {
  const asked = filter(3);
  return encodeURIComponent(JSON.stringify(asked)).length < 60_000 ? asked : fitting();
}

/** Deeper than a stack, wider than a query. */
const BOMBS: Body[] = [
  { $and: Array.from({ length: 5_000 }, () => ({ type: 'messaging' })) },
  Array.from({ length: 200 }).reduce<Body>((inner) => ({ $and: [inner] }), { type: 'messaging' }),
  { cid: { $in: Array.from({ length: 20_000 }, (_, n) => `messaging:${n}`) } },
  { name: { $autocomplete: '%_'.repeat(50_000) } },
  Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`field${n}`, n])),
];

let server: RunningServer;
let ada: Person;

before(async () => {
  server = await start();
  ada = await Person.known(server, 'ada');
  const bob = await Person.known(server, 'bob');
  await ada.call('POST', '/channels/messaging/own/query', { data: { members: ['ada'], name: 'Own' } });
  await bob.call('POST', '/channels/messaging/secret/query', { data: { members: ['bob'], name: 'Secret' } });
  await sentBy(ada, 'messaging:own', { id: 'own', text: 'Own', mood: 'good' });
  await sentBy(ada, 'messaging:own', { text: 'Reply', parent_id: 'own' });
  await sentBy(bob, 'messaging:secret', { id: 'secret', text: 'Secret', name: 'Secret' });
  await sentBy(bob, 'messaging:secret', { text: 'Secret', name: 'Secret', parent_id: 'secret' });
  await bob.call('POST', '/channels/messaging/secret/draft', { message: { text: 'Secret', name: 'Secret' } });
  await bob.call('POST', '/polls', { name: 'Secret', options: [] });
  await ada.call('POST', '/polls', { id: 'own', name: 'Own', options: [{ text: 'yes' }] });
  await ada.call('POST', '/channels/messaging/own/draft', { message: { text: 'Own' } });
});
after(() => server.close());

const WAYS: Record<string, (asked: Body) => Promise<Answer>> = {
  channels: (asked) => ada.call('POST', '/channels', { filter_conditions: asked }),
  'channels by an odd order': (asked) => {
    const sort = [{ field: pick(FIELDS), direction: pick([1, -1, 0, '1', null]) }];
    return ada.call('POST', '/channels', { filter_conditions: asked, sort });
  },
  users: (asked) => ada.query('/users', { filter_conditions: asked }),
  'messages by their channels': (asked) =>
    ada.query('/search', { filter_conditions: asked, query: 'Secret' }),
  messages: (asked) => ada.query('/search', { filter_conditions: {}, message_filter_conditions: asked }),
  'messages by words': (asked) => {
    const query = pick(SCALARS);
    return ada.query('/search', {
      filter_conditions: {},
      query,
      sort: asked['$and'] ?? [],
      next: asked['cid'],
    });
  },
  threads: (asked) => ada.call('POST', '/threads', { filter: asked, next: asked['name'] }),
  drafts: (asked) => ada.call('POST', '/drafts/query', { filter: asked }),
  polls: (asked) => ada.call('POST', '/polls/query', { filter: asked }),
  votes: (asked) => ada.call('POST', '/polls/own/votes', { filter: asked }),
  members: (asked) => ada.query('/members', { type: 'messaging', id: 'own', filter_conditions: asked }),
};

const PER_WAY = Math.floor(FILTERS / Object.keys(WAYS).length);

function check(asked: Body, { status, body }: Answer): void {
  const said = () =>
    `${JSON.stringify(asked).slice(0, 500)} → ${status} ${JSON.stringify(body).slice(0, 300)}`;
  assert.ok(status < 300 || (status >= 400 && status < 500), said());
  if (status >= 400) assert.equal(typeof body['code'], 'number', said());
  // What was asked comes back in a refusal; what was found must not be of others.
  else assert.doesNotMatch(JSON.stringify(body), /"name":"Secret"/, said());
}

describe('S30 hostile filters', () => {
  for (const [what, ask] of Object.entries(WAYS)) {
    it(`find or are refused, ${PER_WAY} of them for ${what}`, async () => {
      let left = PER_WAY;
      let refused = 0;
      const work = async (): Promise<void> => {
        while (left-- > 0) {
          const asked = fitting();
          const answer = await ask(asked);
          check(asked, answer);
          if (answer.status >= 400) refused++;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));

      assert.ok(refused > 0);
    });

    it(`are refused where they are bombs, for ${what}`, async () => {
      for (const bomb of BOMBS) check(bomb, await ask(bomb));
    });
  }

  it('have left everything as it was', async () => {
    const { body } = await ada.call('POST', '/channels', {
      filter_conditions: { members: { $in: ['ada'] } },
    });

    assert.deepEqual(
      pluck(body, 'channels', 'channel').map((channel) => (channel as Body)['cid']),
      ['messaging:own'],
    );
  });
});
