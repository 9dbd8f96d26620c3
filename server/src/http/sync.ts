import { accessTo, type Access } from '../access.js';
import { parseTime } from '../clock.js';
import type { Deps } from '../deps.js';
import type { Outgoing } from '../deliver.js';
import { badInput, shown } from '../errors.js';
import { asFlag, asStrings } from '../input.js';
import { findChannel } from '../store/channels.js';
import { messagesById } from '../store/messages.js';
import { collapse, eventsSince, type EventRow } from '../store/replay.js';
import type { MessageRow } from '../store/schema.js';
import { channelOf, eventIn, messageOf, People, peopleIn } from '../wire.js';
import type { AddRoute, Call } from './route.js';
import { streamOf, wanted, watch } from './watch.js';

/** protocol.md §7.15. */
const MAX_CHANNELS = 255;
const MAX_EVENTS = 1000;
const MAX_AGE = 30 * 24 * 60 * 60 * 1_000_000;

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
  if (since < deps.clock.now() - MAX_AGE)
    throw badInput('last_sync_at may lie 30 days back. Query the channels instead.');
  const options = { ...query, ...body };
  const watching = wanted(options, 'watch', false, streamOf(deps, call));

  const found = await Promise.all(cids.map((cid) => readable(deps, userId, cid)));
  const open = found.filter((access) => access !== undefined);
  const channels = open.map(({ channel }) => channel);
  if (watching) await watch(deps, watching, channels);
  const rows = await eventsSince(deps.db, channels.map(({ cid }) => cid), since, MAX_EVENTS + 1); // prettier-ignore
  if (rows.length > MAX_EVENTS)
    throw badInput(`More than ${MAX_EVENTS} events since then. Query the channels instead.`);
  const events = await replay(deps, open, collapse(rows));
  if (!asFlag(options['with_inaccessible_cids'], 'with_inaccessible_cids', false)) return { events };
  const accessible = new Set(channels.map(({ cid }) => cid));
  return { events, inaccessible_cids: cids.filter((cid) => !accessible.has(cid)) };
}

async function readable(deps: Deps, userId: string, cid: string): Promise<Access | undefined> {
  const channel = await findChannel(deps.db, cid);
  return channel && accessTo(deps, userId, channel).catch(() => undefined);
}

async function replay(deps: Deps, open: readonly Access[], rows: readonly EventRow[]): Promise<Outgoing[]> {
  const ids = rows.flatMap(({ message_id: id }) => (id === null ? [] : [id]));
  const messages = new Map((await messagesById(deps.db, ids)).map((row) => [row.id, row]));
  const people = await People.load(deps, [
    ...peopleIn([...messages.values()]),
    ...rows.map((row) => row.user_id),
    ...open.map(({ channel }) => channel.created_by),
  ]);
  const byCid = new Map(open.map((access) => [access.channel.cid, access]));
  return rows.flatMap((row) => {
    const access = byCid.get(row.cid);
    return access ? [asEvent(access, people, row, messages.get(row.message_id ?? ''))] : [];
  });
}

function asEvent(
  { channel }: Access,
  people: People,
  row: EventRow,
  message: MessageRow | undefined,
): Outgoing {
  const shownAs = (id: string) => people.eventUser(id);
  const event = { ...eventIn(channel, row.type, row.created_at), user: shownAs(row.user_id) };
  if (row.message_id === null) return { ...event, channel: channelOf(channel, shownAs) };
  if (message) return { ...event, message: messageOf(message, shownAs), message_id: message.id };
  // Deleted for good: nothing of it is left but its id.
  const gone = { id: row.message_id, type: 'deleted', cid: channel.cid };
  return { ...event, type: 'message.deleted', hard_delete: true, message: gone, message_id: row.message_id };
}
