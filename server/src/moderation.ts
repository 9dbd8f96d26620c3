import { readableChannel, readAddress, type Access } from './access.js';
import { endOf, formatTime } from './clock.js';
import { toIdle, toUser, toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import { ApiError, badInput, notAllowed, shown } from './errors.js';
import type { Json } from './input.js';
import type { Ban, QueryBannedUsers, Unban } from './shapes/moderation.js';
import type { BodyOf, Asked } from './shapes/operation.js';
import { closeUnwanted } from './sweep.js';
import { banIn, EVERYWHERE, holds, liftBan, putBan, queryBans } from './store/bans.js';
import { findChannel } from './store/channels.js';
import { noteBan } from './store/members.js';
import { operatorsOf } from './store/filter.js';
import type { BanRow, ChannelRow } from './store/schema.js';
import { isAdmin, requireUsers } from './store/users.js';
import { eventIn, People } from './wire.js';

type Aim = Asked<typeof Unban>['query'];

/** Who moderates: `userId` is empty for a backend that acts for nobody. */
export interface Moderator {
  userId: string;
  backend: boolean;
}

/**
 * Whether what the user says in the channel is seen by nobody else, for they are under a shadow ban.
 *
 * @throws {ApiError} 17 for who is banned from the channel.
 */
export async function speaksUnseen(
  { db, clock, standing }: Deps,
  { channel, speaker }: Access,
  userId: string,
): Promise<boolean> {
  const now = clock.now();
  const found = speaker ? speaker.ban : await banIn(db, channel.cid, userId, now);
  const ban = found && holds(found, now) ? found : undefined;
  if (ban && !ban.shadow)
    throw new ApiError(17, `User '${userId}' is banned from channel ${shown(channel.cid)}`);
  return ban !== undefined || standing.isShadowed(userId);
}

/**
 * Bans a user from a channel or, when `body` names none, from the application: their connections end within seconds.
 *
 * @throws {ApiError} 4 for bad input, 16 for no such channel, 17 for who may not ban, 19 for what is not offered.
 */
export async function ban(deps: Deps, who: Moderator, body: BodyOf<typeof Ban>): Promise<void> {
  const { targetId, channel } = await aimed(deps, who, body);
  if (targetId === who.userId) throw badInput('Nobody can ban themselves. Name somebody else.');
  if (channel?.created_by === targetId && !who.backend)
    throw notAllowed(who.userId, 'ban the owner of the channel');
  await requireUsers(deps.db, [targetId]);
  for (const key of ['ip_ban', 'delete_messages'] as const)
    if (body[key] !== undefined && body[key] !== false && body[key] !== '')
      throw new ApiError(19, `${key} is not offered here. Leave it out.`);
  const now = deps.clock.now();
  const { reason, shadow } = body;
  const expires = endOf(body.timeout, now);
  const row = await deps.db.transaction().execute(async (trx) => {
    const made = await putBan(
      trx,
      {
        targetId,
        cid: channel?.cid ?? EVERYWHERE,
        by: who.userId,
        reason,
        shadow,
        expires,
      },
      now,
    );
    if (channel) await noteBan(trx, channel.cid, targetId, shadow ? null : made);
    return made;
  });
  if (!shadow) await tellBan(deps, 'user.banned', row, channel);
  await closeUnwanted(deps);
}

/** Lifts a ban; without one nothing happens. @throws {ApiError} As `ban`. */
export async function unban(deps: Deps, who: Moderator, query: Aim): Promise<void> {
  const { targetId, channel } = await aimed(deps, who, query);
  const row = await deps.db.transaction().execute(async (trx) => {
    const lifted = await liftBan(trx, targetId, channel?.cid ?? EVERYWHERE, deps.clock.now());
    if (lifted && channel) await noteBan(trx, channel.cid, targetId, null);
    return lifted;
  });
  await closeUnwanted(deps);
  if (row && !row.shadow) await tellBan(deps, 'user.unbanned', row, channel);
}

/** Whom it is about, and where. @throws {ApiError} 17 unless `who` moderates there. */
async function aimed(
  deps: Deps,
  who: Moderator,
  given: Aim,
): Promise<{ targetId: string; channel: ChannelRow | undefined }> {
  const { target_user_id: targetId } = given;
  return { targetId, channel: await moderated(deps, who, cidIn(given)) };
}

/** The channel that is named; undefined for the whole application. */
function cidIn({ type, id, channel_cid: cid }: Aim): string | undefined {
  if (cid) return cid;
  if (type && id) return readAddress(type, id).cid;
  if (type || id) throw badInput('A channel is named by type and id, or by channel_cid.');
  return undefined;
}

async function moderated(
  deps: Deps,
  { userId, backend }: Moderator,
  cid: string | undefined,
): Promise<ChannelRow | undefined> {
  const admin = backend || (await isAdmin(deps.db, userId));
  if (cid === undefined) {
    if (!admin) throw notAllowed(userId, 'moderate the whole application. Name a channel');
    return undefined;
  }
  const { channel, moderator } = await readableChannel(deps, userId, cid, admin);
  if (!moderator) throw notAllowed(userId, `moderate channel ${shown(cid)}`);
  return channel;
}

/** To who was banned; of a channel, to its watchers, too. */
async function tellBan(
  deps: Deps,
  type: 'user.banned' | 'user.unbanned',
  row: BanRow,
  channel: ChannelRow | undefined,
): Promise<void> {
  const people = await People.load(deps, [row.target_id, row.banned_by]);
  const event = {
    type,
    user: people.eventUser(row.target_id),
    ...(row.banned_by ? { created_by: people.eventUser(row.banned_by) } : {}),
    shadow: false,
    total_bans: 1,
    ...(row.reason ? { reason: row.reason } : {}),
    ...(row.expires === null ? {} : { expiration: formatTime(row.expires) }),
    created_at: formatTime(row.changed_at),
  };
  if (!channel) return toUser(deps, row.target_id, event);
  const there = { ...eventIn(channel, type, row.changed_at), ...event };
  toWatchers(deps, there);
  toIdle(deps, row.target_id, there);
}

type Query = Asked<typeof QueryBannedUsers>['payload'];

/** The bans that hold: of one channel, for its moderators; of all, for administrators and backends. */
export async function bans(deps: Deps, who: Moderator, payload: Query): Promise<Json> {
  const { limit, offset, filter_conditions: filter } = payload;
  const { channel_cid: cid, ...rest } = filter;
  const channel = await moderated(deps, who, cid === undefined ? undefined : cidFrom(cid));
  const rows = await queryBans(deps.db, { cid: channel?.cid, filter: rest, limit, offset }, deps.clock.now());
  const people = await People.load(deps, rows.flatMap((row) => [row.target_id, row.banned_by])); // prettier-ignore
  const answers = rows.map(async (row) => {
    const where = row.cid === EVERYWHERE ? undefined : await findChannel(deps.db, row.cid);
    return {
      user: people.user(row.target_id),
      ...(row.banned_by ? { banned_by: people.user(row.banned_by) } : {}),
      ...(where ? { channel: { cid: where.cid, type: where.type, id: where.id, ...where.data } } : {}),
      reason: row.reason,
      shadow: row.shadow,
      ...(row.expires === null ? {} : { expires: formatTime(row.expires) }),
      created_at: formatTime(row.created_at),
    };
  });
  return { bans: await Promise.all(answers) };
}

function cidFrom(value: unknown): string {
  const [[operator, cid] = [], ...more] = operatorsOf(value);
  if (operator === '$eq' && typeof cid === 'string' && !more.length) return cid;
  throw badInput(`channel_cid is filtered by $eq with a cid; got ${shown(value)}`);
}
