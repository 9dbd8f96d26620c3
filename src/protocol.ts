/**
 * The wire: shapes of the public client protocol of Stream Chat, and the few pure rules that both
 * sides, client and server, ask. Field names are the wire's own (snake_case). Nothing here does anything.
 */

import type { Attachment, Reaction, ReactionGroup } from './message-parts.js';

export type { Attachment, Reaction, ReactionGroup } from './message-parts.js';

/** Free, flat custom fields stand beside the named ones. */
type Custom = Record<string, unknown>;

/** RFC 3339, UTC, `Z` suffix, up to nanoseconds, trailing zeros dropped. Compare with `compareTimes`. */
export type Timestamp = string;

export interface PrivacySwitch {
  /** Absent means true. */
  enabled?: boolean;
}

/** What others may learn of a user. A missing part means allowed. */
export interface PrivacySettings {
  typing_indicators?: PrivacySwitch;
  read_receipts?: PrivacySwitch;
  delivery_receipts?: PrivacySwitch;
}

export interface User extends Custom {
  id: string;
  name?: string;
  image?: string;
  role?: string;
  online?: boolean;
  last_active?: Timestamp;
  created_at?: Timestamp;
  updated_at?: Timestamp;
  privacy_settings?: PrivacySettings;
}

/** The connected user as only they see themselves. */
export interface OwnUser extends User {
  total_unread_count?: number;
  unread_channels?: number;
}

export interface ChannelConfig extends Custom {
  name?: string;
  typing_events?: boolean;
  read_events?: boolean;
  max_message_length?: number;
}

/** A channel as the server describes it. `name` and `image` are custom fields by the protocol. */
export interface ChannelData extends Custom {
  id: string;
  type: string;
  cid: string;
  name?: string;
  image?: string;
  created_at?: Timestamp;
  updated_at?: Timestamp;
  last_message_at?: Timestamp;
  member_count?: number;
  frozen?: boolean;
  created_by?: User;
  config?: ChannelConfig;
  own_capabilities?: string[];
  /** Ours: the number of the channel's newest event. Other servers have none. */
  seq?: number;
}

export interface Member extends Custom {
  user_id: string;
  user?: User;
  channel_role?: string;
  created_at?: Timestamp;
  updated_at?: Timestamp;
}

export interface ReadEntry extends Custom {
  user: User;
  last_read: Timestamp;
  last_read_message_id?: string | null;
  unread_messages: number;
}

export type MessageType = 'regular' | 'reply' | 'system' | 'ephemeral' | 'error' | 'deleted';

export interface Message extends Custom {
  id: string;
  cid?: string;
  type: MessageType;
  text?: string;
  user?: User;
  parent_id?: string | null;
  show_in_channel?: boolean;
  silent?: boolean;
  shadowed?: boolean;
  created_at: Timestamp;
  updated_at: Timestamp;
  deleted_at?: Timestamp | null;
  message_text_updated_at?: Timestamp | null;
  attachments?: Attachment[];
  mentioned_users?: User[];
  quoted_message_id?: string | null;
  /** One level deep. */
  quoted_message?: Message | null;
  reaction_groups?: Readonly<Record<string, ReactionGroup>> | null;
  /** The newest ten. */
  latest_reactions?: Reaction[];
  /** Of the user who asked; always empty in events. */
  own_reactions?: Reaction[];
}

/** What a query or watch answers for one channel. */
export interface ChannelStateResponse {
  channel: ChannelData;
  messages: Message[];
  members: Member[];
  membership?: Member | null;
  read?: ReadEntry[];
  watcher_count?: number;
  pinned_messages?: Message[];
  threads?: unknown[];
  draft?: unknown;
}

/** The fields every event may carry. `user` is who did it. */
export interface EventBase extends Custom {
  created_at?: Timestamp;
  cid?: string;
  channel_id?: string;
  channel_type?: string;
  user?: User;
  channel?: ChannelData;
  watcher_count?: number;
  unread_count?: number;
  total_unread_count?: number;
  unread_channels?: number;
  /** Ours: the event's number in its channel, one more than the one before. Other servers have none. */
  seq?: number;
}

export interface HealthCheckEvent extends EventBase {
  type: 'health.check';
  connection_id: string;
  me?: OwnUser;
  /** Ours, in greetings: names the store. With another one, what is known of its channels is void. */
  epoch?: string;
  /** Ours: the newest event's number in each watched channel where something happened lately, by cid. */
  heads?: Readonly<Record<string, number>>;
}

export interface MessageEvent extends EventBase {
  type: 'message.new' | 'message.updated' | 'message.deleted' | 'notification.message_new';
  message: Message;
  hard_delete?: boolean;
}

export interface ReactionEvent extends EventBase {
  type: 'reaction.new' | 'reaction.updated' | 'reaction.deleted';
  message: Message;
  reaction?: Reaction;
}

export interface TypingEvent extends EventBase {
  type: 'typing.start' | 'typing.stop';
  parent_id?: string;
  user: User;
}

export interface ReadEvent extends EventBase {
  type: 'message.read' | 'notification.mark_read';
  user: User;
  last_read_message_id?: string;
}

export interface MemberEvent extends EventBase {
  type: 'member.added' | 'member.updated' | 'member.removed';
  member?: Member;
  user: User;
}

export interface UserEvent extends EventBase {
  type: 'user.updated' | 'user.presence.changed';
  user: User;
}

export interface ChannelEvent extends EventBase {
  type:
    | 'channel.created'
    | 'channel.updated'
    | 'channel.deleted'
    | 'notification.added_to_channel'
    | 'notification.removed_from_channel'
    | 'notification.channel_deleted';
  channel?: ChannelData;
  member?: Member;
}

/** Every event this library acts on. Others pass through to listeners as they came. */
export type ServerEvent =
  | HealthCheckEvent
  | MessageEvent
  | ReactionEvent
  | TypingEvent
  | ReadEvent
  | MemberEvent
  | UserEvent
  | ChannelEvent;

// ── Rules ──────────────────────────────────────────────────────────────────

/** Letters, digits, `@`, `_`, `-`; at most 255 (protocol.md §4.1). */
const USER_ID = /^[A-Za-z0-9@_-]{1,255}$/;
/** Type and id, at most 64 each; `!` starts the ids that only servers make (protocol.md §11.1). */
const CID = /^([\w-]{1,64}):([\w!-]{1,64})$/;

/** Of one user object, channel data or event, as JSON in UTF-8: 5 KB. */
export const MAX_OBJECT_BYTES = 5 * 1024;
/** Of a message's text, in characters, where the channel's config does not say otherwise. */
export const MAX_MESSAGE_LENGTH = 5000;

/** Computed by the server; sending one is an error (protocol.md §4.2). */
const COMPUTED = ['created_at', 'updated_at', 'deleted_at', 'deactivated_at', 'last_active', 'online'];

/** The bytes of `value` as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value) ?? '').length;
}

/** `value` as an error shows it: JSON, cut after 60 characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Says which rule `id` breaks as a user id; undefined when it is good. */
export function userIdProblem(id: unknown): string | undefined {
  if (typeof id === 'string' && USER_ID.test(id)) return undefined;
  return `A user's "id" is 1 to 255 of the characters a–z A–Z 0–9 @ _ -; got ${shown(id)}. Pass { id: "ada" }.`;
}

/** Says which rule `user` breaks as the argument of a connect or an upsert; undefined when it is good. */
export function userProblem(user: unknown): string | undefined {
  const { id } = Object(user) as { id?: unknown };
  const problem = userIdProblem(id);
  if (problem) return problem;
  const computed = COMPUTED.find((field) => field in (user as User));
  if (computed) return `The server computes "${computed}" of a user. Leave it out.`;
  let bytes = NaN;
  try {
    bytes = jsonBytes(user);
  } catch {
    // A cycle or a BigInt: said below, with NaN for what was seen.
  }
  if (!(bytes <= MAX_OBJECT_BYTES))
    return `A user takes at most ${MAX_OBJECT_BYTES} bytes as JSON; got ${bytes}. Store large data elsewhere.`;
  return undefined;
}

/** Splits `type:id`; undefined when `cid` is not one. */
export function parseCid(cid: unknown): { type: string; id: string } | undefined {
  const [, type, id] = CID.exec(String(cid)) ?? [];
  return type && id ? { type, id } : undefined;
}

const DISCLOSED_BY: Readonly<Record<string, keyof PrivacySettings>> = {
  'typing.start': 'typing_indicators',
  'typing.stop': 'typing_indicators',
  'message.read': 'read_receipts',
  'message.delivered': 'delivery_receipts',
};

/**
 * The one privacy rule: may others learn of an event of this type that `user` caused?
 * The client asks before it sends, the server before it fans out, and before it puts a user's entry
 * into a `read` list (`message.read`) for somebody else. A user always sees their own.
 */
export function mayDisclose(user: Pick<User, 'privacy_settings'> | undefined, eventType: string): boolean {
  const part = DISCLOSED_BY[eventType];
  return part === undefined || user?.privacy_settings?.[part]?.enabled !== false;
}

/**
 * Orders two wire timestamps: negative, zero, positive. Texts, not dates: a `Date` drops the
 * microseconds, and the fraction's trailing zeros are missing, so the `Z` must not take part.
 */
export function compareTimes(a: Timestamp, b: Timestamp): number {
  const x = a.replace('Z', '');
  const y = b.replace('Z', '');
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The later of two. */
export function latest(a: Timestamp, b: Timestamp = ''): Timestamp {
  return compareTimes(a, b) < 0 ? b : a;
}
