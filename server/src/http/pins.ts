import type { Deps } from '../deps.js';
import { badInput, shown } from '../errors.js';
import { asCount, asList, isObject, parseObject, type Json } from '../input.js';
import { Messages } from '../message-view.js';
import { MAX_PAGE, readPage } from '../paging.js';
import { pinsOf } from '../store/pinned.js';
import type { AddRoute, ChannelCall } from './route.js';

const LIMIT = 20;

export function addPins(add: AddRoute, deps: Deps): void {
  add('GET', '/channels/:type/:id/pinned_messages', 'GetPinnedMessages', (call) => pins(deps, call));
}

async function pins(deps: Deps, { access, userId, query }: ChannelCall): Promise<object> {
  const asked = askedOf(query);
  const { cid } = access.channel;
  const options = { ...asked, limit: asCount(asked['limit'], 'limit', LIMIT, MAX_PAGE) };
  const page = await readPage(deps.db, cid, options, LIMIT, 'pinned_at');
  const rows = await pinsOf(
    deps.db,
    { cid, viewer: userId },
    page,
    directionOf(asked['sort']),
    deps.clock.now(),
  );
  const messages = await Messages.load(deps, rows, { viewer: userId });
  return { messages: rows.map((row) => messages.answer(row)).filter(({ pinned }) => pinned) };
}

/** Clients say it in the payload or in plain parameters. */
function askedOf(query: Readonly<Json>): Json {
  const { payload } = query;
  if (payload === undefined) return { ...query, sort: sortOf(query['sort']) };
  if (typeof payload !== 'string') throw badInput('payload must be given once, as JSON.');
  return parseObject(payload, 'payload');
}

function sortOf(sort: unknown): unknown {
  if (typeof sort !== 'string') return sort;
  return parseObject(`{"sort":${sort}}`, 'sort')['sort'];
}

function directionOf(sort: unknown): 1 | -1 {
  const [entry] = asList(sort, 'sort', 1);
  if (entry === undefined) return -1;
  const { field, direction = 1 } = isObject(entry) ? entry : {};
  if (field !== 'pinned_at' || (direction !== 1 && direction !== -1))
    throw badInput(`sort must be [{field: "pinned_at", direction: 1 or -1}]; got ${shown(sort)}`);
  return direction;
}
