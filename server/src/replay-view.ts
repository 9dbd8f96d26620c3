import type { Deps } from './deps.js';
import type { Outgoing } from './deliver.js';
import { Messages } from './message-view.js';
import { channelsById } from './store/channels.js';
import { messagesById } from './store/messages.js';
import type { EventRow } from './store/replay.js';
import type { ChannelRow, MessageRow } from './store/schema.js';
import { channelOf, eventIn } from './wire.js';

/**
 * Stored events as the viewer gets them. Channels and messages are read after their events: each is at least as new as its
 * number says.
 */
export async function replay(deps: Deps, viewer: string, rows: readonly EventRow[]): Promise<Outgoing[]> {
  const channels = await channelsById(deps.db, [...new Set(rows.map(({ cid }) => cid))]);
  const ids = rows.flatMap(({ message_id: id }) => (id === null ? [] : [id]));
  const found = new Map((await messagesById(deps.db, ids)).map((row) => [row.id, row]));
  const visible = new Set((await messagesById(deps.db, ids, viewer)).map((row) => row.id));
  const messages = await Messages.load(deps, [...found.values()], {
    viewer,
    others: [...rows.map((row) => row.user_id), ...channels.map((row) => row.created_by)],
  });
  const byCid = new Map(channels.map((row) => [row.cid, row]));
  return rows.flatMap((row) => {
    const channel = byCid.get(row.cid);
    if (!channel) return [];
    const message = found.get(row.message_id ?? '');
    return [
      message && !visible.has(message.id) ? gone(channel, row) : asEvent(channel, messages, row, message),
    ];
  });
}

/** A stored event as it is told. */
export function asEvent(
  channel: ChannelRow,
  messages: Messages,
  row: EventRow,
  message: MessageRow | undefined,
): Outgoing {
  const shownAs = (id: string) => messages.people.eventUser(id);
  const user = shownAs(row.user_id);
  const event = { ...eventIn(channel, row.type, row.created_at), seq: row.seq, user };
  if (row.message_id === null) return { ...event, channel: channelOf(channel, shownAs) };
  if (message) return { ...event, message: messages.event(message), message_id: message.id };
  return { ...gone(channel, row), user };
}

/** Deleted for good, or not there for who asks: the number is used up, and nothing is left but the id. */
function gone(channel: ChannelRow, row: EventRow): Outgoing {
  const id = row.message_id ?? '';
  return {
    ...eventIn(channel, 'message.deleted', row.created_at),
    seq: row.seq,
    hard_delete: true,
    message: { id, type: 'deleted', cid: channel.cid },
    message_id: id,
  };
}
