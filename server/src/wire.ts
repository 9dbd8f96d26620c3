import type { ChannelData, EventBase, Member, Message, ReadEntry, User } from '../../src/protocol.js';
import { capabilitiesOf, findChannelType } from './channel-types.js';
import { formatTime, type Micros } from './clock.js';
import type { Deps } from './deps.js';
import type { Json } from './input.js';
import type { ChannelRow, MemberRow, MessageRow, UserRow } from './store/schema.js';
import { completePrivacy, usersById } from './store/users.js';

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

function userOf({ hub }: Deps, row: UserRow): User {
  return {
    ...row.data,
    id: row.id,
    role: row.role,
    banned: false,
    online: isOnline(hub, row),
    ...(row.last_active === null ? {} : { last_active: formatTime(row.last_active) }),
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
  };
}

/** Whether others see the user as online. */
export function isOnline(hub: Deps['hub'], row: UserRow): boolean {
  return !row.invisible && hub.connected(row.id);
}

/** The user ids that a message refers to. */
export function peopleIn(messages: readonly MessageRow[]): string[] {
  return messages.flatMap((row) => [row.user_id, ...mentionedIn(row.data)]);
}

function mentionedIn(data: Json): string[] {
  const ids = data['mentioned_users'];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

/** @param userOfId - How users are shown: `People.user` for answers, `People.eventUser` for events. */
export function messageOf(row: MessageRow, userOfId: (id: string) => User): Message {
  return {
    attachments: [],
    ...row.data,
    id: row.id,
    cid: row.cid,
    type: row.type as Message['type'],
    text: row.text,
    user: userOfId(row.user_id),
    mentioned_users: mentionedIn(row.data).map(userOfId),
    latest_reactions: [],
    own_reactions: [],
    reaction_counts: {},
    reaction_scores: {},
    reply_count: row.reply_count,
    deleted_reply_count: 0,
    parent_id: row.parent_id,
    show_in_channel: row.show_in_channel,
    pinned: false,
    silent: row.silent,
    shadowed: false,
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
    deleted_at: timeOrNull(row.deleted_at),
    message_text_updated_at: timeOrNull(row.text_updated_at),
  };
}

function timeOrNull(at: Micros | null): string | null {
  return at === null ? null : formatTime(at);
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
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
    ...(type ? { config: type.config } : {}),
  };
}

/** A channel as an answer to one user carries it. */
export function ownChannelOf(row: ChannelRow, people: People, userId: string, member: boolean): ChannelData {
  const type = findChannelType(row.type);
  return {
    ...channelOf(row, (id) => people.user(id)),
    hidden: false,
    muted: false,
    own_capabilities: type ? capabilitiesOf(type, member, row.created_by === userId) : [],
  };
}

/** @param owner - The id of the channel's creator, who has the old-style role `owner`. */
export function memberOf(row: MemberRow, userOfId: (id: string) => User, owner: string): Member {
  return {
    user_id: row.user_id,
    user: userOfId(row.user_id),
    status: 'member',
    channel_role: row.channel_role,
    role: row.user_id === owner ? 'owner' : 'member',
    banned: false,
    shadow_banned: false,
    notifications_muted: false,
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
  };
}

export function readOf(row: MemberRow, user: User): ReadEntry {
  return {
    user,
    last_read: formatTime(row.last_read),
    last_read_message_id: row.last_read_message_id,
    unread_messages: row.unread,
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
