import { isMessageId } from '../access.js';
import type { Deps } from '../deps.js';
import { rewrite } from '../edit.js';
import { badInput, shown } from '../errors.js';
import { asFlag, asObject, asStrings } from '../input.js';
import { Messages } from '../message-view.js';
import { MAX_PAGE, readPage } from '../paging.js';
import { remove, removeForMe } from '../remove.js';
import { sendMessage } from '../send.js';
import { messagesById, pageOf } from '../store/messages.js';
import type { MessageRow } from '../store/schema.js';
import { ownChannelOf } from '../wire.js';
import type { AddRoute, ChannelCall } from './route.js';

const MAX_KEYS = 100;
const REPLIES = 100;

export function addMessages(add: AddRoute, deps: Deps): void {
  add('POST', '/channels/:type/:id/message', 'SendMessage', async (call) => {
    const input = asObject(call.body['message'], 'message');
    const quiet = asFlag(call.body['keep_channel_hidden'], 'keep_channel_hidden', false);
    return { message: await sendMessage(deps, call.access, call.userId, input, quiet) };
  });
  add('GET', '/channels/:type/:id/messages', 'GetManyMessages', (call) => getMany(deps, call));
  add('GET', '/messages/:id', 'GetMessage', async (call) => {
    const { message, channel, member } = call.access;
    const messages = await Messages.load(deps, [message], {
      viewer: call.userId,
      others: [channel.created_by],
    });
    return {
      message: {
        ...messages.answer(message),
        channel: ownChannelOf(channel, messages.people, call.userId, member),
      },
    };
  });
  add('POST', '/messages/:id', 'UpdateMessage', async (call) => {
    const whole = asObject(call.body['message'], 'message');
    return rewrite(deps, call.access, call.userId, { whole });
  });
  add('PUT', '/messages/:id', 'UpdateMessagePartial', async (call) => {
    const set = asObject(call.body['set'], 'set');
    const unset = asStrings(call.body['unset'], 'unset', MAX_KEYS);
    return rewrite(deps, call.access, call.userId, { set, unset });
  });
  add('DELETE', '/messages/:id', 'DeleteMessage', async ({ access, userId, query }) => {
    const hard = asFlag(query['hard'], 'hard', false);
    if (asFlag(query['delete_for_me'], 'delete_for_me', false)) return removeForMe(deps, access, userId);
    return remove(deps, access, userId, hard);
  });
  add('GET', '/messages/:id/replies', 'GetReplies', async (call) => {
    const { message, channel } = call.access;
    const page = await readPage(deps.db, channel.cid, call.query, REPLIES);
    const rows = await pageOf(deps.db, { cid: channel.cid, viewer: call.userId, parentId: message.id }, page);
    return { messages: await shownTo(deps, call.userId, rows) };
  });
}

async function getMany(deps: Deps, { access, query, userId }: ChannelCall): Promise<object> {
  const { ids } = query;
  if (typeof ids !== 'string' || !ids)
    throw badInput(`ids must be message ids, comma-separated; got ${shown(ids)}`);
  const wanted = ids.split(',');
  if (wanted.length > MAX_PAGE) throw badInput(`ids may name ${MAX_PAGE} messages; got ${wanted.length}`);
  const rows = await messagesById(deps.db, wanted.filter(isMessageId), userId);
  return {
    messages: await shownTo(
      deps,
      userId,
      rows.filter((row) => row.cid === access.channel.cid),
    ),
  };
}

async function shownTo(deps: Deps, viewer: string, rows: readonly MessageRow[]): Promise<object[]> {
  const messages = await Messages.load(deps, rows, { viewer });
  return rows.map((row) => messages.answer(row));
}
