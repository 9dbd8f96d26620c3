import type { ColumnType, Generated, Kysely, Selectable } from 'kysely';
import type { PrivacySettings } from '../../../src/protocol.js';
import type { Micros } from '../clock.js';
import type { Json } from '../input.js';

/** Written as JSON text, read parsed: drivers disagree on how they turn arrays into parameters. */
type JsonColumn<T> = ColumnType<T, string, string>;

export interface UsersTable {
  id: string;
  role: Generated<string>;
  /** `name`, `image` and all custom fields. */
  data: JsonColumn<Json>;
  privacy: JsonColumn<PrivacySettings>;
  invisible: Generated<boolean>;
  created_at: Micros;
  updated_at: Micros;
  last_active: Micros | null;
}

/** One row per user and calendar month in which they connected. */
export interface ActiveUsersTable {
  month: string;
  user_id: string;
}

export interface ChannelsTable {
  cid: string;
  type: string;
  id: string;
  /** `name`, `image` and all custom fields. */
  data: JsonColumn<Json>;
  created_by: string;
  member_count: Generated<number>;
  /** Number of the newest event. */
  seq: Generated<number>;
  /** Time of the newest event; the next is later, even if the machine's clock went back. */
  last_event_at: Micros;
  last_message_at: Micros | null;
  created_at: Micros;
  updated_at: Micros;
}

export interface MembersTable {
  cid: string;
  user_id: string;
  channel_role: Generated<string>;
  created_at: Micros;
  updated_at: Micros;
  last_read: Micros;
  last_read_message_id: string | null;
  unread: Generated<number>;
}

export interface MessagesTable {
  id: string;
  cid: string;
  user_id: string;
  type: string;
  text: string;
  /** Attachments, mentioned ids and all custom fields. */
  data: JsonColumn<Json>;
  parent_id: string | null;
  show_in_channel: boolean;
  silent: boolean;
  reply_count: Generated<number>;
  created_at: Micros;
  updated_at: Micros;
  deleted_at: Micros | null;
  text_updated_at: Micros | null;
}

/** What happened, in order per channel: replayed by `/sync`. Refers to messages, so that deleting one leaves no copy. */
export interface EventsTable {
  cid: string;
  seq: number;
  type: string;
  user_id: string;
  message_id: string | null;
  created_at: Micros;
}

export interface Database {
  users: UsersTable;
  active_users: ActiveUsersTable;
  channels: ChannelsTable;
  members: MembersTable;
  messages: MessagesTable;
  events: EventsTable;
}

/** The database, or a transaction on it. */
export type Db = Kysely<Database>;

export type UserRow = Selectable<UsersTable>;
export type ChannelRow = Selectable<ChannelsTable>;
export type MemberRow = Selectable<MembersTable>;
export type MessageRow = Selectable<MessagesTable>;
