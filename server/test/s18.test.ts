import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import {
  ask,
  DELETES_CHANNEL,
  newTarget,
  people,
  sampleOf,
  withExtra,
  WRITING,
  type Target,
} from './requests.js';
import { at, Person, refused, start, type Body, type Socket } from './support.js';

let server: RunningServer;
let everybody: Awaited<ReturnType<typeof people>>;
let own: Socket;
before(async () => {
  server = await start();
  everybody = await people(server);
  own = await everybody.ada.socket();
});
after(async () => {
  await own.close();
  await server.close();
});

const parse = (text: string) => JSON.parse(text) as Body;

/** Keys that lead to a prototype, as JSON says them. */
const PROTOTYPES = [
  '{"__proto__":{"intruder":true}}',
  '{"__pro\\u0000to__":{"intruder":true}}',
  '{"constructor":{"prototype":{"intruder":true}}}',
].map(parse);
/** The same as paths, which partial updates take. */
const PATHS = [
  '{"__proto__.intruder":true}',
  '{"constructor.prototype.intruder":true}',
  '{"a.constructor":{"prototype":{"intruder":true}}}',
].map(parse);

/** What the server alone says, by what it says it of. Fields that mean nothing there are anybody's custom data. */
const ALWAYS = ['own_capabilities', 'seq', 'created_at'];
const CHANGES = [...ALWAYS, 'updated_at', 'deleted_at'];
const RESERVED = {
  users: [
    ...CHANGES,
    'role',
    'banned',
    'shadow_banned',
    'teams',
    'last_active',
    'online',
    'total_unread_count',
  ],
  event: [
    ...ALWAYS,
    'cid',
    'channel_type',
    'connection_id',
    'me',
    'member',
    'total_unread_count',
    'unread_channels',
  ],
  message: [...CHANGES, 'cid', 'reply_count', 'own_reactions', 'reaction_counts', 'pinned_at', 'shadowed'],
  reaction: [...ALWAYS, 'updated_at', 'message_id', 'user_id'],
  thread: [...CHANGES, 'reply_count', 'participant_count', 'last_message_at', 'parent_message_id', 'read'],
  poll: [...CHANGES, 'vote_count', 'vote_counts_by_option', 'own_votes', 'created_by_id', 'user_id'],
  member: [...CHANGES, 'user_id', 'status', 'channel_role', 'role', 'banned', 'shadow_banned', 'pinned_at', 'archived_at'], // prettier-ignore
  channel: [...CHANGES, 'cid', 'member_count', 'last_message_at', 'config', 'frozen', 'hidden', 'muted'],
};

function reservedIn(route: string): string[] {
  if (route.endsWith('/users')) return RESERVED.users;
  if (route.endsWith('/event')) return RESERVED.event;
  if (/\/reactions?$/.test(route)) return RESERVED.reaction;
  if (route.includes('/threads')) return RESERVED.thread;
  if (route.includes('/polls')) return RESERVED.poll;
  if (route.includes('/member')) return RESERVED.member;
  return /messages?\b|draft|truncate/.test(route) ? RESERVED.message : RESERVED.channel;
}

/** All that Ada can read of herself and of the target. */
async function stored({ cid, messageId }: Target): Promise<{ text: string; me: unknown; channel: unknown }> {
  const { ada } = everybody;
  const channel = await ada.call('GET', `/channels/${cid.replace(':', '/')}`);
  const message = await ada.call('GET', `/messages/${messageId}`);
  const users = await ada.query('/users', { filter_conditions: { id: 'ada' } });
  return {
    text: JSON.stringify([channel.body, message.body, users.body]),
    me: at(users.body, 'users', 0),
    channel: channel.body['channel'],
  };
}

/** Sends each body; none may be answered but by a refusal or by leaving out what was put in. */
async function sendAll(route: (typeof WRITING)[number], extras: readonly Body[]): Promise<string[]> {
  const target = { ...(await newTarget(everybody.ada)), connectionId: own.id };
  const watcher = await everybody.bob.watching(target.cid);
  const sample = sampleOf(route, target);
  const leaks: string[] = [];
  for (const body of extras.flatMap((extra) => withExtra(sample.body ?? {}, extra))) {
    const answer = await ask(everybody.ada, { ...sample, body });
    const said = JSON.stringify(answer.body);
    if (answer.status >= 400) {
      assert.ok([400, 403, 404].includes(answer.status), said);
      refused(answer, answer.status, Number(answer.body['code']));
    } else if (said.includes('intruder')) leaks.push(JSON.stringify(body));
  }
  const { text, me, channel } = await stored(target);
  if (text.includes('intruder')) leaks.push(text);
  const heard = JSON.stringify(await watcher.drain());
  if (heard.includes('intruder')) leaks.push(heard);
  await watcher.close();
  assert.deepEqual([at(me, 'role'), at(me, 'banned'), at(me, 'teams')], ['user', false, undefined]);
  assert.equal(at(channel, 'created_by', 'id'), route === DELETES_CHANNEL ? undefined : 'ada');
  return leaks;
}

for (const route of WRITING)
  describe(route, () => {
    it('reaches no prototype and stores no key that could', async () => {
      const leaks = await sendAll(
        route,
        // A whole poll or option is put: its keys are names, not paths.
        /^(PATCH|PUT(?! \/polls)) /.test(route) ? [...PROTOTYPES, ...PATHS] : PROTOTYPES,
      );

      assert.deepEqual(leaks, []);
      assert.equal('intruder' in {}, false);
      assert.equal('intruder' in Object, false);
    });

    it('lets nobody set what the server says', async () => {
      const extras = reservedIn(route).map((field) => ({ [field]: 'intruder' }));

      assert.deepEqual(await sendAll(route, extras), []);
    });
  });

describe('a role', () => {
  it('is not to be had by connecting, upserting, joining or adding', async () => {
    const { ada } = everybody;
    const eve = await Person.known(server, 'eve', { role: 'admin', banned: true });
    const { cid } = await newTarget(ada);
    const path = `/channels/${cid.replace(':', '/')}`;

    const socket = await eve.socket({ role: 'admin', teams: ['x'], own_capabilities: ['x'] });
    const { body } = await eve.call('PATCH', '/users', { users: [{ id: 'eve', set: { role: 'admin' } }] });
    const member = { user_id: 'eve', channel_role: 'channel_moderator' };
    refused(await ada.call('POST', path, { add_members: [member] }), 403, 17);
    await ada.call('POST', path, { add_members: [{ user_id: 'eve', role: 'owner', banned: true }] });
    const members = (await ada.call('GET', path)).body['members'] as Body[];

    const added = members.find((one) => one['user_id'] === 'eve');
    assert.equal(at(body, 'users', 'eve', 'role'), 'user');
    assert.deepEqual(
      [added?.['role'], added?.['channel_role'], added?.['banned']],
      ['member', 'channel_member', false],
    );
    assert.equal(at(added, 'user', 'role'), 'user');
    await socket.close();
  });
});
