import type { Access } from './access.js';
import { parseTime, type Micros } from './clock.js';
import { announce, dropWatchers, toChannel } from './deliver.js';
import type { Deps } from './deps.js';
import { ApiError, badInput, shown } from './errors.js';
import type { Json } from './input.js';
import type { TruncateChannel } from './shapes/channels.js';
import type { BodyOf } from './shapes/operation.js';
import { readSystemMessage } from './new-message.js';
import { sendPrepared } from './send.js';
import { appendEvent, lockChannel } from './store/channels.js';
import { memberIds } from './store/members.js';
import { truncate, wipe } from './store/empty-channel.js';
import type { ChannelRow } from './store/schema.js';
import { channelOf, eventIn, ownChannelOf, People } from './wire.js';

type Truncation = BodyOf<typeof TruncateChannel>;

/**
 * Removes the channel's messages, or those up to a time, for everybody and for good; then a system message may follow.
 *
 * @throws {ApiError} 4 for bad input, 19 for the messages of some members alone.
 */
export async function truncateChannel(
  deps: Deps,
  access: Access,
  userId: string,
  body: Truncation,
): Promise<Json> {
  const { cid } = access.channel;
  const until = readUntil(body, deps.clock.now());
  const message = body.message && (await readSystemMessage(deps, access, userId, body.message));
  const row = await deps.inOrder(cid, async () => {
    const { row, seq } = await deps.db.transaction().execute(async (trx) => {
      await lockChannel(trx, cid);
      const { at, seq } = await appendEvent(
        trx,
        cid,
        { type: 'channel.truncated', userId },
        deps.clock.now(),
      );
      return { row: await truncate(trx, cid, until ?? at, at), seq };
    });
    await announce(deps, { cid, seq }, () => tellTruncated(deps, row, userId, seq));
    return row;
  });
  const sent = message && (await sendPrepared(deps, { ...access, channel: row }, message));
  const people = await People.load(deps, [row.created_by]);
  return {
    channel: ownChannelOf(row, people, userId, access.member),
    ...(sent ? { message: sent } : {}),
  };
}

/** Up to when messages go; undefined for all of them. */
function readUntil({ member_ids: ids, truncated_at: at }: Truncation, now: Micros): Micros | undefined {
  if (ids.length)
    throw new ApiError(19, 'A channel is truncated for all its members here. Leave member_ids out.');
  const until = parseTime(at);
  if (until !== undefined && until > now)
    throw badInput(`truncated_at must be an RFC 3339 time that has been; got ${shown(at)}`);
  return until;
}

async function tellTruncated(deps: Deps, row: ChannelRow, userId: string, seq: number): Promise<void> {
  const people = await People.load(deps, [userId, row.created_by]);
  const shownAs = (id: string) => people.eventUser(id);
  const shared = { channel: channelOf(row, shownAs), user: shownAs(userId) };
  await toChannel(
    deps,
    await memberIds(deps.db, row.cid),
    { ...eventIn(row, 'channel.truncated', row.updated_at), ...shared, seq },
    { ...eventIn(row, 'notification.channel_truncated', row.updated_at), ...shared },
  );
}

/** Removes the channel with all that is in it, for good. One made under its id later is a new one. */
export async function deleteChannel(deps: Deps, { channel, member }: Access, userId: string): Promise<Json> {
  const { cid } = channel;
  return deps.inOrder(cid, async () => {
    const { row, members } = await deps.db.transaction().execute(async (trx) => {
      await lockChannel(trx, cid);
      const members = await memberIds(trx, cid);
      return { row: await wipe(trx, cid, deps.clock.now()), members };
    });
    const people = await People.load(deps, [userId, row.created_by]);
    const shownAs = (id: string) => people.eventUser(id);
    // As it was, but for its end.
    const last = { ...channel, deleted_at: row.deleted_at };
    const shared = { channel: channelOf(last, shownAs), user: shownAs(userId) };
    const at = row.deleted_at ?? row.updated_at;
    await toChannel(
      deps,
      members,
      { ...eventIn(row, 'channel.deleted', at), ...shared },
      { ...eventIn(row, 'notification.channel_deleted', at), ...shared },
    );
    dropWatchers(deps, cid);
    return { channel: ownChannelOf(last, people, userId, member) };
  });
}
