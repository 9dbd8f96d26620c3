import { compareTimes, type Message } from '../../protocol.js';
import { asSent, findMessage, indexOfMessage, inTimeline, upsert, type Messages } from '../messages.js';
import type { LocalMessage } from '../state.js';

/**
 * As `upsert`, but one that we do not hold and that belongs to an older page stays unknown. A newer one is a
 * message whose beginning was lost or comes later: its last version is all there is to show.
 */
export function update(messages: Messages, message: Message, hasOlder: boolean): Messages {
  const oldest = messages.find(({ status }) => status === 'sent');
  const within = oldest ? compareTimes(message.created_at, oldest.created_at) > 0 : !hasOlder;
  return within || findMessage(messages, message.id) ? upsert(messages, message) : messages;
}

/** Puts one of ours, not yet taken by the server, at the end, or changes it where it stands. */
export function setLocal(messages: Messages, message: LocalMessage): Messages {
  const at = indexOfMessage(messages, message.id);
  return at < 0 ? [...messages, message] : messages.with(at, message);
}

export function remove(messages: Messages, id: string): Messages {
  return messages.filter((message) => message.id !== id);
}

/** Puts an older page before what we hold; overlap is dropped. */
export function prepend(messages: Messages, page: readonly Message[]): Messages {
  const known = new Set(messages.map(({ id }) => id));
  return [
    ...page.filter((message) => inTimeline(message) && !known.has(message.id)).map(asSent),
    ...messages,
  ];
}
