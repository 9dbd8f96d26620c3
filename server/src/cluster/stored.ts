import type { Deps } from '../deps.js';
import { Messages } from '../message-view.js';
import { asEvent } from '../replay-view.js';
import { channelsById } from '../store/channels.js';
import { memberIds } from '../store/members.js';
import { counts, messagesById } from '../store/messages.js';
import { alone, eventsBetween } from '../store/replay.js';
import { channelOf, eventIn } from '../wire.js';
import { findChannelType } from '../channel-types.js';
import type { Numbered } from './gate.js';

/**
 * Events of a channel as they are told, read from the store: for a server that did not get them from the one that wrote
 * them.
 */
export async function storedEvents(deps: Deps, cid: string, from: number, to: number): Promise<Numbered[]> {
  const rows = (await eventsBetween(deps.db, cid, from, to)).map(alone);
  const [channel] = await channelsById(deps.db, [cid]);
  if (!channel || !rows.length) return [];
  const ids = rows.flatMap(({ message_id: id }) => id ?? []);
  const found = new Map((await messagesById(deps.db, ids)).map((row) => [row.id, row]));
  const messages = await Messages.load(deps, [...found.values()], {
    others: [channel.created_by, ...rows.map((row) => row.user_id)],
  });
  const reads = findChannelType(channel.type)?.config.read_events === true;
  const members = reads ? await memberIds(deps.db, cid) : [];
  return rows.map((row) => {
    const message = found.get(row.message_id ?? '');
    const event = asEvent(channel, messages, row, message) as Numbered['event'];
    if (row.type !== 'message.new' || !message) return { to: 'watchers', event };
    const shownAs = (id: string) => messages.people.eventUser(id);
    const idle = {
      ...event,
      ...eventIn(channel, 'notification.message_new', row.created_at),
      channel: channelOf(channel, shownAs),
    };
    delete (idle as { seq?: number }).seq;
    return { to: 'channel', members, event, ...(counts(message) ? { idle } : {}) };
  });
}
