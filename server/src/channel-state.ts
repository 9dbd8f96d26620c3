import { mayDisclose, type ChannelStateResponse, type Member } from '../../src/protocol.js';
import type { Deps } from './deps.js';
import { membershipsOf, membersOf } from './store/channels.js';
import { newestOf, pageOf, type Page } from './store/messages.js';
import type { ChannelRow, MemberRow, MessageRow } from './store/schema.js';
import { memberOf, messageOf, ownChannelOf, People, peopleIn, readOf } from './wire.js';

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
  const messages = await messagesOf(deps, listed, options.messages);
  const own = await membershipsOf(db, cids, userId);
  const members = await membersOf(db, listed, MAX_READS);
  const people = await People.load(deps, [
    userId,
    ...channels.map((row) => row.created_by),
    ...members.map((row) => row.user_id),
    ...peopleIn(messages),
  ]);
  const membersByCid = byCid(members);
  const messagesByCid = byCid(messages);
  return channels.map((channel) =>
    oneState(deps, people, userId, {
      channel,
      own: own.find((row) => row.cid === channel.cid),
      members: membersByCid.get(channel.cid) ?? [],
      messages: messagesByCid.get(channel.cid) ?? [],
      memberLimit: options.memberLimit,
    }),
  );
}

function messagesOf({ db }: Deps, cids: readonly string[], wanted: Page | number): Promise<MessageRow[]> {
  if (typeof wanted === 'number') return newestOf(db, cids, wanted);
  const [cid] = cids;
  return cid === undefined ? Promise.resolve([]) : pageOf(db, cid, wanted);
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
  memberLimit: number;
}

function oneState(deps: Deps, people: People, userId: string, parts: Parts): ChannelStateResponse {
  const { channel, own, members, messages, memberLimit } = parts;
  const watchers = deps.hub.watcherCount(channel.cid);
  const shownAs = (id: string) => people.user(id);
  const asMember = (row: MemberRow): Member => memberOf(row, shownAs, channel.created_by);
  return {
    channel: ownChannelOf(channel, people, userId, own !== undefined),
    messages: messages.map((row) => messageOf(row, shownAs)),
    members: members.slice(0, memberLimit).map(asMember),
    membership: own ? asMember(own) : null,
    read: readEntries(people, userId, own, members),
    ...(watchers ? { watcher_count: watchers } : {}),
  };
}

/** Everybody's read state but that which they withhold; one's own always. */
function readEntries(people: People, userId: string, own: MemberRow | undefined, members: MemberRow[]) {
  const disclosed = members.filter((row) => {
    const user = people.row(row.user_id);
    return row.user_id !== userId && mayDisclose(user && { privacy_settings: user.privacy }, 'message.read');
  });
  const rows = own && members.length ? [own, ...disclosed] : disclosed;
  return rows.slice(0, MAX_READS).map((row) => readOf(row, people.user(row.user_id)));
}
