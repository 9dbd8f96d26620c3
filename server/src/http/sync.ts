import { audibleAmong } from '../access.js';
import { parseTime } from '../clock.js';
import type { Deps } from '../deps.js';
import { badInput } from '../errors.js';
import { MAX_EVENT_AGE } from '../housekeeping.js';
import { replay } from '../replay-view.js';
import { Sync } from '../shapes/channels.js';
import { collapse, eventsSince } from '../store/replay.js';
import type { AddRoute, Call } from './route.js';
import { connectionOf, wanted, watch } from './watch.js';

/** protocol.md §7.15. */
const MAX_EVENTS = 1000;

export function addSync(add: AddRoute, deps: Deps): void {
  add('POST', '/sync', Sync, (call) => sync(deps, call));
}

async function sync(deps: Deps, call: Call<typeof Sync>): Promise<object> {
  const { body, userId, query } = call;
  const cids = [...new Set(body.channel_cids)];
  const since = parseTime(body.last_sync_at) ?? 0;
  if (!cids.length) throw badInput('channel_cids must name at least one channel; got none.');
  if (since < deps.clock.now() - MAX_EVENT_AGE)
    throw badInput('last_sync_at may lie 30 days back. Query the channels instead.');
  const options = { ...query, ...body };
  const watching = wanted(options.watch, 'watch', connectionOf(deps, call));

  const channels = (await audibleAmong(deps, userId, cids)).map(({ channel }) => channel);
  if (watching) await watch(deps, watching, channels);
  const open = channels.map(({ cid }) => cid);
  const rows = await eventsSince(deps.db, open, since, MAX_EVENTS + 1);
  if (rows.length > MAX_EVENTS) {
    deps.metrics.recoveries.inc({ result: 'requery' });
    throw badInput(
      `Too many events to sync, please use a more recent last_sync_at, or query the channels. At most ${MAX_EVENTS}.`,
    );
  }
  deps.metrics.recoveries.inc({ result: 'ok' });
  const events = await replay(deps, userId, collapse(rows));
  if (!options.with_inaccessible_cids) return { events };
  const accessible = new Set(open);
  return { events, inaccessible_cids: cids.filter((cid) => !accessible.has(cid)) };
}
