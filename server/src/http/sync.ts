import { readableAmong } from '../access.js';
import { parseTime } from '../clock.js';
import type { Deps } from '../deps.js';
import type { Outgoing } from '../deliver.js';
import { badInput, shown } from '../errors.js';
import { asFlag, asStrings } from '../input.js';
import { MAX_EVENT_AGE } from '../housekeeping.js';
import { Messages } from '../message-view.js';
import { channelsById } from '../store/channels.js';
import { messagesById } from '../store/messages.js';
import { collapse, eventsSince, type EventRow } from '../store/replay.js';
import type { ChannelRow, MessageRow } from '../store/schema.js';
import { channelOf, eventIn } from '../wire.js';
import type { AddRoute, Call } from './route.js';
import { streamOf, wanted, watch } from './watch.js';

/** protocol.md §7.15. */
const MAX_CHANNELS = 255;
const MAX_EVENTS = 1000;

export function addSync(add: AddRoute, deps: Deps): void {
  add('POST', '/sync', 'Sync', (call) => sync(deps, call));
}

async function sync(deps: Deps, call: Call): Promise<object> {
  const { body, userId, query } = call;
  const cids = [...new Set(asStrings(body['channel_cids'], 'channel_cids', MAX_CHANNELS))];
  const since = parseTime(body['last_sync_at']);
  if (!cids.length) throw badInput('channel_cids must name at least one channel; got none.');
  if (since === undefined)
    throw badInput(`last_sync_at must be an RFC 3339 time; got ${shown(body['last_sync_at'])}`);
  if (since < deps.clock.now() - MAX_EVENT_AGE)
    throw badInput('last_sync_at may lie 30 days back. Query the channels instead.');
  const options = { ...query, ...body };
  const watching = wanted(options, 'watch', false, streamOf(deps, call));

  const channels = (await readableAmong(deps, userId, cids)).map(({ channel }) => channel);
  if (watching) await watch(deps, watching, channels);
  const open = channels.map(({ cid }) => cid);
  const rows = await eventsSince(deps.db, open, since, MAX_EVENTS + 1);
  if (rows.length > MAX_EVENTS)
    throw badInput(
      `Too many events to sync, please use a more recent last_sync_at, or query the channels. At most ${MAX_EVENTS}.`,
    );
  const events = await replay(deps, userId, collapse(rows));
  if (!asFlag(options['with_inaccessible_cids'], 'with_inaccessible_cids', false)) return { events };
  const accessible = new Set(open);
  return { events, inaccessible_cids: cids.filter((cid) => !accessible.has(cid)) };
}

/** Reads channels and messages after their events: each is at least as new as its number says. */
async function replay(deps: Deps, viewer: string, rows: readonly EventRow[]): Promise<Outgoing[]> {
  const channels = await channelsById(deps.db, [...new Set(rows.map(({ cid }) => cid))]);
  const ids = rows.flatMap(({ message_id: id }) => (id === null ? [] : [id]));
  const found = new Map((await messagesById(deps.db, ids)).map((row) => [row.id, row]));
  const messages = await Messages.load(deps, [...found.values()], {
    viewer,
    others: [...rows.map((row) => row.user_id), ...channels.map((row) => row.created_by)],
  });
  const byCid = new Map(channels.map((row) => [row.cid, row]));
  return rows.flatMap((row) => {
    const channel = byCid.get(row.cid);
    return channel ? [asEvent(channel, messages, row, found.get(row.message_id ?? ''))] : [];
  });
}

function asEvent(
  channel: ChannelRow,
  messages: Messages,
  row: EventRow,
  message: MessageRow | undefined,
): Outgoing {
  const shownAs = (id: string) => messages.people.eventUser(id);
  const user = shownAs(row.user_id);
  const event = { ...eventIn(channel, row.type, row.created_at), seq: row.seq, user };
  if (row.message_id === null) return { ...event, channel: channelOf(channel, shownAs) };
  if (message) return { ...event, message: messages.event(message), message_id: message.id };
  // Deleted for good: nothing of it is left but its id.
  const gone = { id: row.message_id, type: 'deleted', cid: channel.cid };
  return { ...event, type: 'message.deleted', hard_delete: true, message: gone, message_id: row.message_id };
}
