import { MODERATOR, type Access } from './access.js';
import { parseTime, type Micros } from './clock.js';
import type { Deps } from './deps.js';
import { badInput, notAllowed, shown } from './errors.js';
import { asFlag, asList, asStrings, isObject, type Json } from './input.js';
import { isAdmin } from './store/users.js';

/** Of members in one request (protocol.md §7.3). */
const MAX_MEMBERS = 100;

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

/**
 * Reads a list of ids or `{user_id, channel_role}` objects, each user once.
 *
 * @throws {ApiError} 4 for anything else.
 */
export function readRoles(value: unknown, what: string): Role[] {
  const roles = new Map<string, string>();
  for (const entry of asList(value, what, MAX_MEMBERS)) {
    const { user_id: userId, channel_role: role = MEMBER } = isObject(entry) ? entry : { user_id: entry };
    if (typeof userId !== 'string')
      throw badInput(`${what} must hold user ids or {user_id}; got ${shown(entry)}`);
    if (typeof role !== 'string' || !/^[a-z0-9_-]{1,64}$/i.test(role))
      throw badInput(`channel_role is 1 to 64 of the characters a–z A–Z 0–9 _ -; got ${shown(role)}`);
    roles.set(userId, role);
  }
  return [...roles].map(([userId, role]) => ({ userId, role }));
}

/**
 * As `readRoles`, from a caller who gives no roles.
 *
 * @throws {ApiError} 17 for a role that only a backend or an administrator may give.
 */
export function readPlain(value: unknown, what: string, userId: string, mayGiveRoles = false): Role[] {
  const roles = readRoles(value, what);
  const other = roles.find(({ role }) => role !== MEMBER);
  if (other && !mayGiveRoles) throw notAllowed(userId, `give the channel role ${shown(other.role)}`);
  return roles;
}

/** @throws {ApiError} 4 for bad input, 17 for what is not the caller's to do. */
export async function readMemberChange(
  deps: Deps,
  access: Access,
  userId: string,
  body: Json,
): Promise<MemberChange> {
  const mayGiveRoles = access.backend === true || (await isAdmin(deps.db, userId));
  const roles = [
    ...asStrings(body['add_moderators'], 'add_moderators', MAX_MEMBERS).map((id) => ({
      userId: id,
      role: MODERATOR,
    })),
    ...asStrings(body['demote_moderators'], 'demote_moderators', MAX_MEMBERS).map((id) => ({
      userId: id,
      role: MEMBER,
    })),
    ...readRoles(body['assign_roles'], 'assign_roles'),
  ];
  if (roles.length && !mayGiveRoles) throw notAllowed(userId, 'give roles in a channel: a backend does');
  const change: MemberChange = {
    add: readPlain(body['add_members'], 'add_members', userId, mayGiveRoles),
    invite: readPlain(body['invites'], 'invites', userId, mayGiveRoles),
    remove: readPlain(body['remove_members'], 'remove_members', userId).map((entry) => entry.userId),
    roles,
    ...readAnswer(body),
    hideBefore: readHiding(body, deps.clock.now()),
  };
  check(access, userId, change);
  return change;
}

function readAnswer(body: Json): Pick<MemberChange, 'answer'> {
  const accept = asFlag(body['accept_invite'], 'accept_invite', false);
  const reject = asFlag(body['reject_invite'], 'reject_invite', false);
  if (accept && reject) throw badInput('An invitation is accepted or rejected, not both at once.');
  return accept ? { answer: 'accepted' } : reject ? { answer: 'rejected' } : {};
}

function readHiding(body: Json, now: Micros): Micros | null {
  const { hide_history_before: before } = body;
  if (before === undefined || before === null)
    return asFlag(body['hide_history'], 'hide_history', false) ? now : null;
  const at = parseTime(before);
  if (at === undefined) throw badInput(`hide_history_before must be an RFC 3339 time; got ${shown(before)}`);
  return at;
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
