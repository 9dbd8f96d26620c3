import type { Static } from 'typebox';
import type { Deps } from '../deps.js';
import { checked } from '../shapes/check.js';
import { Extent, GetThread, QueryThreads, UpdateThreadPartial } from '../shapes/threads.js';
import { channelsById } from '../store/channels.js';
import { queryThreads } from '../store/query-threads.js';
import type { ThreadRow } from '../store/schema.js';
import { changeThread, threadOf, threadStates, type ThreadOptions } from '../threads.js';
import { pagedOf } from './cursor.js';
import type { AddRoute } from './route.js';
import { connectionOf, wanted, watch, type Asking } from './watch.js';

export function addThreads(add: AddRoute, deps: Deps): void {
  add('POST', '/threads', QueryThreads, async (call) => {
    const { body, userId } = call;
    const options = optionsOf(body);
    const { rows, ...ends } = await queryThreads(deps.db, userId, pagedOf(body));
    await watchThreads(deps, call, body.watch, rows);
    return { threads: await threadStates(deps, rows, userId, options), ...ends };
  });
  add('GET', '/threads/:id', GetThread, async (call) => {
    const options = optionsOf(call.query);
    const thread = await threadOf(deps, call.access);
    await watchThreads(deps, call, call.query.watch, [thread]);
    const [state] = await threadStates(deps, [thread], call.userId, options);
    return { thread: state };
  });
  add('PATCH', '/threads/:id', UpdateThreadPartial, async ({ access, userId, body }) => {
    const row = await changeThread(deps, access, userId, body);
    const [state] = await threadStates(deps, [row], userId, optionsOf(checked(Extent, {})));
    return { thread: state };
  });
}

function optionsOf(asked: Static<typeof Extent>): ThreadOptions {
  return { replyLimit: asked.reply_limit, participantLimit: asked.participant_limit };
}

/** Attaches the connection to the threads' channels, if asked to. */
async function watchThreads(
  deps: Deps,
  call: Asking,
  asked: boolean,
  rows: readonly ThreadRow[],
): Promise<void> {
  const connection = wanted(asked, 'watch', connectionOf(deps, call));
  if (connection)
    await watch(deps, connection, await channelsById(deps.db, [...new Set(rows.map(({ cid }) => cid))]));
}
