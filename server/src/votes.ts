import { randomUUID } from 'node:crypto';
import type { Found } from './access.js';
import { toUser } from './deliver.js';
import type { Deps } from './deps.js';
import { badInput, notFound, shown } from './errors.js';
import type { BodyOf } from './shapes/operation.js';
import type { CastPollVote } from './shapes/polls.js';
import { voteOf } from './poll-view.js';
import { inPoll, noPoll, optionOf, type PollTask } from './polls.js';
import { deleteVotes, insertVote, updateAnswer, votesBy } from './store/polls.js';
import type { Db, PollRow, VoteRow } from './store/schema.js';
import { channelIn } from './tell-message.js';
import { eventIn, People } from './wire.js';

type Given = BodyOf<typeof CastPollVote>['vote'];

interface Voted {
  vote: VoteRow;
  poll: PollRow;
}

/**
 * Casts a vote in the poll that the message carries, or answers in words. The same vote again changes nothing.
 *
 * @throws {ApiError} 4 for a closed poll, a vote too many, or an answer where none are taken, 16 for no such option.
 */
export async function castVote(
  deps: Deps,
  { message }: Found,
  userId: string,
  pollId: string,
  given: Given,
): Promise<object> {
  if (message.poll_id !== pollId) throw noPoll(pollId);
  const done = await inPoll(deps, pollId, userId, async (trx, poll) => {
    if (poll.is_closed) throw badInput('The poll is closed. It takes no more votes.');
    return cast(deps, trx, poll, userId, given);
  });
  return answer(deps, message.cid, message.id, userId, done);
}

async function cast(
  deps: Deps,
  trx: Db,
  poll: PollRow,
  userId: string,
  { option_id: optionId, answer_text: text }: Given,
): Promise<PollTask<Voted>> {
  const own = await votesBy(trx, poll.id, userId);
  const now = deps.clock.now();
  const fresh = { id: randomUUID(), poll_id: poll.id, user_id: userId, created_at: now, updated_at: now };
  if (text !== undefined) {
    if (!poll.settings.allow_answers)
      throw badInput('The poll takes no answers in words. Vote for an option.');
    const held = own.find((vote) => vote.option_id === null);
    if (held?.answer_text === text) return { result: { vote: held, poll } };
    if (!held) return told('poll.vote_casted', poll, await insertVote(trx, { ...fresh, option_id: null, answer_text: text })); // prettier-ignore
    return told('poll.vote_changed', poll, await updateAnswer(trx, held.id, text, now));
  }
  const option = optionOf(poll, optionId);
  const votes = own.filter((vote) => vote.option_id !== null);
  const held = votes.find((vote) => vote.option_id === option.id);
  if (held) return { result: { vote: held, poll } };
  const { enforce_unique_vote: unique, max_votes_allowed: max } = poll.settings;
  if (!unique && max !== null && votes.length >= max)
    throw badInput(`The poll takes ${max} votes of each user; this would be one more. Take one back first.`);
  if (unique) await deleteVotes(trx, votes.map((vote) => vote.id)); // prettier-ignore
  const vote = await insertVote(trx, { ...fresh, option_id: option.id, answer_text: null });
  return told(unique && votes.length ? 'poll.vote_changed' : 'poll.vote_casted', poll, vote);
}

function told(
  type: 'poll.vote_casted' | 'poll.vote_changed' | 'poll.vote_removed',
  poll: PollRow,
  vote: VoteRow,
): PollTask<Voted> {
  return {
    type,
    result: { vote, poll },
    hidden: poll.settings.voting_visibility === 'anonymous',
    extra: (people) => ({ poll_vote: voteOf(vote, poll, (id) => people.eventUser(id), undefined) }),
  };
}

/**
 * Takes one of the caller's votes back.
 *
 * @throws {ApiError} 4 for a closed poll, 16 for a vote that is not theirs.
 */
export async function removeVote(
  deps: Deps,
  { message }: Found,
  userId: string,
  pollId: string,
  voteId: string,
): Promise<object> {
  if (message.poll_id !== pollId) throw noPoll(pollId);
  const done = await inPoll(deps, pollId, userId, async (trx, poll) => {
    if (poll.is_closed) throw badInput('The poll is closed. Its votes stay.');
    const vote = (await votesBy(trx, poll.id, userId)).find(({ id }) => id === voteId);
    if (!vote) throw notFound(`You have no vote ${shown(voteId)} in this poll.`);
    await deleteVotes(trx, [vote.id]);
    return told('poll.vote_removed', poll, vote);
  });
  return answer(deps, message.cid, message.id, userId, done);
}

/** The caller's own vote; their other tabs learn that it is theirs where everybody else may not. */
async function answer(
  deps: Deps,
  cid: string,
  messageId: string,
  userId: string,
  { type, hidden, result: { vote, poll } }: PollTask<Voted>,
): Promise<object> {
  const people = await People.load(deps, [userId]);
  if (type && hidden)
    toUser(deps, userId, {
      ...eventIn(channelIn({ cid }), type, vote.updated_at),
      message_id: messageId,
      user: people.eventUser(userId),
      poll_vote: voteOf(vote, poll, (id) => people.eventUser(id), userId),
    });
  return { vote: voteOf(vote, poll, (id) => people.user(id), userId) };
}
