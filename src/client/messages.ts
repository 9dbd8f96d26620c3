import { compareTimes, type Message } from '../protocol.js';
import type { LocalMessage } from './state.js';

type Messages = readonly LocalMessage[];

/** Of a page: how many we ask for at a time. The protocol allows up to 300. */
export const PAGE_SIZE = 30;

/** Server time, then id; what the server has not taken yet comes last and keeps the order it was sent in. */
function comesAfter(a: LocalMessage, b: LocalMessage): boolean {
  const aWaits = a.status !== 'sent';
  const bWaits = b.status !== 'sent';
  if (aWaits || bWaits) return aWaits;
  return (compareTimes(a.created_at, b.created_at) || (a.id < b.id ? -1 : 1)) > 0;
}

/** Looks from the end: nearly every event concerns a recent message. */
export function indexOfMessage(messages: Messages, id: string): number {
  for (let i = messages.length - 1; i >= 0; i--) if (messages[i]!.id === id) return i;
  return -1;
}

export function findMessage(messages: Messages, id: string): LocalMessage | undefined {
  return messages[indexOfMessage(messages, id)];
}

function insert(messages: Messages, message: LocalMessage): Messages {
  let at = messages.length;
  while (at > 0 && !comesAfter(message, messages[at - 1]!)) at--;
  return messages.toSpliced(at, 0, message);
}

/** Replaces one message by another version; a change of its place in the order moves it. */
function replace(messages: Messages, at: number, message: LocalMessage): Messages {
  const old = messages[at]!;
  if (old.status === message.status && old.created_at === message.created_at)
    return messages.with(at, message);
  return insert(messages.toSpliced(at, 1), message);
}

/** What a page of the channel's own timeline shows: not the replies inside threads, not the shadowed. */
export function inTimeline(message: Message): boolean {
  return !message.shadowed && (!message.parent_id || message.show_in_channel === true);
}

/**
 * Takes in the server's version of a message: replaces ours of the same id, else adds it.
 * An older version than the one we hold is dropped, so that the order of arrival does not matter.
 */
export function upsert(messages: Messages, message: Message): Messages {
  const at = indexOfMessage(messages, message.id);
  const sent: LocalMessage = { ...message, status: 'sent' };
  if (at < 0) return inTimeline(message) ? insert(messages, sent) : messages;
  return isNewer(message, messages[at]!) ? replace(messages, at, sent) : messages;
}

/** As `upsert`, but a message we do not hold stays unknown: it belongs to an older page. */
export function update(messages: Messages, message: Message): Messages {
  return indexOfMessage(messages, message.id) < 0 ? messages : upsert(messages, message);
}

function isNewer(message: Message, held: LocalMessage): boolean {
  return held.status !== 'sent' || compareTimes(message.updated_at, held.updated_at) >= 0;
}

/** Puts one of ours, not yet taken by the server, at the end, or changes it where it stands. */
export function setLocal(messages: Messages, message: LocalMessage): Messages {
  const at = indexOfMessage(messages, message.id);
  return at < 0 ? [...messages, message] : messages.with(at, message);
}

export function remove(messages: Messages, id: string): Messages {
  const at = indexOfMessage(messages, id);
  return at < 0 ? messages : messages.toSpliced(at, 1);
}

/** Puts an older page before what we hold; overlap is dropped. */
export function prepend(messages: Messages, page: readonly Message[]): Messages {
  const known = new Set(messages.map((message) => message.id));
  const older = page.filter((message) => inTimeline(message) && !known.has(message.id));
  return older.length
    ? [...older.map((message): LocalMessage => ({ ...message, status: 'sent' })), ...messages]
    : messages;
}

/**
 * Joins the newest page with what we hold. Where they do not touch there is a hole of unknown length,
 * so what we held is given up and read again by paging; ours that wait are always kept.
 */
export function joinNewest(
  messages: Messages,
  page: readonly Message[],
): { messages: Messages; joined: boolean } {
  const held = messages.filter((message) => message.status === 'sent');
  const inPage = new Set(page.map((message) => message.id));
  const joined =
    held.some((message) => inPage.has(message.id)) || (page.length < PAGE_SIZE && held.length > 0);
  let result = joined
    ? withoutVanished(messages, page, inPage)
    : laterThan(messages, page.at(-1)?.created_at);
  for (const message of page) result = upsert(result, message);
  return { messages: result, joined };
}

/** Ours that wait, and what arrived live while the page was on its way. */
function laterThan(messages: Messages, last: string | undefined): Messages {
  return messages.filter(
    (message) =>
      message.status !== 'sent' || last === undefined || compareTimes(message.created_at, last) > 0,
  );
}

/** Drops what we hold inside the page's span and the page lacks: it was deleted while we were away. */
function withoutVanished(messages: Messages, page: readonly Message[], inPage: Set<string>): Messages {
  const first = page.length < PAGE_SIZE ? '' : page[0]!.created_at;
  const last = page.at(-1)?.created_at;
  if (last === undefined) return messages;
  return messages.filter(
    (message) =>
      message.status !== 'sent' ||
      inPage.has(message.id) ||
      compareTimes(message.created_at, first) < 0 ||
      compareTimes(message.created_at, last) > 0,
  );
}

/** Ours that the server has not taken: nothing that someone typed is lost. */
export function unsent(messages: Messages): Messages {
  return messages.filter((message) => message.status !== 'sent');
}
