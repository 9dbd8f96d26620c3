import type { Micros } from '../clock.js';
import type { Json } from '../input.js';
import type { JsonColumn } from './columns.js';

export interface DraftsTable {
  user_id: string;
  cid: string;
  /** Empty for a draft in the channel itself. */
  parent_id: string;
  message: JsonColumn<Json>;
  created_at: Micros;
}

export interface PollOption {
  id: string;
  text: string;
  [custom: string]: unknown;
}

export interface PollSettings {
  name: string;
  description: string;
  voting_visibility: 'public' | 'anonymous';
  enforce_unique_vote: boolean;
  max_votes_allowed: number | null;
  allow_answers: boolean;
  allow_user_suggested_options: boolean;
}

export interface PollsTable {
  id: string;
  created_by: string;
  settings: JsonColumn<PollSettings>;
  options: JsonColumn<PollOption[]>;
  /** All custom fields. */
  data: JsonColumn<Json>;
  is_closed: boolean;
  created_at: Micros;
  updated_at: Micros;
}

/** A vote for an option, or an answer in words. */
export interface PollVotesTable {
  id: string;
  poll_id: string;
  user_id: string;
  option_id: string | null;
  answer_text: string | null;
  created_at: Micros;
  updated_at: Micros;
}

/** Files in the uploads folder; `id` is their name there. */
export interface UploadsTable {
  id: string;
  /** Empty for one that belongs to no channel. */
  cid: string;
  user_id: string;
  kind: 'file' | 'image';
  /** As it is saved by whoever downloads it. */
  name: string;
  mime: string;
  bytes: number;
  /** SHA-256 of the content. */
  digest: string;
  width: number | null;
  height: number | null;
  created_at: Micros;
}
