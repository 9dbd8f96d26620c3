import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { ChangesSeen } from '../src/store/changes.js';
import { Speakers } from '../src/store/speakers.js';
import { newChannel, openNew, type Person, refused, urlOf } from './support.js';
import { ok, trustStage } from './trust.js';

const START = { event: { type: 'typing.start' } };

describe('who says what is not stored', () => {
  let server: RunningServer;
  let backend: Person;
  let ada: Person;
  let bob: Person;
  let now = Date.now();
  before(async () => void ({ server, backend, ada, bob } = await trustStage({ now: () => now })));
  after(() => server.close());

  /** A channel in which Bob has typed already. */
  async function typedIn(): Promise<{ cid: string; type: () => ReturnType<Person['call']> }> {
    const cid = await newChannel(ada);
    const type = () => bob.call('POST', `${urlOf(cid)}/event`, START);
    ok(await type());
    return { cid, type };
  }

  it('is refused from the moment they are banned, until that ends', async () => {
    const { cid, type } = await typedIn();

    ok(
      await backend.call('POST', '/moderation/ban', { target_user_id: 'bob', channel_cid: cid, timeout: 1 }),
    );
    refused(await type(), 403, 17, /banned/);
    refused(await type(), 403, 17, /banned/);
    now += 61_000;

    ok(await type());
  });

  it('is refused from the moment they are removed, and what they say as the channel goes is nowhere', async () => {
    const { cid, type } = await typedIn();

    ok(await ada.call('POST', urlOf(cid), { remove_members: ['bob'] }));
    refused(await type(), 403, 17);
    ok(await ada.call('POST', urlOf(cid), { add_members: ['bob'] }));
    ok(await type());
    ok(await ada.call('DELETE', urlOf(cid)));

    refused(await type(), 404, 16);
  });

  it('is told of as they are now', async () => {
    const { cid, type } = await typedIn();
    const watcher = await ada.watching(cid);

    ok(await bob.call('POST', '/users', { users: { bob: { id: 'bob', name: 'Robert' } } }));
    ok(await type());

    const { user } = await watcher.take('typing.start');
    assert.equal((user as { name: string }).name, 'Robert');
    await watcher.close();
  });

  it('is heard by nobody but themselves under a shadow ban', async () => {
    const { cid, type } = await typedIn();
    const [watcher, own] = [await ada.watching(cid), await bob.watching(cid)];

    const banned = { target_user_id: 'bob', channel_cid: cid, shadow: true };
    ok(await backend.call('POST', '/moderation/ban', banned));
    ok(await type());

    assert.deepEqual((await own.types()).includes('typing.start'), true);
    assert.deepEqual((await watcher.types()).includes('typing.start'), false);
    await Promise.all([watcher.close(), own.close()]);
  });
});

describe('speakers', () => {
  it('are asked for once, until something changes', async () => {
    const { db, close } = await openNew();
    await db
      .insertInto('users')
      .values({ id: 'ada', data: '{}', privacy: '{}', created_at: 1, updated_at: 1, last_active: null })
      .execute();
    const at = { last_event_at: 1, last_message_at: null, created_at: 1, updated_at: 1 };
    await db
      .insertInto('channels')
      .values({ cid: 'messaging:a', type: 'messaging', id: 'a', data: '{}', created_by: 'ada', ...at })
      .execute();
    const changes = { count: 0 };
    const [held, fresh] = [new Speakers(db, changes), new Speakers(db)];
    const role = async (speakers: Speakers) => (await speakers.find('messaging:a', 'ada'))?.user?.role;
    const roles = [await role(held), await role(fresh)];

    await db.updateTable('users').set({ role: 'admin' }).execute();
    roles.push(await role(held), await role(fresh));
    changes.count++;
    roles.push(await role(held));

    assert.deepEqual(roles, ['user', 'user', 'user', 'admin', 'admin']);
    assert.equal(await held.find('messaging:b', 'ada'), undefined);
    await close();
  });
});

describe('changes that are seen', () => {
  const cases: [what: string, statements: string[], count: number][] = [
    ['none in what is read', ['select * from "users" for update'], 0],
    ['none in other tables', ['insert into "messages" ("id") values ($1)', 'delete from "events"'], 0],
    [
      'none in what every message changes',
      ['update "members" set "unread" = "unread" + 1 where "cid" = $1'],
      0,
    ],
    ['one in more than that', ['update "members" set "unread" = $1, "status" = $2 where "cid" = $3'], 1],
    ['one of a table without conditions', ['update "users" set "last_active" = $1'], 1],
    [
      'one in new and in deleted rows',
      ['insert into "bans" ("cid") values ($1)', 'delete from "members"'],
      2,
    ],
    ['one in what it cannot read', ['with "a" as (update "users" set "role" = $1) select 1'], 1],
    [
      'one with the end of a transaction',
      ['begin', 'delete from "bans"', 'delete from "users"', 'commit'],
      1,
    ],
    ['none before that', ['begin', 'delete from "bans"'], 0],
    [
      'one in a transaction that is taken back, for who read in it',
      ['begin', 'delete from "bans"', 'rollback'],
      1,
    ],
  ];
  for (const [what, statements, count] of cases)
    it(`are ${what}`, () => {
      const changes = new ChangesSeen();

      for (const statement of statements) changes.ran(statement);

      assert.equal(changes.count, count);
    });
});
