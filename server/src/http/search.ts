import type { Deps } from '../deps.js';
import { badInput } from '../errors.js';
import type { Json } from '../input.js';
import { Messages } from '../message-view.js';
import { channelsById } from '../store/channels.js';
import { membershipsOf } from '../store/members.js';
import { searchMessages } from '../store/search.js';
import { Search } from '../shapes/search.js';
import { ownChannelOf } from '../wire.js';
import { cursorOf } from './cursor.js';
import type { AddRoute, Call } from './route.js';

export function addSearch(add: AddRoute, deps: Deps): void {
  add('GET', '/search', Search, (call) => search(deps, call));
}

async function search(deps: Deps, { userId, payload }: Call<typeof Search>): Promise<object> {
  const { offset, sort, limit } = payload;
  const cursor = cursorOf(payload);
  if (offset && (cursor !== undefined || (sort ?? null) !== null))
    throw badInput('offset goes with neither next nor sort. Page by next.');
  const found = await searchMessages(
    deps.db,
    userId,
    {
      channels: payload.filter_conditions,
      messages: soughtOf(payload),
      sort,
      limit,
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
function soughtOf({
  query,
  message_filter_conditions: filter,
}: Call<typeof Search>['payload']): string | Json {
  const [sought, ...more] = [query, filter].filter((value) => value !== undefined);
  if (sought === undefined || more.length)
    throw badInput('Search by one of query and message_filter_conditions.');
  return sought;
}
