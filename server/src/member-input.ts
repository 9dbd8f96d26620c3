import { MODERATOR, type Access } from './access.js';
import { parseTime, type Micros } from './clock.js';
import type { Deps } from './deps.js';
import { badInput, notAllowed, shown } from './errors.js';
import type { BodyOf } from './shapes/operation.js';
import type { UpdateChannel } from './shapes/channels.js';
import { isAdmin } from './store/users.js';

const MEMBER = 'channel_member';

export interface Role {
  userId: string;
  role: string;
}

/** How the members of a channel are to change. */
export interface MemberChange {
  add: Role[];
  invite: Role[];
  remove: string[];
  roles: Role[];
  /** The caller's answer to their invitation. */
  answer?: 'accepted' | 'rejected';
  /** Messages up to here are not shown to those added. */
  hideBefore: Micros | null;
}

export type Update = BodyOf<typeof UpdateChannel>;
export type Entries = Update['add_members'];

/** Each user once. */
function readRoles(entries: Entries): Role[] {
  const roles = new Map<string, string>();
  for (const entry of entries) {
    const { user_id: userId, channel_role: role = MEMBER } =
      typeof entry === 'string' ? { user_id: entry } : entry;
    roles.set(userId, role);
  }
  return [...roles].map(([userId, role]) => ({ userId, role }));
}

/**
 * As `readRoles`, from a caller who gives no roles.
 *
 * @throws {ApiError} 17 for a role that only a backend or an administrator may give.
 */
export function readPlain(entries: Entries, userId: string, mayGiveRoles = false): Role[] {
  const roles = readRoles(entries);
  const other = roles.find(({ role }) => role !== MEMBER);
  if (other && !mayGiveRoles) throw notAllowed(userId, `give the channel role ${shown(other.role)}`);
  return roles;
}

/** @throws {ApiError} 4 for bad input, 17 for what is not the caller's to do. */
export async function readMemberChange(
  deps: Deps,
  access: Access,
  userId: string,
  body: Update,
): Promise<MemberChange> {
  const mayGiveRoles = access.backend === true || (await isAdmin(deps.db, userId));
  const roles = [
    ...body.add_moderators.map((id) => ({ userId: id, role: MODERATOR })),
    ...body.demote_moderators.map((id) => ({ userId: id, role: MEMBER })),
    ...readRoles(body.assign_roles),
  ];
  if (roles.length && !mayGiveRoles) throw notAllowed(userId, 'give roles in a channel: a backend does');
  const change: MemberChange = {
    add: readPlain(body.add_members, userId, mayGiveRoles),
    invite: readPlain(body.invites, userId, mayGiveRoles),
    remove: readPlain(body.remove_members, userId).map((entry) => entry.userId),
    roles,
    ...readAnswer(body),
    hideBefore: readHiding(body, deps.clock.now()),
  };
  check(access, userId, change);
  return change;
}

function readAnswer({ accept_invite: accept, reject_invite: reject }: Update): Pick<MemberChange, 'answer'> {
  if (accept && reject) throw badInput('An invitation is accepted or rejected, not both at once.');
  return accept ? { answer: 'accepted' } : reject ? { answer: 'rejected' } : {};
}

function readHiding({ hide_history: all, hide_history_before: before }: Update, now: Micros): Micros | null {
  return parseTime(before) ?? (all ? now : null);
}

/** @throws {ApiError} 4 for who is named twice, 17 when it is not the caller's to do. */
function check({ channel, type, owner, invited }: Access, userId: string, change: MemberChange): void {
  const added = [...change.add, ...change.invite].map((entry) => entry.userId);
  const twice = [...added, ...change.remove].filter((id, index, all) => all.indexOf(id) !== index);
  if (twice.length)
    throw badInput(`A user cannot be added, invited or removed at once; got ${shown([...new Set(twice)])}`);
  const others = (ids: string[]) => ids.some((id) => id !== userId);
  if (
    !owner &&
    (others(added) || others(change.remove) || change.invite.length || (added.length && !type.open))
  )
    throw notAllowed(userId, `change the members of channel ${shown(channel.cid)}`);
  if (added.length && channel.id.startsWith('!members-'))
    throw notAllowed(userId, 'add members to a channel that stands for its members');
  if (change.answer && !invited) throw badInput('There is no invitation of yours here to answer.');
}
