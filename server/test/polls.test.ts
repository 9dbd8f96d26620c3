import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, Person, pluck, refused, sentBy, start, type Answer, type Body } from './support.js';

let server: RunningServer;
let ada: Person;
let bob: Person;
let eve: Person;
before(async () => {
  server = await start();
  [ada, bob, eve] = [
    await Person.known(server, 'ada'),
    await Person.known(server, 'bob'),
    await Person.known(server, 'eve'),
  ];
});
after(() => server.close());

interface Sent {
  cid: string;
  messageId: string;
  id: string;
  options: string[];
}

/** A poll of Ada with the options a and b, in a message to Bob. */
async function poll(settings: Body = {}): Promise<Sent> {
  const input = { name: 'Which?', options: [{ text: 'a' }, { text: 'b' }], ...settings };
  const { status, body } = await ada.call('POST', '/polls', input);
  assert.equal(status, 201, JSON.stringify(body));
  const id = String(at(body, 'poll', 'id'));
  const cid = await newChannel(ada);
  const message = await sentBy(ada, cid, { poll_id: id });
  return {
    cid,
    id,
    messageId: String(message['id']),
    options: pluck(body['poll'], 'options', 'id').map(String),
  };
}

function vote(person: Person, { messageId, id }: Sent, given: Body): Promise<Answer> {
  return person.call('POST', `/messages/${messageId}/polls/${id}/vote`, { vote: given });
}

const option = ({ options }: Sent, n: number): Body => ({ option_id: options[n] });

async function seen(person: Person, { id }: Sent): Promise<Body> {
  return (await person.call('GET', `/polls/${id}`)).body['poll'] as Body;
}

describe('a poll', () => {
  it('is made by one, sent in a message, and shown with it', async () => {
    const sent = await poll({ description: 'Of two', mood: 'good' });

    const { body } = await bob.call('GET', `/messages/${sent.messageId}`);

    const shown = at(body, 'message', 'poll') as Body;
    assert.equal(at(body, 'message', 'poll_id'), sent.id);
    assert.deepEqual(
      [shown['name'], shown['description'], shown['mood'], shown['is_closed'], shown['vote_count']],
      ['Which?', 'Of two', 'good', false, 0],
    );
    assert.deepEqual(pluck(shown, 'options', 'text'), ['a', 'b']);
    assert.equal(at(shown, 'created_by', 'id'), 'ada');
    assert.deepEqual(await seen(bob, sent), { ...shown, ...(await seen(bob, sent)) });
  });

  it('is found by who may read its message; by its maker alone while none carries it', async () => {
    const sent = await poll();
    const { body } = await ada.call('POST', '/polls', { name: 'Unsent' });
    const unsent = `/polls/${String(at(body, 'poll', 'id'))}`;

    refused(await eve.call('GET', `/polls/${sent.id}`), 404, 16);
    refused(await bob.call('GET', unsent), 404, 16);
    assert.equal((await ada.call('GET', unsent)).status, 200);
    refused(await bob.send(sent.cid, { poll_id: sent.id }), 404, 16, /yours/);
    await ada.call('POST', `/channels/${sent.cid.replace(':', '/')}`, { remove_members: ['ada'] });
    refused(await ada.call('GET', `/polls/${sent.id}`), 404, 16);
  });

  it('is changed, closed and deleted by its maker, and its channel is told', async () => {
    const sent = await poll();
    const path = `/polls/${sent.id}`;
    await vote(bob, sent, option(sent, 1));
    const socket = await bob.watching(sent.cid);

    await ada.call('PUT', '/polls', { id: sent.id, name: 'Anew', options: [{ text: 'a' }, { text: 'c' }] });
    await ada.call('PATCH', path, { set: { is_closed: true } });

    const updated = await socket.take('poll.updated');
    assert.deepEqual(
      [at(updated, 'poll', 'name'), at(updated, 'poll', 'vote_count'), updated['message_id']],
      ['Anew', 0, sent.messageId],
    );
    // What stays keeps its id.
    assert.equal(at(updated, 'poll', 'options', 0, 'id'), sent.options[0]);
    const closed = await socket.take('poll.closed');
    assert.equal(at(closed, 'poll', 'is_closed'), true);
    assert.equal(Number(closed['seq']), Number(updated['seq']) + 1);
    refused(await vote(bob, sent, option(sent, 0)), 400, 4, /closed/);
    refused(await bob.call('PATCH', path, { set: { name: 'x' } }), 403, 17);
    refused(await bob.call('PUT', '/polls', { id: sent.id, name: 'x' }), 403, 17);
    refused(await bob.call('DELETE', path), 403, 17);
    assert.equal((await ada.call('DELETE', path)).status, 200);
    assert.equal(at(await socket.take('poll.deleted'), 'poll', 'id'), sent.id);
    refused(await ada.call('GET', path), 404, 16);
    const { body } = await bob.call('GET', `/messages/${sent.messageId}`);
    assert.equal(at(body, 'message', 'poll'), undefined);
    await socket.close();
  });

  it('takes options of its maker, and of others only where it says so', async () => {
    const [closed, open] = [await poll(), await poll({ allow_user_suggested_options: true })];
    const add = (person: Person, { id }: Sent, text: string) =>
      person.call('POST', `/polls/${id}/options`, { text });

    refused(await add(bob, closed, 'c'), 403, 17);
    const { status, body } = await add(bob, open, 'c');
    const again = await add(bob, open, 'c');

    assert.equal(status, 201);
    assert.equal(at(again.body, 'poll_option', 'id'), at(body, 'poll_option', 'id'));
    assert.deepEqual(pluck(await seen(ada, open), 'options', 'text'), ['a', 'b', 'c']);
    const path = `/polls/${open.id}/options`;
    const id = String(at(body, 'poll_option', 'id'));
    await ada.call('PUT', path, { id, text: 'd' });
    assert.equal(at((await bob.call('GET', `${path}/${id}`)).body, 'poll_option', 'text'), 'd');
    refused(await bob.call('DELETE', `${path}/${id}`), 403, 17);
    await ada.call('DELETE', `${path}/${id}`);
    refused(await bob.call('GET', `${path}/${id}`), 404, 16);
  });

  it('is refused where it breaks a rule', async () => {
    const make = (input: Body) => ada.call('POST', '/polls', { name: 'x', ...input });
    const { id } = await poll();

    refused(await make({ name: '' }), 400, 4, /name/);
    refused(await make({ options: [{ text: 'a' }, { text: 'a' }] }), 400, 4, /differ/);
    refused(
      await make({ options: Array.from({ length: 101 }, (_, n) => ({ text: String(n) })) }),
      400,
      4,
      /100/,
    );
    refused(await make({ max_votes_allowed: 11 }), 400, 4, /max_votes_allowed/);
    refused(await make({ voting_visibility: 'secret' }), 400, 4, /voting_visibility/);
    refused(await make({ id }), 400, 4, /taken/);
    refused(await make({ id: 'a/b' }), 400, 4);
    refused(await make({ note: 'x'.repeat(6000) }), 413, 22);
    refused(await ada.call('PUT', '/polls', { name: 'x' }), 400, 4, /id/);
  });

  it('stands in ten messages at most', async () => {
    const sent = await poll();
    for (let n = 1; n < 10; n++) await sentBy(ada, sent.cid, { poll_id: sent.id });

    refused(await ada.send(sent.cid, { poll_id: sent.id }), 400, 4, /10/);
  });
});

describe('a vote', () => {
  it('is counted, told to the channel, and once of twenty at once', async () => {
    const sent = await poll();
    const socket = await ada.watching(sent.cid);

    const answers = await Promise.all(Array.from({ length: 20 }, () => vote(bob, sent, option(sent, 0))));

    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
    assert.equal(new Set(answers.map(({ body }) => at(body, 'vote', 'id'))).size, 1);
    const event = await socket.take('poll.vote_casted');
    assert.deepEqual(
      [event['cid'], event['message_id'], at(event, 'poll_vote', 'user_id'), at(event, 'user', 'id')],
      [sent.cid, sent.messageId, 'bob', 'bob'],
    );
    assert.deepEqual(at(event, 'poll', 'vote_counts_by_option'), { [String(sent.options[0])]: 1 });
    assert.deepEqual(at(event, 'poll', 'own_votes'), []);
    assert.deepEqual(await socket.types(), []);
    assert.deepEqual(pluck(await seen(bob, sent), 'own_votes', 'option_id'), [sent.options[0]]);
    assert.deepEqual((await seen(ada, sent))['own_votes'], []);
    const { body } = await ada.call('POST', `/channels/${sent.cid.replace(':', '/')}/query`, {});
    assert.equal(at(body, 'channel', 'seq'), event['seq']);
    await socket.close();
  });

  it('that must be the only one takes the place of the other', async () => {
    const sent = await poll({ enforce_unique_vote: true });
    await vote(bob, sent, option(sent, 0));
    const socket = await ada.watching(sent.cid);

    await vote(bob, sent, option(sent, 1));

    const event = await socket.take('poll.vote_changed');
    assert.deepEqual(at(event, 'poll', 'vote_counts_by_option'), { [String(sent.options[1])]: 1 });
    await socket.close();
  });

  it('is one of as many as are allowed, and can be taken back', async () => {
    const sent = await poll({ max_votes_allowed: 1 });
    const { body } = await vote(bob, sent, option(sent, 0));
    const socket = await ada.watching(sent.cid);
    const path = `/messages/${sent.messageId}/polls/${sent.id}/vote/${String(at(body, 'vote', 'id'))}`;

    refused(await vote(bob, sent, option(sent, 1)), 400, 4, /1 votes/);
    refused(await ada.call('DELETE', path), 404, 16);
    assert.equal((await bob.call('DELETE', path)).status, 200);

    assert.equal(at(await socket.take('poll.vote_removed'), 'poll', 'vote_count'), 0);
    assert.equal((await vote(bob, sent, option(sent, 1))).status, 201);
    await socket.close();
  });

  it('may be an answer in words where the poll takes them, one of each user', async () => {
    const [sent, without] = [await poll({ allow_answers: true }), await poll()];
    const socket = await ada.watching(sent.cid);

    await vote(bob, sent, { answer_text: 'neither' });
    await vote(bob, sent, { answer_text: 'both' });

    assert.equal(at(await socket.take('poll.vote_casted'), 'poll_vote', 'answer_text'), 'neither');
    assert.equal(at(await socket.take('poll.vote_changed'), 'poll_vote', 'is_answer'), true);
    const shown = await seen(ada, sent);
    assert.deepEqual([shown['answers_count'], shown['vote_count']], [1, 0]);
    assert.deepEqual(pluck(shown, 'latest_answers', 'answer_text'), ['both']);
    refused(await vote(bob, without, { answer_text: 'x' }), 400, 4, /answers/);
    refused(await vote(bob, sent, { answer_text: ' ' }), 400, 4);
    await socket.close();
  });

  it('is of an option of the poll in that message, by a reader', async () => {
    const [sent, other] = [await poll(), await poll()];

    refused(await vote(bob, sent, option(other, 0)), 404, 16);
    refused(await vote(bob, { ...sent, messageId: other.messageId }, option(sent, 0)), 404, 16);
    refused(await vote(eve, sent, option(sent, 0)), 404, 16);
    refused(await vote(bob, sent, {}), 404, 16);
  });

  it('comes back from /sync with its message', async () => {
    const sent = await poll();
    const { body: state } = await ada.call('GET', `/messages/${sent.messageId}`);
    await vote(bob, sent, option(sent, 0));

    const { body } = await ada.call('POST', '/sync', {
      channel_cids: [sent.cid],
      last_sync_at: at(state, 'message', 'created_at'),
    });

    assert.deepEqual(pluck(body, 'events', 'type'), ['message.updated']);
    assert.equal(at(body, 'events', 0, 'message', 'poll', 'vote_count'), 1);
  });
});

describe('an anonymous poll', () => {
  it('tells nobody who voted, on no way; voters know of their own', async () => {
    const sent = await poll({ voting_visibility: 'anonymous', allow_answers: true });
    const watcher = await ada.watching(sent.cid);
    const own = await bob.socket();
    await watcher.drain();
    const { body: state } = await ada.call('GET', `/messages/${sent.messageId}`);

    const { body } = await vote(bob, sent, option(sent, 0));
    await vote(bob, sent, { answer_text: 'mine' });

    assert.equal(at(body, 'vote', 'user_id'), 'bob');
    assert.equal(at(await own.take('poll.vote_casted'), 'poll_vote', 'user_id'), 'bob');
    const sync = await ada.call('POST', '/sync', {
      channel_cids: [sent.cid],
      last_sync_at: at(state, 'message', 'created_at'),
    });
    const ways = [
      await watcher.drain(),
      await seen(ada, sent),
      (await ada.call('GET', `/messages/${sent.messageId}`)).body,
      (await ada.call('POST', `/polls/${sent.id}/votes`, {})).body,
      sync.body,
    ];
    for (const way of ways) assert.doesNotMatch(JSON.stringify(way), /"bob"/);
    refused(await ada.call('POST', `/polls/${sent.id}/votes`, { filter: { user_id: 'bob' } }), 400, 4);
    assert.deepEqual(pluck(await seen(bob, sent), 'own_votes', 'user_id'), ['bob', 'bob']);
    await Promise.all([watcher.close(), own.close()]);
  });
});

describe('polls and votes', () => {
  it('are queried: one’s own polls, and the votes of those one may read', async () => {
    const sent = await poll();
    await vote(ada, sent, option(sent, 0));
    await vote(bob, sent, option(sent, 0));
    await vote(bob, sent, option(sent, 1));
    const votes = async (body: Body) => (await bob.call('POST', `/polls/${sent.id}/votes`, body)).body;

    const all = await votes({});
    const one = await votes({ limit: 2 });
    const two = await votes({ limit: 2, next: one['next'] });

    assert.deepEqual(pluck(all, 'votes', 'user_id'), ['bob', 'bob', 'ada']);
    assert.deepEqual([pluck(one, 'votes', 'id').length, pluck(two, 'votes', 'user_id')], [2, ['ada']]);
    const chosen = await votes({ filter: { option_id: sent.options[1] } });
    assert.deepEqual(pluck(chosen, 'votes', 'user_id'), ['bob']);
    refused(await eve.call('POST', `/polls/${sent.id}/votes`, {}), 404, 16);
    const own = await ada.call('POST', '/polls/query', { filter: { id: { $in: [sent.id] } } });
    assert.deepEqual(pluck(own.body, 'polls', 'id'), [sent.id]);
    assert.deepEqual((await bob.call('POST', '/polls/query', {})).body['polls'], []);
  });
});
