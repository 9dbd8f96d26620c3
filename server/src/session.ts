import type { HealthCheckEvent, OwnUser, User } from '../../src/protocol.js';
import { formatTime } from './clock.js';
import type { Deps } from './deps.js';
import { aboutUser, tellPresence, tellUserUpdated, toWatchers } from './deliver.js';
import { ApiError, shown } from './errors.js';
import { isObject, parseObject } from './input.js';
import { mutesOf, NO_MUTES, type Mutes } from './mutes.js';
import { NO_TOTALS, ownTotals } from './own-totals.js';
import { CLOSE_OVERFLOW, CLOSE_SILENT, CLOSE_UNWANTED, type Stream } from './stream.js';
import type { Bearer } from './token.js';
import { anonymousRow } from './visitors.js';
import { findChannelType } from './channel-types.js';
import { blocksOf, ownKinds } from './store/own-place.js';
import type { UserRow } from './store/schema.js';
import { completePrivacy, noteArrival, readUser, saveUser, touchUser, type Saved } from './store/users.js';
import { eventIn, People } from './wire.js';
import { parseCid } from '../../src/protocol.js';

/** `last_active` is refreshed this often while a user is connected (protocol.md §4.2), in microseconds. */
const ACTIVE_REFRESH = 15 * 60 * 1_000_000;

/**
 * Connects a user: creates or merges them, counts them as active, and attaches the stream that `open` makes.
 *
 * @param payload - The `json` parameter as it came.
 * @returns The first event, which `open`'s caller sends before anything else.
 * @throws {ApiError} 4 for a bad payload, 5 when it speaks of another user than the token, 22 above 5 KB.
 */
export async function connect(
  deps: Deps,
  bearer: Bearer,
  payload: unknown,
  open: (greeting: (id: string) => HealthCheckEvent) => Stream,
): Promise<Stream> {
  const { clock, hub } = deps;
  const { userId } = bearer;
  const { arrived, me, now } = await deps.turnstile.pass(async () => {
    const arrived = await arrive(deps, bearer, payload);
    const now = clock.now();
    return { arrived, now, me: await ownUser(deps, { ...arrived.row, last_active: now }, true) };
  });

  const wasOnline = deps.online(userId);
  const stream = open((connectionId) => ({ ...healthCheck(deps, connectionId), epoch: deps.epoch, me }));
  if (deps.closing) stream.end();
  if (stream.ended) return stream;
  stream.activeAt = now;
  stream.bearer = bearer;
  hub.add(stream);
  stream.onEnd = () =>
    void disconnected(deps, stream).catch((error: unknown) => deps.report('A goodbye failed', error));
  // Revoked or banned while it was being greeted.
  if (deps.standing.refusal(bearer)) stream.end(CLOSE_UNWANTED);
  if (arrived.before && arrived.changed) await tellUserUpdated(deps, arrived.row);
  if (!wasOnline) await presenceChanged(deps, userId);
  return stream;
}

/** Makes the user known, or changes what they say of themselves now. Of anonymous visitors nothing is kept. */
async function arrive({ db, clock }: Deps, { userId, kind }: Bearer, payload: unknown): Promise<Saved> {
  if (kind === 'anonymous') {
    readPayload(payload, undefined);
    return { row: anonymousRow(userId, clock.now()), changed: false, before: undefined };
  }
  const { id, change } = readUser(readPayload(payload, userId));
  if (id !== userId)
    throw new ApiError(5, `The token is for user "${userId}", the payload for ${shown(id)}.`);
  const saved = await saveUser(db, userId, change, 'merge', clock.now());
  await noteArrival(db, userId, clock.now());
  return saved;
}

/** @param userId - Whom the payload must be about; undefined for anybody. */
function readPayload(payload: unknown, userId: string | undefined): unknown {
  const { user_id: given, user_details: details } = parseObject(
    typeof payload === 'string' ? payload : '',
    'The "json" parameter',
  );
  if (userId !== undefined && given !== undefined && given !== userId)
    throw new ApiError(5, `The token is for user "${userId}", the payload for ${shown(given)}.`);
  if (!isObject(details))
    throw new ApiError(4, `"user_details" must be the user object; got ${shown(details)}`);
  return details;
}

/** What answers a ping: with `heads`, the newest event's number in each watched channel where something happened lately. */
export function heartbeat(deps: Deps, stream: Stream): HealthCheckEvent {
  const heads = deps.heads.of(deps.hub.channelsOf(stream), deps.clock.now());
  return { ...healthCheck(deps, stream.id), ...(heads ? { heads } : {}) };
}

function healthCheck({ clock }: Deps, connectionId: string): HealthCheckEvent {
  return { type: 'health.check', connection_id: connectionId, cid: '*', created_at: formatTime(clock.now()) };
}

/** The user as only they see themselves. @param online - Whether to show them as connected already. */
export async function ownUser(
  deps: Deps,
  row: UserRow,
  online = deps.online(row.id),
): Promise<OwnUser & Mutes> {
  const has = await ownKinds(deps.db, row.id);
  const totals = has.unread || has.threads ? await ownTotals(deps.db, row.id) : NO_TOTALS;
  const mutes = has.mutes || has.places ? await mutesOf(deps, row.id) : NO_MUTES;
  const blocks = has.blocks ? await blocksOf(deps.db, row.id) : [];
  return {
    ...row.data,
    id: row.id,
    role: row.role,
    language: '',
    teams: [],
    banned: deps.standing.isBanned(row.id),
    online: online && !row.invisible,
    invisible: row.invisible,
    ...(row.last_active === null ? {} : { last_active: formatTime(row.last_active) }),
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
    privacy_settings: completePrivacy(row),
    ...totals,
    devices: [],
    ...mutes,
    blocked_user_ids: blocks.map((block) => block.blocked_id),
    push_preferences: { chat_level: 'all', call_level: 'all' },
  };
}

/** The connection's client was heard: keeps `last_active` roughly right, at one write in a quarter of an hour. */
export async function stillActive({ db, clock }: Deps, stream: Stream): Promise<void> {
  const now = clock.now();
  if (now - stream.activeAt < ACTIVE_REFRESH) return;
  stream.activeAt = now;
  await touchUser(db, stream.userId, now);
}

/** What is worth counting of how connections end. */
const CAUSES = new Map<number | undefined, string>([
  [CLOSE_OVERFLOW, 'overflow'],
  [CLOSE_SILENT, 'silent'],
  [CLOSE_UNWANTED, 'unwanted'],
]);

async function disconnected(deps: Deps, stream: Stream): Promise<void> {
  const left = deps.hub.remove(stream);
  const cause = CAUSES.get(stream.endedWith);
  if (cause) deps.metrics.ended.inc({ cause });
  await deps.goodbyes.pass(() => sayGoodbye(deps, stream.userId, left));
}

async function sayGoodbye(deps: Deps, userId: string, left: readonly string[]): Promise<void> {
  if (deps.closing) return;
  // They may be back by their turn.
  const gone = left.filter((cid) => !deps.watchedBy(cid, userId));
  if (gone.length) await tellWatching(deps, gone, userId, 'user.watching.stop');
  if (deps.online(userId)) return;
  await touchUser(deps.db, userId, deps.clock.now());
  await presenceChanged(deps, userId);
}

/** Tells followers how the user stands now; nothing when they have just come back. */
export async function presenceChanged(deps: Deps, userId: string): Promise<void> {
  await aboutUser(deps, userId, async () => {
    const people = await People.load(deps, [userId]);
    if (people.row(userId)) tellPresence(deps, people.eventUser(userId));
  });
}

/** Tells the watchers of `cids` that a user began or ceased to watch. */
export async function tellWatching(
  deps: Deps,
  cids: readonly string[],
  userId: string,
  type: 'user.watching.start' | 'user.watching.stop',
): Promise<void> {
  await aboutUser(deps, userId, async () => {
    const user: User = (await People.load(deps, [userId])).eventUser(userId);
    for (const cid of cids) {
      const parts = parseCid(cid);
      if (parts && findChannelType(parts.type)?.config['connect_events'])
        toWatchers(deps, { ...eventIn({ cid, ...parts }, type, deps.clock.now()), user });
    }
  });
}
