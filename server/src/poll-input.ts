import { randomUUID } from 'node:crypto';
import { isMessageId } from './access.js';
import { badInput, shown } from './errors.js';
import { asCount, asFlag, asList, asObject, checkSize, type Json } from './input.js';
import type { PollOption, PollRow, PollSettings } from './store/schema.js';

/** protocol.md §7.17. */
export const MAX_OPTIONS = 100;
const MAX_VOTES = 10;
const MAX_TEXT = 255;
const MAX_DESCRIPTION = 1000;

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
 * @throws {ApiError} 4 for a bad field, 22 above 5 KB.
 */
export function readPoll(input: Json, held: readonly PollOption[] = []): PollContent {
  const data = Object.fromEntries(Object.entries(input).filter(([key]) => !BUILT_IN.has(key)));
  checkSize(data, "A poll's custom data");
  const texts = new Map(held.map((option) => [option.text, option]));
  const options = asList(input['options'], 'options', MAX_OPTIONS).map((entry) => {
    const option = readOption(entry);
    const known = held.find(({ id }) => id === asObject(entry, 'options[]')['id']) ?? texts.get(option.text);
    return known ? { ...option, id: known.id } : option;
  });
  if (new Set(options.map(({ id }) => id)).size < options.length || repeats(options))
    throw badInput("A poll's options differ in their text.");
  return {
    data,
    options,
    settings: readSettings(input),
    is_closed: asFlag(input['is_closed'], 'is_closed', false),
  };
}

function repeats(options: readonly PollOption[]): boolean {
  return new Set(options.map((option) => option.text)).size < options.length;
}

function readSettings(input: Json): PollSettings {
  const { max_votes_allowed: max } = input;
  const visibility = input['voting_visibility'] ?? 'public';
  if (visibility !== 'public' && visibility !== 'anonymous')
    throw badInput(`voting_visibility is "public" or "anonymous"; got ${shown(visibility)}`);
  return {
    name: readText(input['name'], 'name', MAX_TEXT),
    description: readText(input['description'] ?? '', 'description', MAX_DESCRIPTION, 0),
    voting_visibility: visibility,
    enforce_unique_vote: asFlag(input['enforce_unique_vote'], 'enforce_unique_vote', false),
    max_votes_allowed: (max ?? null) === null ? null : asCount(max, 'max_votes_allowed', 1, MAX_VOTES, 1),
    allow_answers: asFlag(input['allow_answers'], 'allow_answers', false),
    allow_user_suggested_options: asFlag(
      input['allow_user_suggested_options'],
      'allow_user_suggested_options',
      false,
    ),
  };
}

/** A new option. @throws {ApiError} 4 for a bad text, 22 above 5 KB. */
export function readOption(value: unknown): PollOption {
  const { text, ...rest } = asObject(value, 'An option');
  const data = Object.fromEntries(Object.entries(rest).filter(([key]) => !BUILT_IN.has(key)));
  checkSize(data, "An option's custom data");
  return { ...data, id: randomUUID(), text: readText(text, 'text', MAX_TEXT) };
}

export function readText(value: unknown, what: string, max: number, min = 1): string {
  if (typeof value !== 'string' || value.trim().length < min || [...value].length > max)
    throw badInput(`${what} must be a text of ${min} to ${max} characters; got ${shown(value)}`);
  return value;
}

/** Poll ids are as message ids are. */
export function readPollId(id: unknown): string {
  if (id === undefined || id === null || id === '') return randomUUID();
  if (!isMessageId(id) || id.includes('/'))
    throw badInput(`A poll id is 1 to 255 characters without ",", "%" and "/"; got ${shown(id)}`);
  return id;
}
