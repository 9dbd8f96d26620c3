import { Type } from 'typebox';
import { ENDS, flag, list, nullable, object, oneOf, optional, or, paged, PATCH, text } from './fields.js';
import { Poll, PollOption, Vote } from './models.js';
import type { Operation } from './operation.js';

/** protocol.md §7.17. */
export const MAX_OPTIONS = 100;
const MAX_VOTES = 10;
/** Of polls or votes in one answer. */
const MAX_LISTED = 100;

const Text = text(255, 1);

/** Custom fields stand beside these. */
export const OptionGiven = object({ text: Text });

/** What its maker says of a poll; custom fields stand beside these. */
export const PollGiven = object({
  name: Text,
  description: or('', text(1000)),
  voting_visibility: or('public', oneOf(['public', 'anonymous'])),
  enforce_unique_vote: flag(),
  max_votes_allowed: optional(nullable(Type.Integer({ minimum: 1, maximum: MAX_VOTES }))),
  allow_answers: flag(),
  allow_user_suggested_options: flag(),
  is_closed: flag(),
  options: list(OptionGiven, MAX_OPTIONS),
});

const PollId = Type.String({
  format: 'poll-id',
  description: 'a poll id: 1 to 255 characters without ",", "%" and "/"',
});

const One = object({ poll: Poll });
const OneOption = object({ poll_option: PollOption });
const OneVote = object({ vote: Vote });

const LISTED = paged(MAX_LISTED);

export const CreatePoll = {
  name: 'CreatePoll',
  summary: 'Makes a poll, for a message to carry',
  body: object({ ...PollGiven.properties, id: optional(PollId) }),
  answer: One,
} satisfies Operation;

export const UpdatePoll = {
  name: 'UpdatePoll',
  summary: 'Rewrites an own poll as a whole',
  body: object({ ...PollGiven.properties, id: PollId }),
  answer: One,
} satisfies Operation;

export const QueryPolls = {
  name: 'QueryPolls',
  summary: 'The polls that a filter finds',
  body: object(LISTED),
  answer: object({ polls: Type.Array(Poll), ...ENDS }),
} satisfies Operation;

export const GetPoll = { name: 'GetPoll', summary: 'A poll', answer: One } satisfies Operation;

export const UpdatePollPartial = {
  name: 'UpdatePollPartial',
  summary: 'Changes some fields of an own poll',
  body: object(PATCH),
  answer: One,
} satisfies Operation;

export const DeletePoll = {
  name: 'DeletePoll',
  summary: 'Deletes an own poll with its votes',
  answer: object({}),
} satisfies Operation;

export const CreatePollOption = {
  name: 'CreatePollOption',
  summary: 'Adds an option to a poll',
  body: OptionGiven,
  answer: OneOption,
} satisfies Operation;

export const UpdatePollOption = {
  name: 'UpdatePollOption',
  summary: 'Rewrites an option of an own poll',
  body: object({ ...OptionGiven.properties, id: Type.String() }),
  answer: OneOption,
} satisfies Operation;

export const GetPollOption = {
  name: 'GetPollOption',
  summary: 'An option of a poll',
  answer: OneOption,
} satisfies Operation;

export const DeletePollOption = {
  name: 'DeletePollOption',
  summary: 'Removes an option of an own poll with its votes',
  answer: object({}),
} satisfies Operation;

export const CastPollVote = {
  name: 'CastPollVote',
  summary: 'Votes for an option, or answers in words',
  body: object({
    vote: object({ option_id: optional(Type.String()), answer_text: optional(text(500, 1)) }),
  }),
  answer: OneVote,
} satisfies Operation;

export const RemovePollVote = {
  name: 'RemovePollVote',
  summary: 'Takes an own vote back',
  answer: OneVote,
} satisfies Operation;

export const QueryPollVotes = {
  name: 'QueryPollVotes',
  summary: 'The votes of a poll that a filter finds',
  body: object(LISTED),
  answer: object({ votes: Type.Array(Vote), ...ENDS }),
} satisfies Operation;
