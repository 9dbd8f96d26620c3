import type { Deps } from '../deps.js';
import { badInput, shown } from '../errors.js';
import { asList, isObject, parseObject } from '../input.js';
import { Messages } from '../message-view.js';
import { readPage } from '../paging.js';
import { GetPinnedMessages } from '../shapes/messages.js';
import { pinsOf } from '../store/pinned.js';
import type { AddRoute, Call, ChannelCall } from './route.js';

export function addPins(add: AddRoute, deps: Deps): void {
  add('GET', '/channels/:type/:id/pinned_messages', GetPinnedMessages, (call) => pins(deps, call));
}

async function pins(deps: Deps, call: ChannelCall<typeof GetPinnedMessages>): Promise<object> {
  const { access, userId } = call;
  const asked = askedOf(call);
  const { cid } = access.channel;
  const page = await readPage(deps.db, cid, asked, 'pinned_at');
  const rows = await pinsOf(
    deps.db,
    { cid, viewer: userId },
    page,
    directionOf(asked.sort),
    deps.clock.now(),
  );
  const messages = await Messages.load(deps, rows, { viewer: userId });
  return { messages: rows.map((row) => messages.answer(row)).filter(({ pinned }) => pinned) };
}

/** Clients say it in the payload or in plain parameters. */
function askedOf({ query, payload }: Call<typeof GetPinnedMessages>) {
  return 'payload' in query ? payload : { ...query, sort: sortOf(query.sort) };
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
