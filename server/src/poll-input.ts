import { randomUUID } from 'node:crypto';
import type { Static } from 'typebox';
import { badInput } from './errors.js';
import { checkSize } from './input.js';
import type { OptionGiven, PollGiven } from './shapes/polls.js';
import type { PollOption, PollRow, PollSettings } from './store/schema.js';

/** Read into their own places. */
const SETTINGS = [
  'name', 'description', 'voting_visibility', 'enforce_unique_vote', 'max_votes_allowed', 'allow_answers',
  'allow_user_suggested_options',
] as const; // prettier-ignore
/** The same, or computed by the server: not custom data. */
const BUILT_IN = new Set<string>([
  ...SETTINGS, 'id', 'options', 'is_closed', 'vote_count', 'vote_counts_by_option', 'latest_votes_by_option',
  'answers_count', 'latest_answers', 'own_votes', 'created_by', 'created_by_id', 'created_at', 'updated_at', 'deleted_at',
  'user',  'user_id', 'seq', 'own_capabilities',
]); // prettier-ignore

/** What a poll's maker says of it. */
export type PollContent = Pick<PollRow, 'settings' | 'options' | 'data' | 'is_closed'>;

/**
 * Reads a whole poll.
 *
 * @param held - Its options so far: those that are said again keep their ids.
 * @throws {ApiError} 4 for options that say the same, 22 above 5 KB.
 */
export function readPoll(input: Static<typeof PollGiven>, held: readonly PollOption[] = []): PollContent {
  const data = Object.fromEntries(Object.entries(input).filter(([key]) => !BUILT_IN.has(key)));
  checkSize(data, "A poll's custom data");
  const texts = new Map(held.map((option) => [option.text, option]));
  const options = input.options.map((entry) => {
    const option = readOption(entry);
    const known = held.find(({ id }) => 'id' in entry && id === entry.id) ?? texts.get(option.text);
    return known ? { ...option, id: known.id } : option;
  });
  if (new Set(options.map(({ id }) => id)).size < options.length || repeats(options))
    throw badInput("A poll's options differ in their text.");
  return {
    data,
    options,
    settings: settingsOf(input),
    is_closed: input.is_closed,
  };
}

function repeats(options: readonly PollOption[]): boolean {
  return new Set(options.map((option) => option.text)).size < options.length;
}

function settingsOf(input: Static<typeof PollGiven>): PollSettings {
  return {
    name: input.name,
    description: input.description,
    voting_visibility: input.voting_visibility,
    enforce_unique_vote: input.enforce_unique_vote,
    max_votes_allowed: input.max_votes_allowed ?? null,
    allow_answers: input.allow_answers,
    allow_user_suggested_options: input.allow_user_suggested_options,
  };
}

/** A new option. @throws {ApiError} 22 above 5 KB. */
export function readOption({ text, ...rest }: Static<typeof OptionGiven>): PollOption {
  const data = Object.fromEntries(Object.entries(rest).filter(([key]) => !BUILT_IN.has(key)));
  checkSize(data, "An option's custom data");
  return { ...data, id: randomUUID(), text };
}
