import type { Deps } from '../deps.js';
import { notAllowed } from '../errors.js';
import { patched, type Json } from '../input.js';
import { readOption, readPoll } from '../poll-input.js';
import { Polls, voteOf } from '../poll-view.js';
import { addOption, changePoll, makePoll, optionOf, pollAnswer, readablePoll, removePoll } from '../polls.js';
import { queryPolls, queryVotes } from '../store/query-polls.js';
import type { PollRow } from '../store/schema.js';
import { checked } from '../shapes/check.js';
import {
  CastPollVote,
  CreatePoll,
  CreatePollOption,
  DeletePoll,
  DeletePollOption,
  GetPoll,
  GetPollOption,
  PollGiven,
  QueryPolls,
  QueryPollVotes,
  RemovePollVote,
  UpdatePoll,
  UpdatePollOption,
  UpdatePollPartial,
} from '../shapes/polls.js';
import { castVote, removeVote } from '../votes.js';
import { People } from '../wire.js';
import { pagedOf } from './cursor.js';
import type { AddRoute } from './route.js';

export function addPolls(add: AddRoute, deps: Deps): void {
  addMaking(add, deps);
  addOptions(add, deps);
  addVoting(add, deps);
}

function addMaking(add: AddRoute, deps: Deps): void {
  add('POST', '/polls', CreatePoll, async ({ body, userId }) => ({
    poll: await makePoll(deps, userId, body),
  }));
  add('PUT', '/polls', UpdatePoll, async ({ body, userId }) => {
    const { id } = body;
    const poll = await readablePoll(deps, userId, id);
    if (poll.created_by !== userId) throw notAllowed(userId, 'change a poll of somebody else');
    return { poll: await changePoll(deps, userId, id, (now) => readPoll(body, now.options)) };
  });
  add('POST', '/polls/query', QueryPolls, async ({ body, userId }) => {
    const { rows, ...ends } = await queryPolls(deps.db, userId, pagedOf(body));
    const ids = rows.map((row) => row.id);
    const polls = await Polls.load(deps.db, ids, userId);
    const people = await People.load(deps, polls.people);
    return { polls: ids.map((id) => polls.shown(id, (one) => people.user(one))), ...ends };
  });
  add('GET', '/polls/:id', GetPoll, async ({ poll, userId }) => ({
    poll: await pollAnswer(deps, poll.id, userId),
  }));
  add('PATCH', '/polls/:id', UpdatePollPartial, async ({ poll, body: { set, unset }, userId }) => ({
    poll: await changePoll(deps, userId, poll.id, (now) => partly(now, set, unset)),
  }));
  add('DELETE', '/polls/:id', DeletePoll, async ({ poll, userId }) => {
    await removePoll(deps, userId, poll.id);
    return {};
  });
}

function partly(poll: PollRow, set: Json, unset: readonly string[]) {
  const { data, settings, options, is_closed: closed } = poll;
  const whole = patched({ ...data, ...settings, options, is_closed: closed }, set, unset);
  return readPoll(checked(PollGiven, whole), options);
}

function addOptions(add: AddRoute, deps: Deps): void {
  add('POST', '/polls/:id/options', CreatePollOption, async ({ poll, body, userId }) => ({
    poll_option: await addOption(deps, userId, poll.id, body),
  }));
  add('PUT', '/polls/:id/options', UpdatePollOption, async ({ poll, body, userId }) => {
    const { id } = optionOf(poll, body.id);
    const option = { ...readOption(body), id };
    await changePoll(deps, userId, poll.id, (now) => ({
      ...now,
      options: now.options.map((one) => (one.id === id ? option : one)),
    }));
    return { poll_option: option };
  });
  add('GET', '/polls/:id/options/:option', GetPollOption, ({ poll, params }) =>
    Promise.resolve({ poll_option: optionOf(poll, params['option']) }),
  );
  add('DELETE', '/polls/:id/options/:option', DeletePollOption, async ({ poll, params, userId }) => {
    const { id } = optionOf(poll, params['option']);
    await changePoll(deps, userId, poll.id, (now) => ({
      ...now,
      options: now.options.filter((one) => one.id !== id),
    }));
    return {};
  });
}

function addVoting(add: AddRoute, deps: Deps): void {
  add('POST', '/messages/:id/polls/:poll/vote', CastPollVote, ({ access, userId, params, body }) =>
    castVote(deps, access, userId, params['poll'] ?? '', body.vote),
  );
  add('DELETE', '/messages/:id/polls/:poll/vote/:vote', RemovePollVote, ({ access, userId, params }) =>
    removeVote(deps, access, userId, params['poll'] ?? '', params['vote'] ?? ''),
  );
  add('POST', '/polls/:id/votes', QueryPollVotes, async ({ poll, userId, body }) => {
    const { rows, ...ends } = await queryVotes(deps.db, poll, pagedOf(body));
    const people = await People.load(deps, rows.map((row) => row.user_id)); // prettier-ignore
    return { votes: rows.map((row) => voteOf(row, poll, (id) => people.user(id), userId)), ...ends };
  });
}
