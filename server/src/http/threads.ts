import type { Deps } from '../deps.js';
import { asCount, asObject, type Json } from '../input.js';
import { channelsById } from '../store/channels.js';
import { queryThreads } from '../store/query-threads.js';
import type { ThreadRow } from '../store/schema.js';
import { changeThread, threadOf, threadStates, type ThreadOptions } from '../threads.js';
import { cursorOf } from './cursor.js';
import type { AddRoute, Call } from './route.js';
import { connectionOf, wanted, watch } from './watch.js';

/** Of threads, replies and participants in one answer (protocol.md §7.6). */
const MAX_THREADS = 100;
const MAX_REPLIES = 10;
const MAX_PARTICIPANTS = 100;

export function addThreads(add: AddRoute, deps: Deps): void {
  add('POST', '/threads', 'QueryThreads', async (call) => {
    const { body, userId } = call;
    const options = optionsOf(body);
    const { rows, ...ends } = await queryThreads(deps.db, userId, {
      filter: asObject(body['filter'], 'filter'),
      sort: body['sort'],
      limit: asCount(body['limit'], 'limit', 10, MAX_THREADS, 1),
      cursor: cursorOf(body),
    });
    await watchThreads(deps, call, body, rows);
    return { threads: await threadStates(deps, rows, userId, options), ...ends };
  });
  add('GET', '/threads/:id', 'GetThread', async (call) => {
    const options = optionsOf(call.query);
    const thread = await threadOf(deps, call.access);
    await watchThreads(deps, call, call.query, [thread]);
    const [state] = await threadStates(deps, [thread], call.userId, options);
    return { thread: state };
  });
  add('PATCH', '/threads/:id', 'UpdateThreadPartial', async ({ access, userId, body }) => {
    const row = await changeThread(deps, access, userId, body);
    const [state] = await threadStates(deps, [row], userId, optionsOf({}));
    return { thread: state };
  });
}

function optionsOf(asked: Json): ThreadOptions {
  return {
    replyLimit: asCount(asked['reply_limit'], 'reply_limit', 2, MAX_REPLIES),
    participantLimit: asCount(
      asked['participant_limit'],
      'participant_limit',
      MAX_PARTICIPANTS,
      MAX_PARTICIPANTS,
    ),
  };
}

/** Attaches the connection to the threads' channels, if asked to. */
async function watchThreads(deps: Deps, call: Call, asked: Json, rows: readonly ThreadRow[]): Promise<void> {
  const connection = wanted(asked, 'watch', false, connectionOf(deps, call));
  if (connection)
    await watch(deps, connection, await channelsById(deps.db, [...new Set(rows.map(({ cid }) => cid))]));
}
