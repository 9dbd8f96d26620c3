import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { indexedWords, searchTerms } from '../src/words.js';
import { at, newChannel, Person, refused, sentBy, start, type Body } from './support.js';

let server: RunningServer;
let ada: Person;
let bob: Person;
let eve: Person;
let cid: string;
before(async () => {
  server = await start();
  [ada, bob, eve] = [
    await Person.known(server, 'ada'),
    await Person.known(server, 'bob'),
    await Person.known(server, 'eve'),
  ];
  cid = await newChannel(ada);
  await sentBy(ada, cid, { id: 'tea', text: 'Green TEA, please!', mood: 'calm' });
  await sentBy(bob, cid, {
    id: 'coffee',
    text: 'Coffee, teamwork and a Ключ',
    attachments: [{ type: 'image' }],
  });
  await sentBy(ada, cid, { id: 'reply', text: 'tea for two', parent_id: 'tea', mentioned_users: ['bob'] });
  await sentBy(ada, cid, { id: 'gone', text: 'tea spilled' });
  await sentBy(ada, cid, { id: 'hidden', text: 'tea unwanted' });
  await ada.call('DELETE', '/messages/gone');
  await bob.call('DELETE', '/messages/hidden', undefined, { delete_for_me: 'true' });
});
after(() => server.close());

async function search(person: Person, payload: Body): Promise<{ ids: unknown[]; body: Body }> {
  const { status, body } = await person.query('/search', { filter_conditions: { cid }, ...payload });
  assert.equal(status, 200, JSON.stringify(body));
  return { ids: (body['results'] as Body[]).map((result) => at(result, 'message', 'id')), body };
}

const ids = async (payload: Body, person = bob) => (await search(person, payload)).ids;
const having = (filter: Body, person = bob) => ids({ message_filter_conditions: filter }, person);

describe('searching', () => {
  it('finds messages that hold all words, by how they begin, without case', async () => {
    assert.deepEqual(await ids({ query: 'tea' }), ['reply', 'coffee', 'tea']);
    assert.deepEqual(await ids({ query: 'GREEN tea' }), ['tea']);
    assert.deepEqual(await ids({ query: 'tea absent' }), []);
    assert.deepEqual(await ids({ query: 'ключ' }), ['coffee']);
    assert.deepEqual(await ids({ query: "two' | 'x" }), []);
  });

  it('answers each message with its channel', async () => {
    const { body } = await search(bob, { query: 'green' });

    const message = at(body, 'results', 0, 'message');
    assert.deepEqual([at(message, 'text'), at(message, 'user', 'id')], ['Green TEA, please!', 'ada']);
    assert.equal(at(message, 'channel', 'cid'), cid);
  });

  it('filters by what a message is and has', async () => {
    assert.deepEqual(await having({ 'user.id': 'bob' }), ['coffee']);
    assert.deepEqual(await having({ text: { $autocomplete: 'gre' } }), ['tea']);
    assert.deepEqual(await having({ text: { $q: 'tea' }, parent_id: { $exists: true } }), ['reply']);
    assert.deepEqual(await having({ id: { $in: ['tea', 'coffee'] } }), ['coffee', 'tea']);
    assert.deepEqual(await having({ attachments: { $exists: true } }), ['coffee']);
    assert.deepEqual(await having({ 'attachments.type': { $in: ['image', 'file'] } }), ['coffee']);
    assert.deepEqual(await having({ 'mentioned_users.id': { $contains: 'bob' } }), ['reply']);
    assert.deepEqual(await having({ reply_count: { $gt: 0 } }), ['tea']);
    assert.deepEqual(await having({ mood: 'calm' }), ['tea']);
    assert.deepEqual(await having({ $or: [{ mood: 'calm' }, { type: 'reply' }] }), ['reply', 'tea']);
    assert.deepEqual(await having({ $nor: [{ mood: 'calm' }, { type: 'reply' }] }), ['coffee']);
    assert.deepEqual(await having({ created_at: { $gt: '2000-01-01T00:00:00Z' }, pinned: true }), []);
  });

  it('leaves out what was deleted, for everybody or for oneself', async () => {
    assert.deepEqual(await having({ text: { $q: 'spilled' } }, ada), []);
    assert.deepEqual(await having({ text: { $q: 'unwanted' } }, ada), ['hidden']);
    assert.deepEqual(await having({ text: { $q: 'unwanted' } }), []);
  });

  it('finds the new text of an edited message alone', async () => {
    await sentBy(ada, cid, { id: 'edited', text: 'umbrella' });

    await ada.call('PUT', '/messages/edited', { set: { text: 'raincoat' } });

    assert.deepEqual(await ids({ query: 'umbrella' }), []);
    assert.deepEqual(await ids({ query: 'raincoat' }), ['edited']);
  });

  it('finds nothing in channels that are not the caller’s to read', async () => {
    assert.deepEqual(await ids({ query: 'tea' }, eve), []);
    assert.deepEqual(await ids({ query: 'tea', filter_conditions: {} }, eve), []);
    assert.deepEqual(await ids({ query: 'tea', filter_conditions: { members: { $in: ['ada'] } } }, eve), []);
    assert.deepEqual(await having({ cid }, eve), []);
  });

  it('pages forth and back, in any order, while others write', async () => {
    const other = await newChannel(ada);
    for (let n = 1; n <= 5; n++) await sentBy(ada, other, { id: `p${n}`, text: `page ${n}` });
    const payload = { filter_conditions: { cid: other }, query: 'page', limit: 2 };

    const one = await search(bob, payload);
    await sentBy(ada, other, { text: 'page between' });
    const two = await search(bob, { ...payload, next: one.body['next'] });
    const three = await search(bob, { ...payload, next: two.body['next'] });
    const back = await search(bob, { ...payload, next: three.body['previous'] });

    assert.deepEqual(
      [one.ids, two.ids, three.ids, back.ids],
      [['p5', 'p4'], ['p3', 'p2'], ['p1'], ['p3', 'p2']],
    );
    assert.equal('next' in three.body, false);
    const sort = [{ field: 'created_at', direction: 1 }];
    assert.deepEqual((await search(bob, { ...payload, sort })).ids, ['p1', 'p2']);
    assert.deepEqual((await search(bob, { ...payload, offset: 5 })).ids, ['p1']);
  });

  it('is refused where it breaks a rule', async () => {
    const asked = async (payload: Body) => eve.query('/search', payload);
    const all = { filter_conditions: {} };

    refused(await asked({ query: 'tea' }), 400, 4, /filter_conditions/);
    refused(await asked(all), 400, 4, /one of/);
    refused(await asked({ ...all, query: 'x', message_filter_conditions: {} }), 400, 4);
    refused(await asked({ ...all, query: '?!%' }), 400, 4, /words/);
    refused(await asked({ ...all, query: 'a b c d e f g h i j k l m' }), 400, 4, /12/);
    refused(await asked({ ...all, query: 'x', offset: 1, next: 'x' }), 400, 4, /offset/);
    refused(await asked({ ...all, query: 'x', offset: 1001 }), 400, 4);
    refused(await asked({ ...all, query: 'x', next: 'x' }), 400, 4, /next/);
    refused(await asked({ ...all, query: 'x', sort: [{ field: 'text' }] }), 400, 4, /sort/);
    refused(await asked({ ...all, message_filter_conditions: { text: { $gt: 'a' } } }), 400, 4);
    refused(await asked({ ...all, message_filter_conditions: { own_reactions: 'a' } }), 400, 4);
  });
});

describe('words', () => {
  it('are letters and digits of any script, cut where they are too long', () => {
    assert.equal(indexedWords('Ａ-b, ÉTÉ 日本語 x_y  A 4'), 'a b été 日本語 x y 4');
    assert.equal(indexedWords('…!'), '');
    assert.equal(indexedWords('x'.repeat(100)).length, 64);
    assert.equal(searchTerms("it's"), "'it':* & 's':*");
    assert.equal(searchTerms('\\:*'), undefined);
  });
});
