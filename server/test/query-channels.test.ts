import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, Person, pluck, refused, start, until, type Body } from './support.js';

let server: RunningServer;
let ada: Person;
let bob: Person;
before(async () => {
  server = await start();
  [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
});
after(() => server.close());

let made = 0;
/** A new channel of ada's. */
async function channel(members: string[] = ['ada', 'bob']): Promise<string> {
  const id = `c${++made}`;
  const answer = await ada.call('POST', `/channels/messaging/${id}/query`, { data: { members } });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return `messaging:${id}`;
}

function path(cid: string): string {
  return `/channels/${cid.replace(':', '/')}`;
}

describe('paging messages', () => {
  let cid: string;
  before(async () => {
    cid = await channel();
    for (let number = 1; number <= 10; number++)
      await ada.send(cid, { id: `p${number}`, text: String(number) });
  });
  const page = async (messages: Body) => {
    const { body, status } = await ada.call('POST', `${path(cid)}/query`, { messages });
    assert.equal(status, 201, JSON.stringify(body));
    return pluck(body, 'messages', 'id');
  };

  for (const [keys, ids] of [
    [{}, ['p9', 'p10']],
    [{ id_lt: 'p5' }, ['p3', 'p4']],
    [{ id_lte: 'p5' }, ['p4', 'p5']],
    [{ id_gt: 'p5' }, ['p6', 'p7']],
    [{ id_gte: 'p5' }, ['p5', 'p6']],
    [{ id_around: 'p5' }, ['p4', 'p5']],
    [{ id_lt: 'p1' }, []],
    [{ created_at_after: '2020-01-01T00:00:00Z' }, ['p1', 'p2']],
    [{ created_at_before: '2020-01-01T00:00:00Z' }, []],
  ] as [Body, string[]][])
    it(`sits beside its anchor for ${JSON.stringify(keys)}`, async () => {
      assert.deepEqual(await page({ limit: 2, ...keys }), ids);
    });

  it('pages by the exact time of a message', async () => {
    const { body } = await ada.call('GET', '/messages/p5');
    const time = at(body, 'message', 'created_at');

    assert.deepEqual(await page({ limit: 1, created_at_before_or_equal: time }), ['p5']);
    assert.deepEqual(await page({ limit: 1, created_at_before: time }), ['p4']);
  });

  it('gives none for a limit of 0', async () => {
    assert.deepEqual(await page({ limit: 0 }), []);
  });

  it('refuses unknown anchors, bad times, several keys and limits beyond 300', async () => {
    const query = (messages: Body) => ada.call('POST', `${path(cid)}/query`, { messages });

    refused(await query({ id_lt: 'unknown' }), 400, 4, /id_lt/);
    refused(await query({ id_lt: 5 }), 400, 4);
    refused(await query({ created_at_after: 'yesterday' }), 400, 4, /RFC 3339/);
    refused(await query({ id_lt: 'p5', id_gt: 'p2' }), 400, 4, /one key/);
    refused(await query({ limit: 301 }), 400, 4, /limit/);
    refused(await query({ limit: -1 }), 400, 4);
  });
});

describe('querying channels', () => {
  let dan: Person;
  before(async () => {
    dan = await Person.known(server, 'dan');
    for (const [id, data] of [
      ['q1', { name: 'Alpha', rank: 2, members: ['dan', 'ada'] }],
      ['q2', { name: 'Beta', rank: 1, members: ['dan', 'bob'] }],
      ['q3', { name: 'alphabet', members: ['dan', 'ada', 'bob'] }],
    ] as [string, Body][])
      await dan.call('POST', `/channels/team/${id}/query`, { data });
    await dan.send('team:q1', { text: 'newest' });
  });
  const query = async (filter: Body, more: Body = {}) => {
    const { status, body } = await dan.call('POST', '/channels', { filter_conditions: filter, ...more });
    assert.equal(status, 201, JSON.stringify(body));
    return (body['channels'] as Body[]).map((state) => at(state, 'channel', 'id'));
  };
  const team = { type: 'team' };

  for (const [filter, ids] of [
    [{}, ['q1', 'q2', 'q3']],
    [{ cid: 'team:q2' }, ['q2']],
    [{ cid: { $in: ['team:q2', 'team:q3'] } }, ['q2', 'q3']],
    [{ id: { $eq: 'q1' } }, ['q1']],
    [{ members: { $in: ['bob'] } }, ['q2', 'q3']],
    [{ members: { $eq: ['ada', 'dan'] } }, ['q1']],
    [{ members: 'ada' }, ['q1', 'q3']],
    [{ name: { $autocomplete: 'alph' } }, ['q1', 'q3']],
    [{ name: 'Beta' }, ['q2']],
    [{ rank: { $gt: 1 } }, ['q1']],
    [{ rank: { $exists: false } }, ['q3']],
    [{ rank: { $in: [1, 2] } }, ['q1', 'q2']],
    [{ member_count: { $gte: 3 } }, ['q3']],
    [{ last_message_at: { $exists: true } }, ['q1']],
    [{ created_at: { $lt: '2020-01-01T00:00:00Z' } }, []],
    [{ created_by_id: 'dan', frozen: false }, ['q1', 'q2', 'q3']],
    [{ joined: false }, []],
    [{ $or: [{ id: 'q1' }, { id: 'q2' }] }, ['q1', 'q2']],
    [{ $and: [{ members: { $in: ['bob'] } }, { rank: 1 }] }, ['q2']],
    [{ $nor: [{ id: 'q1' }, { id: 'q2' }] }, ['q3']],
    [{ cid: { $in: [] } }, []],
    [{ id: "q1' or '1'='1" }, []],
  ] as [Body, string[]][])
    it(`matches ${JSON.stringify(filter)}`, async () => {
      assert.deepEqual((await query({ ...team, ...filter })).sort(), ids);
    });

  it('sorts by activity, and by what is asked for', async () => {
    assert.deepEqual((await query(team))[0], 'q1');
    assert.deepEqual(await query(team, { sort: [{ field: 'name', direction: -1 }] }), ['q3', 'q2', 'q1']);
    assert.deepEqual(
      await query(team, { sort: [{ field: 'member_count', direction: -1 }, { field: 'rank' }] }),
      ['q3', 'q2', 'q1'],
    );
  });

  it('pages by limit and offset', async () => {
    const sort = [{ field: 'created_at', direction: 1 }];

    assert.deepEqual(await query(team, { sort, limit: 2 }), ['q1', 'q2']);
    assert.deepEqual(await query(team, { sort, limit: 2, offset: 2 }), ['q3']);
  });

  it('answers messages, members and reads for each, and none without state', async () => {
    const { body } = await dan.call('POST', '/channels', { filter_conditions: { id: 'q1' } });
    const bare = await dan.call('POST', '/channels', { filter_conditions: { id: 'q1' }, state: false });

    assert.deepEqual(pluck(at(body, 'channels', 0), 'messages', 'text'), ['newest']);
    assert.deepEqual(pluck(at(body, 'channels', 0), 'members', 'user_id'), ['ada', 'dan']);
    assert.deepEqual(
      (at(body, 'channels', 0, 'read') as Body[]).map((entry) => at(entry, 'user', 'id')),
      ['dan', 'ada'],
    );
    assert.deepEqual(
      [at(bare.body, 'channels', 0, 'messages'), at(bare.body, 'channels', 0, 'members')],
      [[], []],
    );
  });

  it('never shows a channel of others, whatever the filter', async () => {
    const secret = await channel(['ada']);

    assert.deepEqual(await query({ cid: secret }), []);
    assert.deepEqual(
      await query({ $or: [{ cid: secret }, { $nor: [{ id: 'nothing' }] }], type: 'messaging' }),
      [],
    );
  });

  it('watches what it answers', async () => {
    const socket = await dan.socket();

    await dan.call(
      'POST',
      '/channels',
      { filter_conditions: { id: 'q2' }, presence: true },
      { connection_id: socket.id },
    );
    await bob.send('team:q2', { text: 'hi' });
    const tab = await bob.socket();

    // The last one comes after Bob's greeting, which is no sign that it was told.
    const types: unknown[] = [];
    await until(async () => types.push(...(await socket.types())) >= 3);
    assert.deepEqual(types, ['user.watching.start', 'message.new', 'user.presence.changed']);
    await Promise.all([socket.close(), tab.close()]);
  });

  for (const [what, body] of [
    ['an unknown operator', { filter_conditions: { id: { $regex: '.*' } } }],
    ['an unknown logical operator', { filter_conditions: { $where: '1' } }],
    ['a number for a cid', { filter_conditions: { cid: 5 } }],
    ['a condition without an operator', { filter_conditions: { id: { eq: 'q1' } } }],
    ['an empty condition', { filter_conditions: { id: {} } }],
    ['an empty $or', { filter_conditions: { $or: [] } }],
    ['a $or of strings', { filter_conditions: { $or: ['x'] } }],
    ['a bad time', { filter_conditions: { created_at: { $gt: 'soon' } } }],
    ['members that are no ids', { filter_conditions: { members: { $in: [1] } } }],
    [
      'a hundred and one conditions',
      { filter_conditions: { $and: Array.from({ length: 101 }, () => ({ id: 'x' })) } },
    ],
    ['filter_conditions that are a list', { filter_conditions: [] }],
    ['a sort that is an object', { sort: { last_message_at: -1 } }],
    ['a sort direction of 2', { sort: [{ field: 'cid', direction: 2 }] }],
    ['six sort fields', { sort: Array.from({ length: 6 }, () => ({ field: 'cid' })) }],
    ['a limit of 31', { limit: 31 }],
    ['an offset of 1001', { offset: 1001 }],
    ['a member_limit of 101', { member_limit: 101 }],
    ['a member_limit of -1', { member_limit: -1 }],
    ['a message_limit of 301', { message_limit: 301 }],
    ['a limit that is a word', { limit: 'all' }],
    ['a watch that is a word', { watch: 'maybe' }],
  ] as [string, Body][])
    it(`refuses ${what}`, async () => {
      refused(await dan.call('POST', '/channels', body), 400, 4, /^QueryChannels failed with error/);
    });
});
