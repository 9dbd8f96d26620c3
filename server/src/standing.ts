import type { Clock, Micros } from './clock.js';
import { ApiError } from './errors.js';
import { bansSince, holds } from './store/bans.js';
import type { BanRow, Db } from './store/schema.js';
import { EVERYBODY, standingsSince } from './store/standings.js';
import type { Bearer } from './token.js';

/** Clocks of servers differ, and transactions end late: this far back is read again. In microseconds. */
const OVERLAP: Micros = 60_000_000;

/**
 * Who is banned from the application, and whose tokens are revoked: the few of many users, held in memory, so that each
 * request can be checked without asking the store. `refresh` reads what changed, here or on another server.
 */
export class Standing {
  #db: Db;
  #clock: Clock;
  #bans = new Map<string, BanRow>();
  /** In seconds since 1970. */
  #revoked = new Map<string, number>();
  #deleted = new Set<string>();
  #since: Micros = 0;

  constructor(db: Db, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** @returns Whose standing was read again, for all of whom live connections are to be looked at. */
  async refresh(): Promise<Set<string>> {
    const since = Math.max(0, this.#since - OVERLAP);
    const bans = await bansSince(this.#db, since);
    const standings = await standingsSince(this.#db, since);
    for (const ban of bans) {
      if (ban.active) this.#bans.set(ban.target_id, ban);
      else this.#bans.delete(ban.target_id);
      this.#since = Math.max(this.#since, ban.changed_at);
    }
    for (const { user_id: id, revoked_before: before, deleted, changed_at: at } of standings) {
      if (before === null) this.#revoked.delete(id);
      else this.#revoked.set(id, before / 1_000_000);
      if (deleted) this.#deleted.add(id);
      this.#since = Math.max(this.#since, at);
    }
    return new Set([...bans.map((row) => row.target_id), ...standings.map((row) => row.user_id)]);
  }

  /** Why the bearer is refused everything; undefined for who is not. */
  refusal({ userId, issuedAt, kind }: Bearer): ApiError | undefined {
    if (kind === 'server' || kind === 'anonymous') return undefined;
    if (this.#deleted.has(userId)) return new ApiError(17, 'This user was deleted.');
    if (this.isBanned(userId)) return new ApiError(17, 'This user is banned.');
    const own = this.#revoked.get(userId);
    const all = this.#revoked.get(EVERYBODY);
    // A token that does not say when it was issued is as old as can be (protocol.md §1.6).
    const tooOld = (before: number | undefined) => before !== undefined && (issuedAt ?? -Infinity) < before;
    if (tooOld(own) || tooOld(all))
      return new ApiError(40, 'JWTAuth error: the token was revoked. Fetch a new one.');
    return undefined;
  }

  isBanned(userId: string): boolean {
    const ban = this.#held(userId);
    return ban !== undefined && !ban.shadow;
  }

  /** Whether only they see what they say. */
  isShadowed(userId: string): boolean {
    return this.#held(userId)?.shadow ?? false;
  }

  #held(userId: string): BanRow | undefined {
    const ban = this.#bans.get(userId);
    if (!ban || holds(ban, this.#clock.now())) return ban;
    this.#bans.delete(userId);
    return undefined;
  }
}
