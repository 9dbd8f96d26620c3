import { isMessageId } from '../access.js';
import type { Deps } from '../deps.js';
import { rewrite } from '../edit.js';
import { badInput } from '../errors.js';
import { Messages } from '../message-view.js';
import { readPage } from '../paging.js';
import { remove, removeForMe } from '../remove.js';
import { sendMessage } from '../send.js';
import {
  DeleteMessage,
  GetManyMessages,
  GetMessage,
  GetReplies,
  SendMessage,
  UpdateMessage,
  UpdateMessagePartial,
} from '../shapes/messages.js';
import { MAX_PAGE } from '../shapes/pages.js';
import { messagesById, pageOf } from '../store/messages.js';
import type { MessageRow } from '../store/schema.js';
import { ownChannelOf } from '../wire.js';
import type { AddRoute, ChannelCall } from './route.js';

export function addMessages(add: AddRoute, deps: Deps): void {
  add('POST', '/channels/:type/:id/message', SendMessage, async ({ access, userId, body }) => ({
    message: await sendMessage(deps, access, userId, body.message, body.keep_channel_hidden),
  }));
  add('GET', '/channels/:type/:id/messages', GetManyMessages, (call) => getMany(deps, call));
  add('GET', '/messages/:id', GetMessage, async (call) => {
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
  add('POST', '/messages/:id', UpdateMessage, ({ access, userId, body }) =>
    rewrite(deps, access, userId, { whole: body.message }),
  );
  add('PUT', '/messages/:id', UpdateMessagePartial, ({ access, userId, body: { set, unset } }) =>
    rewrite(deps, access, userId, { set, unset }),
  );
  add('DELETE', '/messages/:id', DeleteMessage, ({ access, userId, query }) =>
    query.delete_for_me ? removeForMe(deps, access, userId) : remove(deps, access, userId, query.hard),
  );
  add('GET', '/messages/:id/replies', GetReplies, async (call) => {
    const { message, channel } = call.access;
    const page = await readPage(deps.db, channel.cid, call.query);
    const rows = await pageOf(deps.db, { cid: channel.cid, viewer: call.userId, parentId: message.id }, page);
    return { messages: await shownTo(deps, call.userId, rows) };
  });
}

async function getMany(
  deps: Deps,
  { access, query, userId }: ChannelCall<typeof GetManyMessages>,
): Promise<object> {
  const wanted = query.ids.split(',');
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
