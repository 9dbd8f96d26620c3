import { createHash } from 'node:crypto';
import { isMember, type Access } from './access.js';
import { formatTime, type Micros } from './clock.js';
import { announce, dropWatchers, toIdle, toUser, toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import { badInput, notAllowed, shown } from './errors.js';
import {
  readMemberChange,
  readPlain,
  type MemberChange,
  type Role,
  type Entries,
  type Update,
} from './member-input.js';
import { tellOwn } from './own-totals.js';
import {
  appendEvent,
  findChannel,
  insertChannel,
  lockChannel,
  type NewChannel,
  type Place,
} from './store/channels.js';
import { addMembers, changeMembership, membersAmong, removeMembers, type Newcomer } from './store/members.js';
import type { ChannelRow, Db, MemberRow } from './store/schema.js';
import { requireUsers } from './store/users.js';
import { channelOf, eventIn, memberOf, People } from './wire.js';

/** The id of the one channel between these members: the same for the same set in any order. */
export function distinctId(members: Entries, userId: string): string {
  const ids = readPlain(members, userId)
    .map((entry) => entry.userId)
    .sort();
  if (ids.length < 2) throw badInput(`A channel without an id needs at least 2 members; got ${ids.length}`);
  if (!ids.includes(userId))
    throw notAllowed(userId, 'create a channel between others. Be one of its members');
  return `!members-${createHash('sha256').update(ids.join(',')).digest('base64url')}`;
}

/** Creates the channel, its creator among its members; or answers the one that somebody was quicker to create. */
export async function createChannel(
  deps: Deps,
  channel: NewChannel,
  members: readonly Newcomer[],
): Promise<ChannelRow> {
  const { createdBy, cid } = channel;
  const own = members.find(({ userId, status }) => userId === createdBy && !status);
  const all = [...members.filter(({ userId }) => userId !== createdBy), own ?? { userId: createdBy }];
  await requireUsers(deps.db, all.map(({ userId }) => userId)); // prettier-ignore
  return deps.inOrder(cid, async () => {
    const now = deps.clock.now();
    const made = await deps.db.transaction().execute(async (trx) => {
      if (!(await insertChannel(trx, channel, now))) return undefined;
      const { at, seq } = await appendEvent(trx, cid, { type: 'channel.created', userId: createdBy }, now);
      return { rows: await addMembers(trx, cid, all, at), seq };
    });
    const row = await findChannel(deps.db, cid);
    if (!row) throw badInput(`Channel ${shown(cid)} was removed meanwhile.`);
    if (made) await announce(deps, { cid, seq: made.seq }, () => tellCreated(deps, row, made.rows, made.seq));
    return row;
  });
}

async function tellCreated(
  deps: Deps,
  row: ChannelRow,
  members: readonly MemberRow[],
  seq: number,
): Promise<void> {
  const people = await People.load(deps, [row.created_by, ...members.map((member) => member.user_id)]);
  const shownAs = (id: string) => people.eventUser(id);
  const channel = channelOf(row, shownAs);
  const user = shownAs(row.created_by);
  toUser(deps, row.created_by, { ...eventIn(row, 'channel.created', row.created_at), seq, user, channel });
  for (const member of members) {
    const invited = !isMember(member);
    const event = eventIn(row, invited ? INVITED : 'notification.added_to_channel', row.created_at);
    const tell = invited ? toUser : toIdle;
    tell(deps, member.user_id, {
      ...event,
      user,
      channel,
      member: memberOf(member, shownAs, row.created_by, people.now),
    });
  }
}

const INVITED = 'notification.invited';

/**
 * Changes who is in the channel, as `body` names them. The channel's owner adds, invites and removes; anybody may leave,
 * join an open channel, and answer an invitation; roles are a backend's to give.
 *
 * @throws {ApiError} 4 for unknown users or one named twice, 17 when it is not the caller's to do.
 */
export async function changeMembers(deps: Deps, access: Access, userId: string, body: Update): Promise<void> {
  const change = await readMemberChange(deps, access, userId, body);
  const { add, invite, remove, roles, answer } = change;
  if (!add.length && !invite.length && !remove.length && !roles.length && !answer) return;
  await requireUsers(deps.db, [...add, ...invite].map((entry) => entry.userId)); // prettier-ignore
  await deps.inOrder(access.channel.cid, () => applyMembers(deps, access.channel, userId, change));
}

/** What became of members. */
interface Changed extends Place {
  come: MemberRow[];
  gone: MemberRow[];
  /** Those with another role, and who answered an invitation. */
  changed: MemberRow[];
  answer: MemberChange['answer'];
}

async function applyMembers(
  deps: Deps,
  channel: ChannelRow,
  userId: string,
  change: MemberChange,
): Promise<void> {
  const { cid } = channel;
  const done = await deps.db.transaction().execute(async (trx) => {
    await lockChannel(trx, cid);
    const plan = await planned(trx, cid, userId, change);
    // Nothing to tell, so no number is used up: watchers would miss it.
    if (!Object.values(plan).flat().length) return undefined;
    const place = await appendEvent(trx, cid, { type: 'channel.updated', userId }, deps.clock.now());
    const gone = await removeMembers(trx, cid, plan.going);
    const come = await addMembers(trx, cid, plan.coming, place.at);
    const changed: MemberRow[] = [];
    for (const { userId: id, ...fields } of plan.changes)
      changed.push(await changeMembership(trx, cid, id, answeredAt(fields, place.at), place.at));
    return { ...place, gone, come, changed, answer: plan.changes.find((one) => one.status) && change.answer };
  });
  if (done) await announce(deps, { cid, seq: done.seq }, () => tellMembers(deps, channel, userId, done));
}

/** An accepted invitation starts with nothing unread. */
function answeredAt(fields: { channel_role?: string; status?: MemberChange['answer'] }, at: Micros) {
  const { status, ...rest } = fields;
  if (status === 'accepted') return { ...rest, status, invite_accepted_at: at, last_read: at };
  if (status === 'rejected') return { ...rest, status, invite_rejected_at: at };
  return rest;
}

/** What of the change is not so already. */
async function planned(trx: Db, cid: string, userId: string, change: MemberChange) {
  const { add, invite, remove, roles, answer, hideBefore } = change;
  const named = [...add, ...invite, ...roles].map((entry) => entry.userId);
  const rows = await membersAmong(trx, cid, [...named, ...remove, userId]);
  const known = new Map(rows.map((row) => [row.user_id, row]));
  const fresh = (entry: Role) => !known.has(entry.userId);
  const coming: Newcomer[] = [
    ...add.filter(fresh).map((entry) => ({ ...entry, hideBefore })),
    ...invite.filter(fresh).map((entry) => ({ ...entry, status: 'pending' as const })),
  ];
  const changes: { userId: string; channel_role?: string; status?: 'accepted' | 'rejected' }[] = [];
  for (const { userId: id, role } of roles) {
    const row = known.get(id);
    if (!row) throw badInput(`Roles are of members; ${shown(id)} is none.`);
    if (row.channel_role !== role) changes.push({ userId: id, channel_role: role });
  }
  if (answer && known.get(userId)?.status !== answer) changes.push({ userId, status: answer });
  // Whoever was invited and is added by the owner after all takes part from now on.
  for (const { userId: id } of add) {
    const row = known.get(id);
    if (row && !isMember(row)) changes.push({ userId: id, status: 'accepted' });
  }
  return { coming, going: remove.filter((id) => known.has(id)), changes };
}

async function tellMembers(deps: Deps, channel: ChannelRow, userId: string, change: Changed): Promise<void> {
  const { cid } = channel;
  const all = [...change.come, ...change.gone, ...change.changed];
  const row = (await findChannel(deps.db, cid)) ?? channel;
  const people = await People.load(deps, [userId, row.created_by, ...all.map((member) => member.user_id)]);
  const shownAs = (id: string) => people.eventUser(id);
  const shared = { channel: channelOf(row, shownAs), created_at: formatTime(change.at) };
  const event = (type: string) => ({ ...eventIn(row, type, change.at), ...shared });
  const subject = (member: MemberRow) => ({
    member: memberOf(member, shownAs, row.created_by, people.now),
    user: shownAs(member.user_id),
  });
  for (const member of change.come) {
    toWatchers(deps, { ...event('member.added'), ...subject(member) });
    const invited = !isMember(member);
    const told = { ...event(invited ? INVITED : 'notification.added_to_channel'), ...subject(member) };
    (invited ? toUser : toIdle)(deps, member.user_id, { ...told, user: shownAs(userId) });
  }
  for (const member of change.changed) {
    toWatchers(deps, { ...event('member.updated'), ...subject(member) });
    if (change.answer && member.user_id === userId)
      toUser(deps, userId, { ...event(`notification.invite_${change.answer}`), ...subject(member) });
  }
  for (const member of change.gone) {
    toUser(deps, member.user_id, { ...event('notification.removed_from_channel'), ...subject(member) });
    dropWatchers(deps, cid, member.user_id);
    toWatchers(deps, { ...event('member.removed'), ...subject(member) });
    if (member.unread) await tellOwnTotals(deps, member.user_id, event('notification.mark_read'));
  }
  toWatchers(deps, { ...event('channel.updated'), seq: change.seq, user: shownAs(userId) });
}

async function tellOwnTotals(deps: Deps, userId: string, event: { type: string }): Promise<void> {
  const user = (await People.load(deps, [userId])).eventUser(userId);
  await tellOwn(deps, userId, { ...event, user });
}
