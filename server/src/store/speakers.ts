import { sql } from 'kysely';
import type { BanRow, ChannelRow, Db, MemberRow, UserRow } from './schema.js';

/** Who somebody is, and what they may say, in one channel. */
export interface Speaker {
  channel: ChannelRow;
  member: MemberRow | undefined;
  /** From the channel; it may have ended. */
  ban: BanRow | undefined;
  user: UserRow | undefined;
}

/** Speakers held at once. */
const MOST = 10_000;

/** Counts up with every change of what is known of a speaker, once that is committed. */
export interface Changes {
  readonly count: number;
}

/**
 * Finds speakers, in one statement each. Where all changes are known (an embedded store, which nobody else writes to) one
 * that was found is held until the next of them: typing asks for it again and again.
 */
export class Speakers {
  #db: Db;
  #changes: Changes | undefined;
  #held = new Map<string, Speaker>();
  #heldAt = 0;

  constructor(db: Db, changes?: Changes) {
    this.#db = db;
    this.#changes = changes;
  }

  /**
   * Undefined when there is no such channel. Of one that is held, what changes with every message is as it was: the
   * channel's newest message and number, the member's reads.
   */
  async find(cid: string, userId: string): Promise<Speaker | undefined> {
    const asOf = this.#changes?.count;
    if (asOf === undefined) return findSpeaker(this.#db, cid, userId);
    if (asOf !== this.#heldAt || this.#held.size >= MOST) this.#held.clear();
    this.#heldAt = asOf;
    const key = `${cid} ${userId}`;
    const held = this.#held.get(key);
    if (held) return held;
    const speaker = await findSpeaker(this.#db, cid, userId);
    // What changed meanwhile may be in it, or not.
    if (speaker && this.#changes?.count === asOf) this.#held.set(key, speaker);
    return speaker;
  }
}

async function findSpeaker(db: Db, cid: string, userId: string): Promise<Speaker | undefined> {
  const row = await db
    .selectFrom('channels')
    .select((eb) => [
      sql<ChannelRow>`to_json(channels)`.as('channel'),
      eb
        .selectFrom('members')
        .select(sql<MemberRow>`to_json(members)`.as('row'))
        .whereRef('members.cid', '=', 'channels.cid')
        .where('members.user_id', '=', userId)
        .as('member'),
      eb
        .selectFrom('bans')
        .select(sql<BanRow>`to_json(bans)`.as('row'))
        .whereRef('bans.cid', '=', 'channels.cid')
        .where('bans.target_id', '=', userId)
        .where('bans.active', '=', true)
        .as('ban'),
      eb
        .selectFrom('users')
        .select(sql<UserRow>`to_json(users)`.as('row'))
        .where('users.id', '=', userId)
        .as('user'),
    ])
    .where('channels.cid', '=', cid)
    .where('channels.deleted_at', 'is', null)
    .executeTakeFirst();
  if (!row) return undefined;
  const { channel, member, ban, user } = row;
  return { channel, member: member ?? undefined, ban: ban ?? undefined, user: user ?? undefined };
}
