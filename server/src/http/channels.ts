import { accessTo, isServerMade, readAddress, requireOwner, unreadable, type Access } from '../access.js';
import { channelStates } from '../channel-state.js';
import { announce, toWatchers } from '../deliver.js';
import type { Connection } from '../connections.js';
import type { Deps } from '../deps.js';
import { deleteChannel, truncateChannel } from '../empty-channel.js';
import { badInput, notAllowed, shown } from '../errors.js';
import { checkSize, patched, type Json } from '../input.js';
import { readPlain } from '../member-input.js';
import { changeMembers, createChannel, distinctId } from '../members.js';
import { readSystemMessage } from '../new-message.js';
import { readPage } from '../paging.js';
import { sendPrepared } from '../send.js';
import {
  ChannelFields,
  DeleteChannel,
  GetChannel,
  GetOrCreateChannel,
  GetOrCreateDistinctChannel,
  MAX_MEMBERS,
  QueryChannels,
  StopWatchingChannel,
  TruncateChannel,
  UpdateChannel,
  UpdateChannelPartial,
} from '../shapes/channels.js';
import { checked } from '../shapes/check.js';
import type { BodyOf } from '../shapes/operation.js';
import { appendEvent, findChannel, lockChannel, updateChannelData } from '../store/channels.js';
import { findMember, membersOf } from '../store/members.js';
import { queryChannels } from '../store/query-channels.js';
import type { NewMessage } from '../store/messages.js';
import type { ChannelRow } from '../store/schema.js';
import { channelOf, eventIn, memberOf, ownChannelOf, People } from '../wire.js';
import type { AddRoute, Call, ChannelCall } from './route.js';
import { connectionOf, wanted, watch } from './watch.js';

type Asked = BodyOf<typeof GetOrCreateChannel>;
type Word = NonNullable<BodyOf<typeof UpdateChannel>['message']>;

/** Computed by the server, or set by other endpoints. */
const RESERVED = [
  'id', 'type', 'cid', 'created_at', 'updated_at', 'deleted_at', 'created_by', 'created_by_id', 'user', 'user_id',
  'config', 'config_overrides', 'cooldown', 'disabled', 'frozen', 'hidden', 'last_message_at', 'member_count', 'muted',
  'mute_expires_at', 'own_capabilities', 'seq', 'team', 'truncated_at', 'truncated_by', 'blocked',
]; // prettier-ignore

export function addChannels(add: AddRoute, deps: Deps): void {
  add('POST', '/channels', QueryChannels, (call) => query(deps, call));
  add('POST', '/channels/:type/query', GetOrCreateDistinctChannel, (call) => getOrCreate(deps, call));
  add('POST', '/channels/:type/:id/query', GetOrCreateChannel, (call) => getOrCreate(deps, call));
  add('GET', '/channels/:type/:id', GetChannel, async (call) => {
    const { channel } = call.access;
    const { state, messages_limit: limit } = call.query;
    const [answer] = await channelStates(deps, [channel], call.userId, {
      state,
      messages: { limit },
      memberLimit: MAX_MEMBERS,
    });
    return answer ?? {};
  });
  add('POST', '/channels/:type/:id/stop-watching', StopWatchingChannel, (call) => stopWatching(deps, call));
  add('POST', '/channels/:type/:id', UpdateChannel, (call) => update(deps, call));
  add('DELETE', '/channels/:type/:id', DeleteChannel, ({ access, userId }) =>
    deleteChannel(deps, access, userId),
  );
  add('POST', '/channels/:type/:id/truncate', TruncateChannel, ({ access, userId, body }) =>
    truncateChannel(deps, access, userId, body),
  );
  add('PATCH', '/channels/:type/:id', UpdateChannelPartial, (call) => updatePartly(deps, call));
}

async function query(deps: Deps, call: Call<typeof QueryChannels>): Promise<object> {
  const { body, userId } = call;
  const connection = connectionOf(deps, call);
  const watching = wanted(body.watch ?? connection !== undefined, 'watch', connection);
  const following = wanted(body.presence, 'presence', connection);
  const { filter_conditions: filter, sort, limit, offset } = body;
  const found = await queryChannels(deps.db, userId, { filter, sort, limit, offset }, deps.clock.now());
  const channels = watching ? await watch(deps, watching, found) : found;
  const states = await channelStates(deps, channels, userId, {
    state: body.state,
    messages: body.message_limit,
    memberLimit: body.member_limit,
  });
  if (following)
    await follow(
      following,
      states.flatMap(({ members }) => members),
    );
  return { channels: states };
}

async function getOrCreate(deps: Deps, call: Call<typeof GetOrCreateChannel>): Promise<object> {
  const { body, userId, params } = call;
  const connection = connectionOf(deps, call);
  const watching = wanted(body.watch, 'watch', connection);
  const following = wanted(body.presence, 'presence', connection);
  const { data } = body;
  const { type = '', id } = params;
  const asked = { type, id: id ?? distinctId(data.members, userId), distinct: id === undefined, data };
  const { channel: found } = await findOrCreate(deps, call, asked);
  const options = {
    state: body.state,
    messages: await readPage(deps.db, found.cid, body.messages),
    memberLimit: body.members.limit,
  };
  const channels = watching ? await watch(deps, watching, [found]) : [found];
  const [state] = await channelStates(deps, channels, userId, options);
  if (following && state) await follow(following, state.members);
  return state ?? {};
}

async function findOrCreate(
  deps: Deps,
  { userId, kind }: Pick<Call, 'userId' | 'kind'>,
  asked: { type: string; id: string; distinct: boolean; data: Asked['data'] },
): Promise<Access> {
  const backend = kind === 'server';
  const { cid, type, id } = readAddress(asked.type, asked.id);
  const found = await findChannel(deps.db, cid);
  const access = found && (await accessTo(deps, userId, found, backend));
  if (access) return access;
  // Before anything is told of a channel of others: the answer is the same whether there is one.
  if (isServerMade(id) && !asked.distinct)
    throw badInput(
      `Ids that start with "!" are made by the server; got ${shown(id)}. Choose another, or leave it out.`,
    );
  if (found) throw unreadable(userId, cid);
  const { members, invites, ...data } = asked.data;
  // Who keeps nothing, or whom nobody vouches for, leaves no channels behind.
  if (kind === 'guest' || kind === 'anonymous') throw notAllowed(userId, 'create a channel', kind);
  const newcomers = [
    ...readPlain(members, userId, backend),
    ...readPlain(invites, userId, backend).map((entry) => ({
      ...entry,
      status: 'pending' as const,
    })),
  ];
  const ids = newcomers.map((entry) => entry.userId);
  if (new Set(ids).size < ids.length) throw badInput('A user is a member or invited, not both at once.');
  checkData(data);
  const channel = await createChannel(deps, { cid, type, id, data, createdBy: userId }, newcomers);
  const made = await accessTo(deps, userId, channel);
  // Somebody was quicker to create it, without this user.
  if (!made) throw unreadable(userId, cid);
  return made;
}

function checkData(data: Json): void {
  const reserved = RESERVED.filter((field) => field in data);
  if (reserved.length) throw badInput(`The server sets ${reserved.join(', ')} of a channel. Leave it out.`);
  checked(ChannelFields, data, 'Channel data');
  checkSize(data, 'Channel data');
}

function follow(connection: Connection, members: readonly { user_id: string }[]): Promise<void> {
  return connection.follow(members.map((member) => member.user_id));
}

async function stopWatching(deps: Deps, call: ChannelCall<typeof StopWatchingChannel>): Promise<object> {
  const { channel } = call.access;
  const connection = connectionOf(deps, call);
  if (!connection) throw badInput('stop-watching needs the connection_id of a live connection of yours.');
  await connection.unwatch(channel.cid);
  return {};
}

/** Replaces the channel's data, or changes its members. */
async function update(deps: Deps, call: ChannelCall<typeof UpdateChannel>): Promise<object> {
  const { access, body, userId } = call;
  const { data, message: word } = body;
  // Before the members change: a refusal leaves everything as it was.
  if (data) {
    requireOwner(access, userId);
    checkData(data);
  }
  const said = word ? await readWord(deps, access, userId, word) : undefined;
  await changeMembers(deps, access, userId, body);
  const answer = data
    ? await writeData(deps, access, userId, () => data)
    : await updated(deps, userId, access.channel.cid);
  return said ? { ...answer, message: await sendPrepared(deps, access, said) } : answer;
}

/** What the owner says of the change, as a message of the channel itself. */
async function readWord(deps: Deps, access: Access, userId: string, word: Word): Promise<NewMessage> {
  requireOwner(access, userId);
  return readSystemMessage(deps, access, userId, word);
}

async function updatePartly(deps: Deps, call: ChannelCall<typeof UpdateChannelPartial>): Promise<object> {
  const { access, body } = call;
  const { set, unset } = body;
  const forbidden = [...Object.keys(set), ...unset].find((key) => RESERVED.includes(key.split('.')[0] ?? ''));
  if (forbidden !== undefined) throw notAllowed(call.userId, `change ${shown(forbidden)} of a channel`);
  return writeData(deps, access, call.userId, (now) => {
    const data = patched(now, set, unset);
    checkData(data);
    return data;
  });
}

/** @param edit - Makes the new data out of that which nobody else can change meanwhile. */
async function writeData(
  deps: Deps,
  access: Access,
  userId: string,
  edit: (now: Json) => Json,
): Promise<object> {
  const { cid } = access.channel;
  await deps.inOrder(cid, async () => {
    const { row, seq } = await deps.db.transaction().execute(async (trx) => {
      const data = edit(((await lockChannel(trx, cid)) ?? access.channel).data);
      const event = { type: 'channel.updated', userId } as const;
      const place = await appendEvent(trx, cid, event, deps.clock.now());
      return { row: await updateChannelData(trx, cid, data, place.at), seq: place.seq };
    });
    await announce(deps, { cid, seq }, () => tellUpdated(deps, row, userId, seq));
  });
  return updated(deps, userId, cid);
}

/** Tells the watchers how the channel looks now. */
async function tellUpdated(deps: Deps, row: ChannelRow, userId: string, seq: number): Promise<void> {
  const people = await People.load(deps, [userId, row.created_by]);
  const shownAs = (id: string) => people.eventUser(id);
  const event = eventIn(row, 'channel.updated', row.updated_at);
  toWatchers(deps, { ...event, seq, user: shownAs(userId), channel: channelOf(row, shownAs) });
}

async function updated(deps: Deps, userId: string, cid: string): Promise<object> {
  const row = await findChannel(deps.db, cid);
  if (!row) return {};
  const members = await membersOf(deps.db, [cid], MAX_MEMBERS);
  const people = await People.load(deps, [row.created_by, ...members.map((member) => member.user_id)]);
  const own = await findMember(deps.db, cid, userId);
  return {
    channel: ownChannelOf(row, people, userId, own),
    members: members.map((member) => memberOf(member, (id) => people.user(id), row.created_by, people.now)),
  };
}
