import { compareTimes, type Message } from '../protocol.js';
import type { LocalMessage } from './state.js';

export type Messages = readonly LocalMessage[];

/** Of a page: how many we ask for at a time. The protocol allows up to 300. */
export const PAGE_SIZE = 30;

/** Looks from the end: nearly every event concerns a recent message. */
export function indexOfMessage(messages: Messages, id: string): number {
  return messages.findLastIndex((message) => message.id === id);
}

export function findMessage(messages: Messages, id: string): LocalMessage | undefined {
  return messages[indexOfMessage(messages, id)];
}

/** What a page of the channel's own timeline shows: not the replies inside threads, not the shadowed. */
export function inTimeline(message: Message): boolean {
  return !message.shadowed && (!message.parent_id || message.show_in_channel === true);
}

export const asSent = (message: Message): LocalMessage => ({ ...message, status: 'sent' });

/**
 * Takes in the server's version of a message: replaces ours of the same id, else adds it.
 * An older version than the one we hold is dropped, so that the order of arrival does not matter.
 */
export function upsert(messages: Messages, message: Message): Messages {
  const at = indexOfMessage(messages, message.id);
  const held = messages[at];
  const stale = held?.status === 'sent' && compareTimes(message.updated_at, held.updated_at) < 0;
  if (stale || (!held && !inTimeline(message))) return messages;
  const others = held ? messages.toSpliced(at, 1) : messages;
  // Server time, then id; what the server has not taken yet stays last, in the order it was sent.
  const before = ({ status, created_at, id }: LocalMessage) =>
    status === 'sent' && (compareTimes(created_at, message.created_at) || (id < message.id ? -1 : 1)) < 0;
  return others.toSpliced(others.findLastIndex(before) + 1, 0, asSent(message));
}

/**
 * Joins the newest page with what we hold. Where they do not touch there is a hole of unknown length before the
 * page. What we hold inside the page's span and the page lacks was deleted while we were away. Ours that wait,
 * and what arrived meanwhile, is always kept.
 */
export function joinNewest(
  messages: Messages,
  page: readonly Message[],
): { messages: Messages; joined: boolean } {
  const ids = new Set(page.map(({ id }) => id));
  const first = page.length < PAGE_SIZE ? '' : (page[0]?.created_at ?? '');
  const last = page.at(-1)?.created_at ?? '';
  const joined = !first || messages.some(({ id }) => ids.has(id));
  const kept = messages.filter(
    ({ id, status, created_at }) =>
      status !== 'sent' ||
      ids.has(id) ||
      compareTimes(created_at, last) > 0 ||
      compareTimes(created_at, first) < 0,
  );
  return { messages: page.reduce(upsert, kept), joined };
}
