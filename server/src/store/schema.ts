import type { ColumnType, Generated, Kysely, Selectable } from 'kysely';
import type { PrivacySettings } from '../../../src/protocol.js';
import type { Micros } from '../clock.js';
import type { Json } from '../input.js';
import type { JsonColumn, Optional } from './columns.js';
import type { DraftsTable, PollsTable, PollVotesTable, UploadsTable } from './schema-content.js';
import type { BansTable, FlagsTable, StandingsTable } from './schema-trust.js';

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
  /** Messages up to here were removed. */
  truncated_at: Optional<Micros>;
  /** The channel is gone, but for its numbers: one made under its id anew goes on with them. */
  deleted_at: Optional<Micros>;
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
  last_delivered_at: Optional<Micros>;
  last_delivered_message_id: Optional<string>;
  /** `member`, or for who was invited `pending`, `accepted` or `rejected`; only with the first and the third they take part. */
  status: Generated<MemberStatus>;
  invite_accepted_at: Optional<Micros>;
  invite_rejected_at: Optional<Micros>;
  /** As `bans` says, but for shadow bans, which nobody is told of. */
  banned: Generated<boolean>;
  ban_expires: Optional<Micros>;
  /** Custom fields. */
  data: ColumnType<Json, string | undefined, string>;
  /** From here on the member's own business, which nobody else is told. */
  hidden: Generated<boolean>;
  /** Messages up to here are not shown to the member. */
  hide_before: Optional<Micros>;
  pinned_at: Optional<Micros>;
  archived_at: Optional<Micros>;
  muted_at: Optional<Micros>;
  /** Null for a mute without end. */
  mute_expires: Optional<Micros>;
}

export type MemberStatus = 'member' | 'pending' | 'accepted' | 'rejected';

/** Users whose messages do not count for the one who muted them. */
export interface UserMutesTable {
  user_id: string;
  target_id: string;
  created_at: Micros;
  updated_at: Micros;
  /** Null for one without end. */
  expires: Micros | null;
}

/** Users between whom there are no messages in a channel of just the two. */
export interface BlocksTable {
  user_id: string;
  blocked_id: string;
  created_at: Micros;
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
  /** Sent under a shadow ban: nobody but its author sees it. */
  shadowed: Generated<boolean>;
  reply_count: Generated<number>;
  deleted_reply_count: Generated<number>;
  created_at: Micros;
  updated_at: Micros;
  deleted_at: Micros | null;
  text_updated_at: Micros | null;
  quoted_message_id: string | null;
  poll_id: string | null;
  pinned_at: Micros | null;
  pinned_by: string | null;
  /** The pin ends here; null for never. */
  pin_expires: Micros | null;
  /** Sums over `reactions`, by type. */
  reaction_groups: ColumnType<Record<string, ReactionGroup>, string | undefined, string>;
}

/** The reactions of one type to one message. */
export interface ReactionGroup {
  count: number;
  score: number;
  first: Micros;
  last: Micros;
}

export interface ReactionsTable {
  message_id: string;
  user_id: string;
  type: string;
  score: number;
  /** `emoji_code` and all custom fields. */
  data: JsonColumn<Json>;
  created_at: Micros;
  updated_at: Micros;
}

/** Messages that a user no longer wants to see; others do. */
export interface DeletedForTable {
  user_id: string;
  message_id: string;
  cid: string;
  created_at: Micros;
}

/** One row per message that was replied to. */
export interface ThreadsTable {
  parent_id: string;
  cid: string;
  /** Who wrote the parent. */
  created_by: string;
  title: Generated<string>;
  data: ColumnType<Json, string | undefined, string>;
  created_at: Micros;
  updated_at: Micros;
  /** Time of the newest reply. */
  last_message_at: Micros;
}

/** Who wrote the parent, replied, or was mentioned in a reply; with what they have read of the replies. */
export interface ThreadParticipantsTable {
  parent_id: string;
  user_id: string;
  created_at: Micros;
  last_read: Micros;
  last_read_message_id: string | null;
  unread: Generated<number>;
  /** Time of their newest reply; null for who has not replied. */
  last_message_at: Micros | null;
}

/** The words of a message, made by `words.ts`: no collation or dictionary of the database has a say. */
export interface MessageWordsTable {
  message_id: string;
  words: string;
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

/** One row: which history this store holds. */
export interface StoreTable {
  epoch: string;
  /** Differs when the store's files are a copy of those that held it. */
  place: string;
}

export interface Database {
  users: UsersTable;
  active_users: ActiveUsersTable;
  channels: ChannelsTable;
  members: MembersTable;
  messages: MessagesTable;
  events: EventsTable;
  reactions: ReactionsTable;
  deleted_for: DeletedForTable;
  threads: ThreadsTable;
  thread_participants: ThreadParticipantsTable;
  message_words: MessageWordsTable;
  drafts: DraftsTable;
  polls: PollsTable;
  poll_votes: PollVotesTable;
  uploads: UploadsTable;
  user_mutes: UserMutesTable;
  blocks: BlocksTable;
  bans: BansTable;
  standings: StandingsTable;
  flags: FlagsTable;
  store: StoreTable;
}

export type { PollOption, PollSettings } from './schema-content.js';

/** The database, or a transaction on it. */
export type Db = Kysely<Database>;

export type UserRow = Selectable<UsersTable>;
export type ChannelRow = Selectable<ChannelsTable>;
export type MemberRow = Selectable<MembersTable>;
export type MessageRow = Selectable<MessagesTable>;
export type ReactionRow = Selectable<ReactionsTable>;
export type ThreadRow = Selectable<ThreadsTable>;
export type ParticipantRow = Selectable<ThreadParticipantsTable>;
export type DraftRow = Selectable<DraftsTable>;
export type PollRow = Selectable<PollsTable>;
export type VoteRow = Selectable<PollVotesTable>;
export type UploadRow = Selectable<UploadsTable>;
export type UserMuteRow = Selectable<UserMutesTable>;
export type BlockRow = Selectable<BlocksTable>;
export type BanRow = Selectable<BansTable>;
export type StandingRow = Selectable<StandingsTable>;
export type FlagRow = Selectable<FlagsTable>;
