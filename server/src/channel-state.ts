import { mayDisclose, type ChannelStateResponse, type Member } from '../../src/protocol.js';
import { formatTime } from './clock.js';
import type { Deps } from './deps.js';
import { draftOf } from './drafts.js';
import { Messages } from './message-view.js';
import { membershipsOf, membersOf } from './store/members.js';
import { draftsIn } from './store/drafts.js';
import { newestOf, pageOf, type Page } from './store/messages.js';
import { newestPins } from './store/pinned.js';
import type { ChannelRow, DraftRow, MemberRow, MessageRow } from './store/schema.js';
import { memberOf, ownChannelOf, ownMemberOf, readOf, type People } from './wire.js';

export interface StateOptions {
  /** False leaves lists empty. */
  state: boolean;
  /** For one channel, a page; for several, the newest so many. */
  messages: Page | number;
  /** At most 100. */
  memberLimit: number;
}

/** Of read entries in one answer (protocol.md §7.2). */
const MAX_READS = 100;
/** Of pinned messages with one channel (protocol.md §7.8). */
const MAX_PINS = 10;

/** Channels as `userId` sees them, in the order given. */
export async function channelStates(
  deps: Deps,
  channels: readonly ChannelRow[],
  userId: string,
  options: StateOptions,
): Promise<ChannelStateResponse[]> {
  const cids = channels.map(({ cid }) => cid);
  const { db } = deps;
  const listed = options.state ? cids : [];
  const messages = await messagesOf(deps, listed, options.messages, userId);
  const newest = options.state && holdsNewest(options.messages);
  const own = await membershipsOf(db, cids, userId);
  const members = await membersOf(db, listed, MAX_READS);
  const pins = await newestPins(db, listed, MAX_PINS, userId, deps.clock.now());
  const drafts = byCid(await draftsIn(db, userId, listed));
  const shown = await Messages.load(deps, [...messages, ...pins], {
    viewer: userId,
    others: [userId, ...channels.map((row) => row.created_by), ...members.map((row) => row.user_id)],
  });
  const membersByCid = byCid(members);
  const messagesByCid = byCid(messages);
  const pinsByCid = byCid(pins);
  return channels.map((channel) =>
    oneState(deps, shown, userId, {
      channel,
      own: own.find((row) => row.cid === channel.cid),
      members: membersByCid.get(channel.cid) ?? [],
      messages: messagesByCid.get(channel.cid) ?? [],
      pins: pinsByCid.get(channel.cid) ?? [],
      draft: drafts.get(channel.cid)?.[0],
      memberLimit: options.memberLimit,
      newest,
    }),
  );
}

/** Whether a client may go on from the answer by the channel's events. */
function holdsNewest(messages: Page | number): boolean {
  return typeof messages === 'number' ? messages > 0 : messages.limit > 0 && !messages.anchor;
}

function messagesOf(
  { db }: Deps,
  cids: readonly string[],
  wanted: Page | number,
  viewer: string,
): Promise<MessageRow[]> {
  if (typeof wanted === 'number') return newestOf(db, cids, wanted, viewer);
  const [cid] = cids;
  return cid === undefined ? Promise.resolve([]) : pageOf(db, { cid, viewer }, wanted);
}

function byCid<T extends { cid: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.cid);
    if (group) group.push(row);
    else groups.set(row.cid, [row]);
  }
  return groups;
}

interface Parts {
  channel: ChannelRow;
  own: MemberRow | undefined;
  members: MemberRow[];
  messages: MessageRow[];
  pins: MessageRow[];
  draft: DraftRow | undefined;
  memberLimit: number;
  newest: boolean;
}

function oneState(deps: Deps, shown: Messages, userId: string, parts: Parts): ChannelStateResponse {
  const { channel, own, members, pins, draft, memberLimit } = parts;
  const hideBefore = own?.hide_before ?? null;
  const { people } = shown;
  const watchers = deps.watcherCount(channel.cid);
  const shownAs = (id: string) => people.user(id);
  const asMember = (row: MemberRow): Member => memberOf(row, shownAs, channel.created_by, people.now);
  return {
    channel: {
      ...ownChannelOf(channel, people, userId, own),
      // Rows are read before messages: everything up to this number is in the answer.
      ...(parts.newest ? { seq: channel.seq } : {}),
    },
    messages: parts.messages.map((row) => shown.answer(row)),
    // What the user has deleted for themselves is not pinned for them.
    pinned_messages: pins.map((row) => shown.answer(row)).filter(({ pinned }) => pinned),
    threads: [],
    members: members.slice(0, memberLimit).map(asMember),
    membership: own ? ownMemberOf(own, shownAs, channel.created_by, people.now) : null,
    read: readEntries(people, userId, own, members),
    ...(watchers ? { watcher_count: watchers } : {}),
    ...(own?.hidden ? { hidden: true } : {}),
    ...(hideBefore === null ? {} : { hide_messages_before: formatTime(hideBefore) }),
    ...(draft ? { draft: draftOf(draft) } : {}),
  };
}

/** Everybody's read state but that which they withhold; one's own always. */
function readEntries(people: People, userId: string, own: MemberRow | undefined, members: MemberRow[]) {
  const told = (row: MemberRow, type: 'message.read' | 'message.delivered') => {
    const user = people.row(row.user_id);
    return row.user_id === userId || mayDisclose(user && { privacy_settings: user.privacy }, type);
  };
  const others = members.filter((row) => row.user_id !== userId && told(row, 'message.read'));
  const rows = own && members.length ? [own, ...others] : others;
  return rows
    .slice(0, MAX_READS)
    .map((row) => readOf(row, people.user(row.user_id), told(row, 'message.delivered')));
}
