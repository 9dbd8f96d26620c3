import { isMessageId, readableMessage, type Access } from '../access.js';
import { toChannel, toWatchers } from '../deliver.js';
import type { Deps } from '../deps.js';
import { ApiError, badInput, notAllowed, shown } from '../errors.js';
import { asFlag, asObject, asStrings, patched, type Json } from '../input.js';
import { MAX_PAGE, readPage } from '../paging.js';
import { readContent, sendMessage, type Content } from '../send.js';
import { appendEvent, memberIds } from '../store/channels.js';
import {
  countReply,
  hardDelete,
  messagesById,
  pageOf,
  softDelete,
  updateMessage,
} from '../store/messages.js';
import type { MessageRow } from '../store/schema.js';
import { eventIn, messageOf, ownChannelOf, People, peopleIn } from '../wire.js';
import { channelAt } from './channels.js';
import type { AddRoute, Call } from './route.js';

const MAX_KEYS = 100;
const REPLIES = 100;

type Found = Access & { message: MessageRow };

export function addMessages(add: AddRoute, deps: Deps): void {
  const found = ({ params, userId }: Call) => readableMessage(deps, userId, params['id'] ?? '');
  add('POST', '/channels/:type/:id/message', 'SendMessage', async (call) => {
    const input = asObject(call.body['message'], 'message');
    return { message: await sendMessage(deps, await channelAt(deps, call), call.userId, input) };
  });
  add('GET', '/channels/:type/:id/messages', 'GetManyMessages', (call) => getMany(deps, call));
  add('GET', '/messages/:id', 'GetMessage', async (call) => {
    const { message, channel, member } = await found(call);
    const people = await People.load(deps, [...peopleIn([message]), channel.created_by]);
    const shown = messageOf(message, (id) => people.user(id));
    return {
      message: { ...shown, channel: ownChannelOf(channel, people, call.userId, member !== undefined) },
    };
  });
  add('POST', '/messages/:id', 'UpdateMessage', async (call) => {
    const input = asObject(call.body['message'], 'message');
    return rewrite(deps, call.userId, await found(call), input, 'ignore');
  });
  add('PUT', '/messages/:id', 'UpdateMessagePartial', async (call) => {
    const target = await found(call);
    const set = asObject(call.body['set'], 'set');
    const unset = asStrings(call.body['unset'], 'unset', MAX_KEYS);
    const now = { ...target.message.data, text: target.message.text };
    return rewrite(deps, call.userId, target, patched(now, set, unset), 'refuse');
  });
  add('DELETE', '/messages/:id', 'DeleteMessage', async (call) => remove(deps, call, await found(call)));
  add('GET', '/messages/:id/replies', 'GetReplies', async (call) => {
    const { message, channel } = await found(call);
    const page = await readPage(deps.db, channel.cid, call.query, REPLIES);
    return { messages: await shownTo(deps, await pageOf(deps.db, channel.cid, page, message.id)) };
  });
}

async function getMany(deps: Deps, call: Call): Promise<object> {
  const { channel } = await channelAt(deps, call);
  const { ids } = call.query;
  if (typeof ids !== 'string' || !ids)
    throw badInput(`ids must be message ids, comma-separated; got ${shown(ids)}`);
  const wanted = ids.split(',');
  if (wanted.length > MAX_PAGE) throw badInput(`ids may name ${MAX_PAGE} messages; got ${wanted.length}`);
  const rows = await messagesById(deps.db, wanted.filter(isMessageId));
  return {
    messages: await shownTo(
      deps,
      rows.filter((row) => row.cid === channel.cid),
    ),
  };
}

async function shownTo(deps: Deps, rows: readonly MessageRow[]): Promise<object[]> {
  const people = await People.load(deps, peopleIn(rows));
  return rows.map((row) => messageOf(row, (id) => people.user(id)));
}

async function rewrite(
  deps: Deps,
  userId: string,
  { message, type }: Found,
  input: Json,
  computed: 'refuse' | 'ignore',
): Promise<object> {
  if (message.user_id !== userId) throw notAllowed(userId, 'update a message of somebody else');
  if (message.deleted_at !== null) throw badInput('A deleted message cannot be updated.');
  if (asFlag(input['silent'], 'silent', message.silent) !== message.silent)
    throw badInput('silent cannot be changed once a message is sent.');
  const content = await readContent(deps.db, input, computed);
  const { max_message_length: max } = type.config;
  const length = [...content.text].length;
  if (length > max) throw new ApiError(20, `A message may have ${max} characters; got ${length}.`);
  return { message: await change(deps, userId, message, content) };
}

function change(deps: Deps, userId: string, message: MessageRow, content: Content): Promise<object> {
  const { cid, id } = message;
  return deps.inOrder(cid, async () => {
    const row = await deps.db.transaction().execute(async (trx) => {
      const event = { type: 'message.updated', userId, messageId: id } as const;
      return updateMessage(trx, message, content, await appendEvent(trx, cid, event, deps.clock.now()));
    });
    return tell(deps, 'message.updated', userId, row);
  });
}

/** Tells the watchers, and answers the message as its author gets it back. */
async function tell(
  deps: Deps,
  type: 'message.updated' | 'message.deleted',
  userId: string,
  row: MessageRow,
  extra: Json = {},
): Promise<object> {
  const people = await People.load(deps, [userId, ...peopleIn([row])]);
  const shownAs = (id: string) => people.eventUser(id);
  const [channelType = '', channelId = ''] = row.cid.split(':');
  const event = {
    ...eventIn({ cid: row.cid, type: channelType, id: channelId }, type, row.updated_at),
    ...extra,
    user: shownAs(userId),
    message: messageOf(row, shownAs),
    message_id: row.id,
  };
  // A message that is gone for good may take unread counts with it.
  if (extra['hard_delete']) await toChannel(deps, await memberIds(deps.db, row.cid), event, undefined);
  else toWatchers(deps, event);
  return messageOf(row, (id) => people.user(id));
}

async function remove(deps: Deps, { userId, query }: Call, { message }: Found): Promise<object> {
  const hard = asFlag(query['hard'], 'hard', false);
  if (asFlag(query['delete_for_me'], 'delete_for_me', false))
    throw new ApiError(19, 'Deleting for oneself is not offered here.');
  if (message.user_id !== userId) throw notAllowed(userId, 'delete a message of somebody else');
  if (!hard && message.deleted_at !== null) return { message: (await shownTo(deps, [message]))[0] };
  const { cid, id } = message;
  return deps.inOrder(cid, async () => {
    const row = await deps.db.transaction().execute(async (trx) => {
      const event = { type: 'message.deleted', userId, messageId: id } as const;
      const at = await appendEvent(trx, cid, event, deps.clock.now());
      if (message.parent_id && message.deleted_at === null) await countReply(trx, message.parent_id, -1);
      if (!hard) return softDelete(trx, id, at);
      await hardDelete(trx, message);
      return { ...message, type: 'deleted', text: '', data: {}, deleted_at: at, updated_at: at };
    });
    return { message: await tell(deps, 'message.deleted', userId, row, hard ? { hard_delete: true } : {}) };
  });
}
