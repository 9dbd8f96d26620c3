import { randomUUID } from 'node:crypto';
import { accessTo } from './access.js';
import { announce, toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import { badInput, notAllowed, notFound, shown } from './errors.js';
import type { Json } from './input.js';
import { Messages } from './message-view.js';
import { readOption, readPoll, type PollContent } from './poll-input.js';
import type { BodyOf } from './shapes/operation.js';
import { MAX_OPTIONS, type CreatePoll, type CreatePollOption } from './shapes/polls.js';
import { Polls } from './poll-view.js';
import { appendEvent, findChannel, type Place, type PollEvent } from './store/channels.js';
import { findMessage } from './store/messages.js';
import {
  carriersOf,
  deletePoll,
  deleteVotesFor,
  findPoll,
  insertPoll,
  lockPoll,
  updatePoll,
  type PollChange,
} from './store/polls.js';
import type { Db, PollRow } from './store/schema.js';
import { channelIn } from './tell-message.js';
import { eventIn, People } from './wire.js';

/** Of messages that carry one poll: each hears of every vote. */
const MAX_CARRIERS = 10;

/**
 * The poll that a message is to carry; undefined for none.
 *
 * @throws {ApiError} 16 unless it is the sender's own, 4 when too many messages carry it.
 */
export async function ownPoll(db: Db, userId: string, id: unknown): Promise<PollRow | undefined> {
  if (id === undefined || id === null || id === '') return undefined;
  const poll = typeof id === 'string' ? await findPoll(db, id) : undefined;
  if (poll?.created_by !== userId) throw notFound(`poll_id must name a poll of yours; got ${shown(id)}`);
  if ((await carriersOf(db, poll.id)).length >= MAX_CARRIERS)
    throw badInput(`A poll may be in ${MAX_CARRIERS} messages; this would be one more. Make a new poll.`);
  return poll;
}

/**
 * The poll, for who may read a message that carries it; for its maker alone while none does.
 *
 * @throws {ApiError} 16 for others, as if there were none.
 */
export async function readablePoll(
  deps: Deps,
  userId: string,
  id: string,
  backend = false,
): Promise<PollRow> {
  const poll = await findPoll(deps.db, id);
  if (poll && backend) return poll;
  const carriers = poll ? await carriersOf(deps.db, id) : [];
  if (poll && !carriers.length && poll.created_by === userId) return poll;
  for (const { cid } of carriers) {
    const channel = await findChannel(deps.db, cid);
    if (poll && channel && (await accessTo(deps, userId, channel))) return poll;
  }
  throw noPoll(id);
}

export function noPoll(id: unknown): Error {
  return notFound(`Poll ${shown(id)} does not exist.`);
}

/** The poll as `userId` sees it. */
export async function pollAnswer(deps: Deps, id: string, userId: string): Promise<Json> {
  const polls = await Polls.load(deps.db, [id], userId);
  const people = await People.load(deps, polls.people);
  const poll = polls.shown(id, (one) => people.user(one));
  if (!poll) throw noPoll(id);
  return poll;
}

/** @throws {ApiError} 4 for a taken id. */
export async function makePoll(deps: Deps, userId: string, input: BodyOf<typeof CreatePoll>): Promise<Json> {
  const now = deps.clock.now();
  const { id = randomUUID() } = input;
  const row = { ...readPoll(input), id, created_by: userId, created_at: now, updated_at: now };
  if (!(await insertPoll(deps.db, row))) throw badInput(`The poll id ${shown(id)} is taken. Choose another.`);
  return pollAnswer(deps, id, userId);
}

/** Whether a change closes the poll decides what is told. */
export async function changePoll(
  deps: Deps,
  userId: string,
  id: string,
  edit: (poll: PollRow) => PollContent,
): Promise<Json> {
  await inPoll(deps, id, userId, async (trx, poll) => {
    const content = edit(poll);
    const gone = poll.options.filter((option) => !content.options.some((kept) => kept.id === option.id));
    for (const option of gone) await deleteVotesFor(trx, id, option.id);
    const type = content.is_closed && !poll.is_closed ? 'poll.closed' : 'poll.updated';
    return { type, result: await save(deps, trx, id, content) };
  });
  return pollAnswer(deps, id, userId);
}

function save(deps: Deps, trx: Db, id: string, change: PollChange): Promise<PollRow> {
  return updatePoll(trx, id, change, deps.clock.now());
}

/** Adds an option: its maker may, and everybody where the poll takes suggestions. */
export async function addOption(
  deps: Deps,
  userId: string,
  id: string,
  input: BodyOf<typeof CreatePollOption>,
): Promise<Json> {
  const option = readOption(input);
  const { result } = await inPoll(deps, id, userId, async (trx, poll) => {
    if (poll.created_by !== userId && !poll.settings.allow_user_suggested_options)
      throw notAllowed(userId, 'add an option to a poll of somebody else');
    if (poll.is_closed) throw badInput('A closed poll takes no more options.');
    const held = poll.options.find((one) => one.text === option.text);
    if (held) return { result: held };
    if (poll.options.length >= MAX_OPTIONS)
      throw badInput(`A poll may have ${MAX_OPTIONS} options; this would be one more.`);
    await save(deps, trx, id, { options: [...poll.options, option] });
    return { type: 'poll.updated', result: option };
  });
  return result;
}

/** @throws {ApiError} 16 for an option that is not there. */
export function optionOf(poll: PollRow, optionId: unknown): PollRow['options'][number] {
  const option = poll.options.find(({ id }) => id === optionId);
  if (!option) throw notFound(`The poll has no option ${shown(optionId)}.`);
  return option;
}

export async function removePoll(deps: Deps, userId: string, id: string): Promise<void> {
  await inPoll(deps, id, userId, async (trx) => {
    await deletePoll(trx, id);
    return { type: 'poll.deleted', result: undefined };
  });
}

/** What happened to a poll; nothing is told without a type. */
export interface PollTask<Result> {
  type?: PollEvent;
  result: Result;
  /** Fields of the event besides. */
  extra?: (people: People) => Json;
  /** The poll hides who votes: the event names nobody. */
  hidden?: boolean;
}

/**
 * Changes a poll in one transaction with the events of all messages that carry it, then tells their channels.
 */
export async function inPoll<Result>(
  deps: Deps,
  id: string,
  userId: string,
  task: (trx: Db, poll: PollRow) => Promise<PollTask<Result>>,
): Promise<PollTask<Result>> {
  const cids = [...new Set((await carriersOf(deps.db, id)).map(({ cid }) => cid))].sort();
  return inOrderOfAll(deps, cids, async () => {
    const before = await Polls.load(deps.db, [id]);
    const { outcome, told } = await deps.db.transaction().execute(async (trx) => {
      const poll = await lockPoll(trx, id);
      if (!poll) throw noPoll(id);
      const outcome = await task(trx, poll);
      // Of an anonymous poll nobody may learn who voted, not even from what is replayed.
      const actor = outcome.hidden ? poll.created_by : userId;
      const told = outcome.type ? await noteInCarriers(deps, trx, poll, outcome.type, actor) : [];
      return { outcome, told };
    });
    for (const each of told) await tellPoll(deps, userId, id, { ...each, ...outcome, before });
    return outcome;
  });
}

/** Runs the task in the order of several channels; always taken in the same sequence, so that none waits in a ring. */
function inOrderOfAll<T>(deps: Deps, [cid, ...rest]: readonly string[], task: () => Promise<T>): Promise<T> {
  if (cid === undefined) return task();
  return deps.inOrder(cid, () => inOrderOfAll(deps, rest, task));
}

interface Noted {
  messageId: string;
  cid: string;
  place: Place;
}

/** Writes the event of each message that carries the poll. */
async function noteInCarriers(
  deps: Deps,
  trx: Db,
  poll: PollRow,
  type: PollEvent,
  userId: string,
): Promise<Noted[]> {
  const noted: Noted[] = [];
  const carriers = await carriersOf(trx, poll.id);
  for (const { id: messageId, cid } of carriers.sort((a, b) => (a.cid < b.cid ? -1 : 1))) {
    const place = await appendEvent(trx, cid, { type, userId, messageId }, deps.clock.now());
    await trx.updateTable('messages').set({ updated_at: place.at }).where('id', '=', messageId).execute();
    noted.push({ messageId, cid, place });
  }
  return noted;
}

interface Telling extends PollTask<unknown>, Noted {
  before: Polls;
}

async function tellPoll(deps: Deps, userId: string, id: string, telling: Telling): Promise<void> {
  const { messageId, cid, place, type = 'poll.updated', hidden, extra } = telling;
  const now = await Polls.load(deps.db, [id]);
  const polls = type === 'poll.deleted' ? telling.before : now;
  const people = await People.load(deps, [userId, ...polls.people]);
  const message = await findMessage(deps.db, messageId);
  const messages = message && (await Messages.load(deps, [message]));
  await announce(deps, { cid, seq: place.seq }, () => {
    toWatchers(deps, {
      ...eventIn(channelIn({ cid }), type, place.at),
      seq: place.seq,
      message_id: messageId,
      ...(messages && message ? { message: messages.event(message) } : {}),
      poll: polls.shown(id, (one) => people.eventUser(one)),
      ...(hidden ? {} : { user: people.eventUser(userId) }),
      ...extra?.(people),
    });
    return Promise.resolve();
  });
}
