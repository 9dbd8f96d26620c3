import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { ask, DELETES_CHANNEL, newTarget, people, sampleOf, withExtra, WRITING } from './requests.js';
import { at, openSocket, Person, refused, start, type Body, type Socket } from './support.js';

let server: RunningServer;
let everybody: Awaited<ReturnType<typeof people>>;
let own: Socket;
before(async () => {
  server = await start();
  everybody = await people(server);
  await Person.known(server, 'victim');
  own = await everybody.ada.socket();
});
after(async () => {
  await own.close();
  await server.close();
});

/** The ways to name the acting user that a backend of the protocol has; channels also say who made them. */
const CLAIMS: Body[] = [{ user: { id: 'victim' } }, { user_id: 'victim' }];
const OF_CHANNELS: Body[] = [...CLAIMS, { created_by: { id: 'victim' } }, { created_by_id: 'victim' }];

describe('the user of the token', () => {
  for (const route of WRITING)
    it(`is who acts in ${route}, whoever the body names`, async () => {
      const { ada, bob } = everybody;
      const victim = await Person.of(server, 'victim');
      const before = (await victim.query('/users', { filter_conditions: { id: 'victim' } })).body['users'];
      const target = { ...(await newTarget(ada)), connectionId: own.id };
      const watcher = await bob.watching(target.cid);
      const sample = sampleOf(route, target);
      const claims = /:type\/(query|:id(\/query)?)$/.test(route) ? OF_CHANNELS : CLAIMS;
      const bodies = claims.flatMap((claim) => withExtra(sample.body ?? {}, claim));

      for (const body of bodies) {
        const answer = await ask(ada, { ...sample, body, query: { ...sample.query, user_id: 'victim' } });

        const said = JSON.stringify(answer.body);
        if (answer.status >= 400) {
          assert.ok([400, 403, 404].includes(answer.status), said);
          refused(answer, answer.status, Number(answer.body['code']));
        } else assert.doesNotMatch(said, /victim/, JSON.stringify(body));
      }

      const heard = JSON.stringify(await watcher.drain());
      const state = await ada.call('GET', `/channels/${target.cid.replace(':', '/')}`);
      const after = (await victim.query('/users', { filter_conditions: { id: 'victim' } })).body['users'];
      assert.doesNotMatch(heard + JSON.stringify(state.body), /victim/);
      const maker = route === DELETES_CHANNEL ? undefined : 'ada';
      assert.equal(at(state.body, 'channel', 'created_by', 'id'), maker);
      assert.deepEqual(after, before);
      await watcher.close();
    });

  it('is the only one that POST and PATCH /users change', async () => {
    const { ada } = everybody;

    refused(await ada.call('POST', '/users', { users: { victim: { id: 'ada', name: 'x' } } }), 403, 17);
    refused(await ada.call('PATCH', '/users', { users: [{ id: 'victim', set: { name: 'x' } }] }), 403, 17);
    const { body } = await ada.call('POST', '/users', { users: { ada: { id: 'victim', name: 'Ada' } } });
    assert.deepEqual(Object.keys(body['users'] as Body), ['ada']);
    assert.equal(at(body, 'users', 'ada', 'id'), 'ada');
  });

  for (const [what, payload] of [
    ['user_id', { user_id: 'victim', user_details: { id: 'ada' } }],
    ['user_details', { user_id: 'ada', user_details: { id: 'victim' } }],
    ['all of it', { user_id: 'victim', user_details: { id: 'victim' } }],
  ] as const)
    it(`is who connects: a payload that names another in ${what} is refused`, async () => {
      const { ada } = everybody;
      const json = JSON.stringify(payload);

      refused(await ada.call('GET', '/longpoll', undefined, { json }), 401, 5, /victim/);
      const socket = openSocket(server, ada.token, json);
      assert.equal(at(await socket.take('connection.error'), 'error', 'code'), 5);
      assert.equal(await socket.closed, 1000);
    });

  it('is who a connection belongs to: nobody watches, polls or ends by another’s', async () => {
    const { ada, bob } = everybody;
    const { cid } = await newTarget(ada);
    const query = { connection_id: own.id };
    await own.drain();

    refused(
      await bob.call('POST', `/channels/${cid.replace(':', '/')}/query`, { watch: true }, query),
      400,
      4,
    );
    refused(await bob.call('POST', `/channels/${cid.replace(':', '/')}/stop-watching`, {}, query), 400, 4);
    refused(await bob.call('GET', '/longpoll', undefined, query), 400, 46);
    refused(await bob.call('GET', '/longpoll', undefined, { ...query, close: 'true' }), 400, 46);
    assert.deepEqual(await own.types(), []);
  });
});
