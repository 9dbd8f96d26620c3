import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { at, Person, pluck, refused, start, type Body } from './support.js';

let server: RunningServer;
before(async () => void (server = await start()));
after(() => server.close());

const patch = (person: Person, set: Body, unset: string[] = []) =>
  person.call('PATCH', '/users', { users: [{ id: person.id, set, unset }] });

describe('POST /users', () => {
  it('replaces the own user, but not the privacy settings it leaves out', async () => {
    const ada = await Person.known(server, 'ada', {
      city: 'Rome',
      privacy_settings: { read_receipts: { enabled: false } },
    });

    const { status, body } = await ada.call('POST', '/users', { users: { ada: { id: 'ada', name: 'Ada' } } });

    const user = at(body, 'users', 'ada');
    assert.deepEqual([status, at(user, 'name'), at(user, 'city')], [201, 'Ada', undefined]);
    assert.equal(at(user, 'privacy_settings', 'read_receipts', 'enabled'), false);
  });

  it('refuses others, bad ids, reserved fields and oversized users', async () => {
    const ada = await Person.known(server, 'ada');
    const upsert = (users: unknown) => ada.call('POST', '/users', { users });

    refused(await upsert({ bob: { id: 'bob' } }), 403, 17, /bob/);
    refused(await upsert({ 'a b': {} }), 400, 4);
    refused(await upsert({ ada: 5 }), 400, 4);
    refused(await upsert([]), 400, 4);
    refused(await upsert({ ada: { online: true } }), 400, 4, /online/);
    refused(await upsert({ ada: { image: 5 } }), 400, 4, /image/);
    refused(await upsert({ ada: { invisible: 'yes' } }), 400, 4, /invisible/);
    refused(await upsert({ ada: { bio: 'x'.repeat(6000) } }), 413, 22);
  });

  it('ignores a role', async () => {
    const ada = await Person.known(server, 'ada', { role: 'admin' });

    const { body } = await ada.query('/users', { filter_conditions: { id: 'ada' } });

    assert.equal(at(body, 'users', 0, 'role'), 'user');
  });
});

describe('PATCH /users', () => {
  it('sets and unsets fields, dots descending', async () => {
    const person = await Person.known(server, 'patched', { city: 'Rome', pet: { kind: 'cat', age: 3 } });

    const { status, body } = await patch(person, { name: 'New', 'pet.age': 4 }, ['city']);

    const user = at(body, 'users', 'patched');
    assert.deepEqual(
      [status, at(user, 'name'), at(user, 'pet'), at(user, 'city')],
      [200, 'New', { kind: 'cat', age: 4 }, undefined],
    );
  });

  it('merges privacy settings, however they are given', async () => {
    const person = await Person.known(server, 'private');

    await patch(person, { privacy_settings: { read_receipts: { enabled: false } } });
    await patch(person, { privacy_settings: { delivery_receipts: { enabled: false } } });
    const { body } = await patch(person, { 'privacy_settings.typing_indicators.enabled': false });

    assert.deepEqual(at(body, 'users', 'private', 'privacy_settings'), {
      typing_indicators: { enabled: false },
      read_receipts: { enabled: false },
      delivery_receipts: { enabled: false },
    });
  });

  it('tells the own tabs, and those who watch a channel with the user', async () => {
    const [one, two] = [await Person.known(server, 'one'), await Person.known(server, 'two')];
    await one.call('POST', '/channels/messaging/both/query', { data: { members: ['one', 'two'] } });
    const [tab, watcher, stranger] = [
      await one.socket(),
      await two.watching('messaging:both'),
      await (await Person.known(server, 'three')).socket(),
    ];

    await patch(one, { name: 'Uno' });

    assert.equal(at(await tab.take('user.updated'), 'user', 'name'), 'Uno');
    const { user } = await watcher.take('user.updated');
    assert.equal(at(user, 'privacy_settings', 'typing_indicators', 'enabled'), true);
    assert.deepEqual(await stranger.types(), []);
    await Promise.all([tab, watcher, stranger].map((socket) => socket.close()));
  });

  it('refuses others, unknown users, bad keys and reserved fields', async () => {
    const ada = await Person.known(server, 'ada');

    refused(await ada.call('PATCH', '/users', { users: [{ id: 'bob', set: { name: 'x' } }] }), 403, 17);
    refused(await patch(await Person.of(server, 'unknown'), { name: 'x' }), 404, 16);
    refused(await patch(ada, { 'a b': 1 }), 400, 4);
    refused(await patch(ada, { '.a': 1 }), 400, 4);
    refused(await patch(ada, { '__proto__.x': 1 }), 400, 4);
    refused(await patch(ada, { created_at: 'now' }), 400, 4);
    refused(await patch(ada, { privacy_settings: { read_receipts: 'off' } }), 400, 4);
    refused(await patch(ada, { bio: 'x'.repeat(6000) }), 413, 22);
    refused(await ada.call('PATCH', '/users', { users: {} }), 400, 4);
  });
});

describe('GET /users', () => {
  it('finds by id and by name, without what is not for others to see', async () => {
    const ada = await Person.known(server, 'finder');
    await Person.known(server, 'xavier', { name: 'Xavier' });
    await Person.known(server, 'xenia', {
      name: 'Xenia',
      privacy_settings: { read_receipts: { enabled: false } },
    });
    const ids = async (filter: Body) =>
      pluck((await ada.query('/users', { filter_conditions: filter })).body, 'users', 'id');

    assert.deepEqual(await ids({ id: { $in: ['xenia', 'xavier'] } }), ['xavier', 'xenia']);
    assert.deepEqual(await ids({ name: { $autocomplete: 'xe' } }), ['xenia']);
    assert.deepEqual(await ids({ $or: [{ id: 'xenia' }, { name: 'Xavier' }] }), ['xavier', 'xenia']);
    const { body } = await ada.query('/users', { filter_conditions: { id: 'xenia' } });
    assert.equal(at(body, 'users', 0, 'privacy_settings'), undefined);
  });

  it('refuses unknown fields, bad JSON, and presence without a connection', async () => {
    const ada = await Person.known(server, 'ada');

    refused(await ada.query('/users', { filter_conditions: { shoe: 43 } }), 400, 4, /shoe/);
    refused(await ada.query('/users', { filter_conditions: { id: { $regex: '.' } } }), 400, 4);
    refused(await ada.query('/users', { limit: 101 }), 400, 4);
    refused(await ada.query('/users', { presence: true }), 400, 4, /connection_id/);
    refused(await ada.call('GET', '/users', undefined, { payload: '{' }), 400, 4, /JSON/);
  });
});
