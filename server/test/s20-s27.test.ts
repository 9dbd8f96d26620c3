import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { compareTimes } from '../../src/protocol.js';
import type { RunningServer } from '../src/app.js';
import { at, newChannel, Person, PNG, pluck, refused, sentBy, start, urlOf, type Body } from './support.js';

const PAGE = 'https://page.test';

let server: RunningServer;
let ada: Person;
let bob: Person;
let now = Date.now();
before(async () => {
  server = await start({ now: () => now, origins: [PAGE] });
  [ada, bob] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
  await Person.known(server, 'cyd');
});
after(() => server.close());

describe('S20 what is done twice', () => {
  it('counts once: a reaction, a read mark, a member, an upload, a mute, a hidden channel', async () => {
    const cid = await newChannel(ada);
    const { id } = await sentBy(ada, cid, { text: 'hi' });
    const twice = async (method: string, path: string, body: Body, person = bob) => {
      for (let n = 0; n < 2; n++) {
        const answer = await person.call(method, path, body);
        assert.equal(answer.status, 201, JSON.stringify(answer.body));
      }
    };

    await twice('POST', `/messages/${String(id)}/reaction`, { reaction: { type: 'like' } });
    await twice('POST', `${urlOf(cid)}/read`, {});
    await twice('POST', urlOf(cid), { add_members: ['cyd'] }, ada);
    await twice('POST', '/moderation/mute/channel', { channel_cid: cid });
    await twice('POST', `${urlOf(cid)}/hide`, {});
    const uploads = [1, 2].map(() => bob.upload(`${urlOf(cid)}/image`, { name: 'dot.png', content: PNG }));
    const [one, other] = await Promise.all(uploads);

    assert.equal(one?.body['file'], other?.body['file']);
    const { body } = await bob.call('GET', urlOf(cid));
    assert.equal(at(body, 'messages', 0, 'reaction_counts', 'like'), 1);
    assert.deepEqual(pluck(body, 'members', 'user_id'), ['ada', 'bob', 'cyd']);
    const { body: me } = await bob.call('POST', '/users', { users: { bob: { id: 'bob', name: 'bob' } } });
    assert.equal((at(me, 'users', 'bob', 'channel_mutes') as Body[]).length, 1);
  });
});

describe('S21 a page of another origin', () => {
  const upgraded = async (origin?: string) => {
    const query = new URLSearchParams({ api_key: 'key', authorization: ada.token, json: ada.payload() });
    const peer = new WebSocket(`${server.url.replace('http', 'ws')}/connect?${query.toString()}`, {
      origin: origin ?? '',
    });
    const opened = await new Promise<boolean>((resolve) => {
      peer.once('open', () => resolve(true));
      peer.once('error', () => resolve(false));
    });
    peer.terminate();
    return opened;
  };
  const asked = (origin: string) =>
    fetch(`${server.url}/channels?api_key=key`, {
      method: 'POST',
      headers: { origin, authorization: ada.token, 'content-type': 'application/json' },
      body: '{}',
    });

  it('is not let in by WebSocket, nor may read an answer, when the origins are named', async () => {
    assert.equal(await upgraded(PAGE), true);
    assert.equal(await upgraded('https://evil.test'), false);
    assert.equal((await asked(PAGE)).headers.get('access-control-allow-origin'), PAGE);
    assert.equal((await asked('https://evil.test')).headers.get('access-control-allow-origin'), null);
  });

  it('gains nothing by a cookie: none is set, and none is heard', async () => {
    const { headers } = await asked(PAGE);
    const withCookie = await fetch(`${server.url}/unread?api_key=key`, { headers: { cookie: `authorization=${ada.token}` } }); // prettier-ignore

    assert.equal(headers.get('set-cookie'), null);
    assert.equal(headers.get('access-control-allow-credentials'), null);
    refused({ status: withCookie.status, body: (await withCookie.json()) as Body }, 401, 5);
  });

  it('gains nothing by the connection id of somebody else', async () => {
    const cid = await newChannel(ada);
    const socket = await ada.socket();
    const stolen = { connection_id: socket.id };

    refused(await bob.call('POST', `${urlOf(cid)}/query`, { watch: true }, stolen), 400, 4, /connection_id/);
    refused(await bob.call('GET', '/longpoll', undefined, stolen), 400, 46);
    await sentBy(bob, cid, { text: 'hi' });
    assert.deepEqual(await socket.types(), ['notification.message_new']);
    assert.match(socket.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    await socket.close();
  });
});

describe('S27 a clock of the server that jumps', () => {
  const hour = 3_600_000;

  it('leaves the order of a channel and what was synced alone, back and forth', async () => {
    const cid = await newChannel(ada);
    const first = await sentBy(ada, cid, { text: '1' });
    const said = [first];
    for (const jump of [-hour, hour, hour, -2 * hour]) {
      now += jump;
      said.push(await sentBy(ada, cid, { text: String(said.length + 1) }));
    }

    const { body } = await ada.call('GET', urlOf(cid));
    const synced = await bob.call('POST', '/sync', {
      channel_cids: [cid],
      last_sync_at: first['created_at'],
    });

    assert.deepEqual(pluck(body, 'messages', 'text'), ['1', '2', '3', '4', '5']);
    for (const [n, message] of said.slice(1).entries())
      assert.ok(compareTimes(String(message['created_at']), String(said[n]?.['created_at'])) > 0);
    const texts = (synced.body['events'] as Body[]).map((event) => at(event, 'message', 'text'));
    assert.deepEqual(texts.slice(-4), ['2', '3', '4', '5']);
  });
});
