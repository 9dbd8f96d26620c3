import { toChannel, toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import type { Json } from './input.js';
import { Messages } from './message-view.js';
import { memberIds } from './store/members.js';
import type { MessageRow } from './store/schema.js';
import { eventIn } from './wire.js';

/** The parts of a cid, as events name their channel. */
export function channelIn({ cid }: { cid: string }): { cid: string; type: string; id: string } {
  const [type = '', id = ''] = cid.split(':');
  return { cid, type, id };
}

/** Tells the watchers of a change, and answers the message as the one who made it gets it back. */
export async function tellMessage(
  deps: Deps,
  type: 'message.updated' | 'message.deleted',
  userId: string,
  row: MessageRow,
  extra: Json,
): Promise<object> {
  const messages = await Messages.load(deps, [row], { viewer: userId, others: [userId] });
  const event = {
    ...eventIn(channelIn(row), type, row.updated_at),
    ...extra,
    user: messages.people.eventUser(userId),
    message: messages.event(row),
    message_id: row.id,
  };
  // A message that is gone for good may take unread counts with it.
  if (extra['hard_delete']) await toChannel(deps, await memberIds(deps.db, row.cid), event, undefined);
  else toWatchers(deps, event);
  return messages.answer(row);
}
