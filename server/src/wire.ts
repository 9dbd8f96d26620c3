import type { ChannelData, EventBase, Member, ReadEntry, User } from '../../src/protocol.js';
import { isMember, MODERATOR } from './access.js';
import { capabilitiesOf, findChannelType, type Footing } from './channel-types.js';
import { formatTime, type Micros } from './clock.js';
import type { Deps } from './deps.js';
import type { ChannelRow, MemberRow, UserRow } from './store/schema.js';
import { completePrivacy, usersById } from './store/users.js';
import { GUEST, isAnonymous } from './visitors.js';

/** Users as others see them, fetched once for one answer or event. */
export class People {
  #rows: Map<string, UserRow>;
  #deps: Deps;

  private constructor(deps: Deps, rows: Map<string, UserRow>) {
    this.#deps = deps;
    this.#rows = rows;
  }

  static async load(deps: Deps, ids: Iterable<string>): Promise<People> {
    return new People(deps, await usersById(deps.db, ids));
  }

  /** Of rows that are at hand. */
  static of(deps: Deps, rows: readonly UserRow[]): People {
    return new People(deps, new Map(rows.map((row) => [row.id, row])));
  }

  /** What is over by now is shown as over. */
  get now(): Micros {
    return this.#deps.clock.now();
  }

  row(id: string): UserRow | undefined {
    return this.#rows.get(id);
  }

  /** For REST answers: without privacy settings. */
  user(id: string): User {
    const row = this.#rows.get(id);
    return row ? userOf(this.#deps, row) : { id };
  }

  /** For events: with privacy settings, as the protocol has them there. */
  eventUser(id: string): User {
    const row = this.#rows.get(id);
    return row ? { ...userOf(this.#deps, row), privacy_settings: completePrivacy(row) } : { id };
  }
}

function userOf(deps: Deps, row: UserRow): User {
  return {
    ...row.data,
    id: row.id,
    role: row.role,
    banned: deps.standing.isBanned(row.id),
    online: isOnline(deps, row),
    ...(row.last_active === null ? {} : { last_active: formatTime(row.last_active) }),
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
  };
}

/** Whether others see the user as online. */
function isOnline({ online }: Deps, row: UserRow): boolean {
  return !row.invisible && online(row.id);
}

/** A channel as events carry it: the same for everybody. */
export function channelOf(row: ChannelRow, userOfId: (id: string) => User): ChannelData {
  const type = findChannelType(row.type);
  return {
    ...row.data,
    id: row.id,
    type: row.type,
    cid: row.cid,
    created_by: userOfId(row.created_by),
    frozen: false,
    disabled: false,
    member_count: row.member_count,
    ...(row.last_message_at === null ? {} : { last_message_at: formatTime(row.last_message_at) }),
    ...(row.truncated_at === null ? {} : { truncated_at: formatTime(row.truncated_at) }),
    ...(row.deleted_at === null ? {} : { deleted_at: formatTime(row.deleted_at) }),
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
    ...(type ? { config: type.config } : {}),
  };
}

/** A channel as an answer to one user carries it. @param own - Their membership, if any. */
export function ownChannelOf(
  row: ChannelRow,
  people: People,
  userId: string,
  own: MemberRow | undefined,
): ChannelData {
  const type = findChannelType(row.type);
  const muted = own !== undefined && isMuted(own, people.now);
  return {
    ...channelOf(row, (id) => people.user(id)),
    hidden: own?.hidden ?? false,
    muted,
    ...(muted && own.mute_expires !== null ? { mute_expires_at: formatTime(own.mute_expires) } : {}),
    own_capabilities: type ? capabilitiesOf(type, footingOf(row, people, userId, own)) : [],
  };
}

function footingOf(row: ChannelRow, people: People, userId: string, own: MemberRow | undefined): Footing {
  const member = own !== undefined && isMember(own);
  const banned = own !== undefined && isBannedMember(own, people.now);
  return {
    member,
    owner: row.created_by === userId,
    moderator: member && own.channel_role === MODERATOR,
    silent: banned || (own !== undefined && !member) || isAnonymous(userId),
    guest: people.row(userId)?.role === GUEST,
  };
}

/** Whether the member is banned from the channel, and still; of shadow bans nobody is told. */
function isBannedMember({ banned, ban_expires: end }: MemberRow, now: Micros): boolean {
  return banned && (end === null || end > now);
}

/** Whether the member has muted the channel, and still. */
export function isMuted({ muted_at: at, mute_expires: end }: MemberRow, now: Micros): boolean {
  return at !== null && (end === null || end > now);
}

/** @param owner - The id of the channel's creator, who has the old-style role `owner`. */
export function memberOf(row: MemberRow, userOfId: (id: string) => User, owner: string, now: Micros): Member {
  const { status, invite_accepted_at: accepted, invite_rejected_at: rejected } = row;
  const banned = isBannedMember(row, now);
  const moderator = row.channel_role === MODERATOR;
  return {
    ...row.data,
    user_id: row.user_id,
    user: userOfId(row.user_id),
    status,
    channel_role: row.channel_role,
    role: row.user_id === owner ? 'owner' : moderator ? 'moderator' : 'member',
    ...(moderator ? { is_moderator: true } : {}),
    ...(status === 'member' ? {} : { invited: true }),
    ...(accepted === null ? {} : { invite_accepted_at: formatTime(accepted) }),
    ...(rejected === null ? {} : { invite_rejected_at: formatTime(rejected) }),
    banned,
    ...(banned && row.ban_expires !== null ? { ban_expires: formatTime(row.ban_expires) } : {}),
    shadow_banned: false,
    notifications_muted: false,
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
  };
}

/** As `memberOf`, with what the member keeps for themselves: for nobody else. */
export function ownMemberOf(
  row: MemberRow,
  userOfId: (id: string) => User,
  owner: string,
  now: Micros,
): Member {
  const { pinned_at: pinned, archived_at: archived } = row;
  return {
    ...memberOf(row, userOfId, owner, now),
    ...(pinned === null ? {} : { pinned_at: formatTime(pinned) }),
    ...(archived === null ? {} : { archived_at: formatTime(archived) }),
  };
}

/** @param delivered - Whether what has arrived at the user may be told too. */
export function readOf(row: MemberRow, user: User, delivered: boolean): ReadEntry {
  const { last_delivered_at: at, last_delivered_message_id: id } = row;
  return {
    user,
    last_read: formatTime(row.last_read),
    last_read_message_id: row.last_read_message_id,
    unread_messages: row.unread,
    ...(delivered && at !== null ? { last_delivered_at: formatTime(at), last_delivered_message_id: id } : {}),
  };
}

/** The fields that place an event in a channel. */
export function eventIn(
  channel: Pick<ChannelRow, 'cid' | 'type' | 'id'>,
  type: string,
  at: Micros,
): EventBase & { type: string } {
  return {
    type,
    cid: channel.cid,
    channel_type: channel.type,
    channel_id: channel.id,
    created_at: formatTime(at),
  };
}
