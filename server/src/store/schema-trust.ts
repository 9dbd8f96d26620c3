import type { Generated } from 'kysely';
import type { Micros } from '../clock.js';
import type { Json } from '../input.js';
import type { JsonColumn } from './columns.js';

/** Who may say nothing: in one channel, or anywhere. */
export interface BansTable {
  target_id: string;
  /** Empty for a ban from the whole application. */
  cid: string;
  /** Empty for a backend that acted for nobody. */
  banned_by: string;
  reason: string;
  /** They may go on, but only they see what they say. */
  shadow: boolean;
  /** Null for one without end. */
  expires: Micros | null;
  /** False once it was lifted: the row stays, so that every server learns of it. */
  active: boolean;
  created_at: Micros;
  changed_at: Micros;
}

/** Whose tokens are no good any more. */
export interface StandingsTable {
  /** Empty for everybody. */
  user_id: string;
  /** Tokens issued before are refused; null for none. */
  revoked_before: Micros | null;
  deleted: Generated<boolean>;
  changed_at: Micros;
}

/** What users have reported. */
export interface FlagsTable {
  user_id: string;
  kind: 'message' | 'user';
  target_id: string;
  reason: string;
  custom: JsonColumn<Json>;
  created_at: Micros;
}
