import type { LocalMessage } from '../../client/state.js';
import { compareTimes, type Timestamp } from '../../protocol.js';
import { dayOf } from './time.js';

/** A pause longer than this begins a new group (the design's figure). */
const GROUP_MS = 5 * 60_000;

export interface MessageRow {
  readonly kind: 'message';
  readonly key: string;
  readonly message: LocalMessage;
  readonly own: boolean;
  /** First and last of its group: same author and day, no long pause, nothing in between. */
  readonly first: boolean;
  last: boolean;
}

/** A sentence of the channel itself, not of a person. */
export interface NoticeRow {
  readonly kind: 'notice';
  readonly key: string;
  readonly message: LocalMessage;
}

/** Where the unread messages began when the channel was opened. */
export interface UnreadRow {
  readonly kind: 'unread';
  readonly key: string;
  readonly count: number;
}

/** Where messages are missing. */
export interface GapRow {
  readonly kind: 'gap';
}

export type Row = MessageRow | NoticeRow | UnreadRow | GapRow;

export interface Day {
  readonly key: string;
  readonly at: Timestamp;
  readonly rows: readonly Row[];
}

/** What was unread when the channel was opened: messages of others after this time, so many. */
export interface UnreadMark {
  readonly after: Timestamp;
  readonly count: number;
}

/** Whether the channel itself says it, or the server to us alone; not a person. */
export const isNotice = (message: LocalMessage) => message.type === 'system' || message.type === 'error';

/**
 * Cuts a channel's messages into days, and these into rows. Days never go back, so their keys are unique.
 *
 * @param gap - The id of the message before which some are missing.
 */
export function daysOf(
  messages: readonly LocalMessage[],
  selfId: string | undefined,
  unread?: UnreadMark,
  gap?: string,
): Day[] {
  const days: { key: string; at: Timestamp; rows: Row[] }[] = [];
  let today = NaN;
  let rows: Row[] = [];
  for (const message of messages) {
    const own = message.user?.id === selfId;
    const day = dayOf(message.created_at);
    // Not `!==`: an unsent message carries this machine's clock, which may be a day behind.
    if (!days.length || day > today) {
      rows = [];
      days.push({ key: String(day), at: message.created_at, rows });
      today = day;
    }
    if (message.id === gap) rows.push({ kind: 'gap' });
    if (unread && !own && compareTimes(message.created_at, unread.after) > 0) {
      rows.push({ kind: 'unread', key: '', count: unread.count });
      unread = undefined;
    }
    const key = message.id;
    if (isNotice(message)) {
      rows.push({ kind: 'notice', key, message });
      continue;
    }
    const previous = rows.at(-1);
    const joins = previous?.kind === 'message' && inOneGroup(previous.message, message);
    if (joins) previous.last = false;
    rows.push({ kind: 'message', key, message, own, first: !joins, last: true });
  }
  return days;
}

function inOneGroup(a: LocalMessage, b: LocalMessage): boolean {
  return a.user?.id === b.user?.id && Date.parse(b.created_at) - Date.parse(a.created_at) <= GROUP_MS;
}

/** How many messages at the end `arrivals` looks through: more than a page brings at once. */
const TAIL = 200;

/** When the newest message that the server has was written; empty without one. */
export function newestSent(messages: readonly LocalMessage[] = []): Timestamp {
  return messages.findLast((message) => message.status === 'sent')?.created_at ?? '';
}

/** The messages of `next` that came at its end since `previous`; not those of an older page. */
export function arrivals(previous: readonly LocalMessage[], next: readonly LocalMessage[]): LocalMessage[] {
  const newest = newestSent(previous);
  const known = new Set(previous.slice(-TAIL).map((message) => message.id));
  return next
    .slice(-TAIL)
    .filter(
      ({ id, status, created_at }) =>
        !known.has(id) && (status !== 'sent' || compareTimes(created_at, newest) > 0),
    );
}
