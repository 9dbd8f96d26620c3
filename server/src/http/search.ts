import type { Deps } from '../deps.js';
import { badInput, shown } from '../errors.js';
import { asCount, asObject, isObject, type Json } from '../input.js';
import { Messages } from '../message-view.js';
import { channelsById } from '../store/channels.js';
import { membershipsOf } from '../store/members.js';
import { searchMessages } from '../store/search.js';
import { ownChannelOf } from '../wire.js';
import { cursorOf } from './cursor.js';
import { payloadOf, type AddRoute, type Call } from './route.js';

/** Of messages in one answer, and before it (protocol.md §7.13). */
const MAX_RESULTS = 100;
const MAX_OFFSET = 1000;

export function addSearch(add: AddRoute, deps: Deps): void {
  add('GET', '/search', 'Search', (call) => search(deps, call));
}

async function search(deps: Deps, call: Call): Promise<object> {
  const { userId } = call;
  const payload = payloadOf(call);
  if (!isObject(payload['filter_conditions']))
    throw badInput(`filter_conditions must say which channels; got ${shown(payload['filter_conditions'])}`);
  const offset = asCount(payload['offset'], 'offset', 0, MAX_OFFSET);
  const cursor = cursorOf(payload);
  if (offset && (cursor !== undefined || (payload['sort'] ?? null) !== null))
    throw badInput('offset goes with neither next nor sort. Page by next.');
  const found = await searchMessages(
    deps.db,
    userId,
    {
      channels: payload['filter_conditions'],
      messages: soughtOf(payload),
      sort: payload['sort'],
      limit: asCount(payload['limit'], 'limit', 10, MAX_RESULTS, 1),
      offset,
      cursor,
    },
    deps.clock.now(),
  );
  const { rows, next, prev } = found;
  const cids = [...new Set(rows.map((row) => row.cid))];
  const channels = await channelsById(deps.db, cids);
  const joined = new Map((await membershipsOf(deps.db, cids, userId)).map((row) => [row.cid, row]));
  const others = channels.map((row) => row.created_by);
  const messages = await Messages.load(deps, rows, { viewer: userId, others });
  const shownChannels = new Map(
    channels.map((row) => [row.cid, ownChannelOf(row, messages.people, userId, joined.get(row.cid))]),
  );
  return {
    results: rows.map((row) => ({
      message: { ...messages.answer(row), channel: shownChannels.get(row.cid) },
    })),
    ...(next === undefined ? {} : { next }),
    ...(prev === undefined ? {} : { previous: prev }),
  };
}

/** Words, or a filter: exactly one of them. */
function soughtOf(payload: Json): string | Json {
  const { query, message_filter_conditions: filter } = payload;
  const given = [query, filter].filter((value) => value !== undefined && value !== null);
  if (given.length !== 1) throw badInput('Search by one of query and message_filter_conditions.');
  if (typeof query === 'string') return query;
  if (query !== undefined && query !== null) throw badInput(`query must be a string; got ${shown(query)}`);
  return asObject(filter, 'message_filter_conditions');
}
