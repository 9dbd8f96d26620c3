import { accessTo, isServerMade, readAddress, requireOwner, unreadable, type Access } from '../access.js';
import { channelStates } from '../channel-state.js';
import { announce, toWatchers } from '../deliver.js';
import type { Connection } from '../connections.js';
import type { Deps } from '../deps.js';
import { deleteChannel, truncateChannel } from '../empty-channel.js';
import { badInput, notAllowed, shown } from '../errors.js';
import { asCount, asFlag, asObject, asStrings, checkSize, isObject, patched, type Json } from '../input.js';
import { readPlain } from '../member-input.js';
import { changeMembers, createChannel, distinctId } from '../members.js';
import { readSystemMessage } from '../new-message.js';
import { readPage } from '../paging.js';
import { sendPrepared } from '../send.js';
import { appendEvent, findChannel, lockChannel, updateChannelData } from '../store/channels.js';
import { findMember, membersOf } from '../store/members.js';
import { queryChannels } from '../store/query-channels.js';
import type { NewMessage } from '../store/messages.js';
import type { ChannelRow } from '../store/schema.js';
import { channelOf, eventIn, memberOf, ownChannelOf, People } from '../wire.js';
import type { AddRoute, Call, ChannelCall } from './route.js';
import { connectionOf, wanted, watch } from './watch.js';

/** Of channels, messages and members in one answer (protocol.md §7.2). */
const MAX_CHANNELS = 30;
const MAX_OFFSET = 1000;
const MAX_MESSAGES = 300;
const MAX_MEMBERS = 100;

/** What an update of a channel may hold. */
const UPDATES = [
  'data', 'add_members', 'remove_members', 'invites', 'accept_invite', 'reject_invite', 'add_moderators',
  'demote_moderators', 'assign_roles', 'hide_history', 'hide_history_before', 'message', 'skip_push',
]; // prettier-ignore

/** Computed by the server, or set by other endpoints. */
const RESERVED = [
  'id', 'type', 'cid', 'created_at', 'updated_at', 'deleted_at', 'created_by', 'created_by_id', 'user', 'user_id',
  'config', 'config_overrides', 'cooldown', 'disabled', 'frozen', 'hidden', 'last_message_at', 'member_count', 'muted',
  'mute_expires_at', 'own_capabilities', 'seq', 'team', 'truncated_at', 'truncated_by', 'blocked',
]; // prettier-ignore

export function addChannels(add: AddRoute, deps: Deps): void {
  add('POST', '/channels', 'QueryChannels', (call) => query(deps, call));
  add('POST', '/channels/:type/query', 'GetOrCreateChannel', (call) => getOrCreate(deps, call));
  add('POST', '/channels/:type/:id/query', 'GetOrCreateChannel', (call) => getOrCreate(deps, call));
  add('GET', '/channels/:type/:id', 'GetChannel', async (call) => {
    const { channel } = call.access;
    const messages = { limit: asCount(call.query['messages_limit'], 'messages_limit', 25, MAX_MESSAGES) };
    const state = asFlag(call.query['state'], 'state', true);
    const [answer] = await channelStates(deps, [channel], call.userId, {
      state,
      messages,
      memberLimit: MAX_MEMBERS,
    });
    return answer ?? {};
  });
  add('POST', '/channels/:type/:id/stop-watching', 'StopWatchingChannel', (call) => stopWatching(deps, call));
  add('POST', '/channels/:type/:id', 'UpdateChannel', (call) => update(deps, call));
  add('DELETE', '/channels/:type/:id', 'DeleteChannel', ({ access, userId, query }) => {
    asFlag(query['hard_delete'], 'hard_delete', false); // it is gone for good either way
    return deleteChannel(deps, access, userId);
  });
  add('POST', '/channels/:type/:id/truncate', 'TruncateChannel', ({ access, userId, body }) =>
    truncateChannel(deps, access, userId, body),
  );
  add('PATCH', '/channels/:type/:id', 'UpdateChannelPartial', (call) => updatePartly(deps, call));
}

async function query(deps: Deps, call: Call): Promise<object> {
  const { body, userId } = call;
  const connection = connectionOf(deps, call);
  const watching = wanted(body, 'watch', connection !== undefined, connection);
  const following = wanted(body, 'presence', false, connection);
  const limit = asCount(body['limit'], 'limit', 10, MAX_CHANNELS);
  const found = await queryChannels(
    deps.db,
    userId,
    {
      filter: asObject(body['filter_conditions'], 'filter_conditions'),
      sort: body['sort'],
      limit,
      offset: asCount(body['offset'], 'offset', 0, MAX_OFFSET),
    },
    deps.clock.now(),
  );
  const channels = watching ? await watch(deps, watching, found) : found;
  const states = await channelStates(deps, channels, userId, {
    state: asFlag(body['state'], 'state', true),
    messages: asCount(body['message_limit'], 'message_limit', 25, MAX_MESSAGES),
    memberLimit: asCount(body['member_limit'], 'member_limit', MAX_MEMBERS, MAX_MEMBERS),
  });
  if (following)
    await follow(
      following,
      states.flatMap(({ members }) => members),
    );
  return { channels: states };
}

async function getOrCreate(deps: Deps, call: Call): Promise<object> {
  const { body, userId, params } = call;
  const connection = connectionOf(deps, call);
  const watching = wanted(body, 'watch', false, connection);
  const following = wanted(body, 'presence', false, connection);
  const data = asObject(body['data'], 'data');
  const { type = '', id } = params;
  const asked = { type, id: id ?? distinctId(data['members'], userId), distinct: id === undefined, data };
  const { channel: found } = await findOrCreate(deps, call, asked);
  const page = asObject(body['messages'], 'messages');
  const options = {
    state: asFlag(body['state'], 'state', true),
    messages: await readPage(deps.db, found.cid, page, MAX_MEMBERS),
    memberLimit: asCount(
      asObject(body['members'], 'members')['limit'],
      'members.limit',
      MAX_MEMBERS,
      MAX_MEMBERS,
    ),
  };
  const channels = watching ? await watch(deps, watching, [found]) : [found];
  const [state] = await channelStates(deps, channels, userId, options);
  if (following && state) await follow(following, state.members);
  return state ?? {};
}

async function findOrCreate(
  deps: Deps,
  { userId, kind }: Call,
  asked: { type: string; id: string; distinct: boolean; data: Json },
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
    ...readPlain(members, 'members', userId, backend),
    ...readPlain(invites, 'invites', userId, backend).map((entry) => ({
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
  for (const key of ['name', 'image'])
    if (data[key] !== undefined && data[key] !== null && typeof data[key] !== 'string')
      throw badInput(`A channel's ${key} is a string; got ${shown(data[key])}`);
  checkSize(data, 'Channel data');
}

function follow(connection: Connection, members: readonly { user_id: string }[]): Promise<void> {
  return connection.follow(members.map((member) => member.user_id));
}

async function stopWatching(deps: Deps, call: ChannelCall): Promise<object> {
  const { channel } = call.access;
  const connection = connectionOf(deps, call);
  if (!connection) throw badInput('stop-watching needs the connection_id of a live connection of yours.');
  await connection.unwatch(channel.cid);
  return {};
}

/** Replaces the channel's data, or changes its members. */
async function update(deps: Deps, { access, body, userId }: ChannelCall): Promise<object> {
  const unknown = Object.keys(body).filter((key) => !UPDATES.includes(key));
  if (unknown.length) throw badInput(`UpdateChannel here knows ${UPDATES.join(', ')}; got ${shown(unknown)}`);
  const { data, message: word } = body;
  // Before the members change: a refusal leaves everything as it was.
  if (isObject(data)) {
    requireOwner(access, userId);
    checkData(data);
  }
  const said = isObject(word) ? await readWord(deps, access, userId, word) : undefined;
  await changeMembers(deps, access, userId, body);
  const answer = isObject(data)
    ? await writeData(deps, access, userId, () => data)
    : await updated(deps, userId, access.channel.cid);
  return said ? { ...answer, message: await sendPrepared(deps, access, said) } : answer;
}

/** What the owner says of the change, as a message of the channel itself. */
async function readWord(deps: Deps, access: Access, userId: string, word: Json): Promise<NewMessage> {
  requireOwner(access, userId);
  return readSystemMessage(deps, access, userId, word);
}

async function updatePartly(deps: Deps, call: ChannelCall): Promise<object> {
  const { access } = call;
  const set = asObject(call.body['set'], 'set');
  const unset = asStrings(call.body['unset'], 'unset', MAX_MEMBERS);
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
