import type { User } from '../../src/protocol.js';
import { formatTime } from './clock.js';
import type { Json } from './input.js';
import { latestVotes, pollsById, talliesOf, votesIn, type Tally } from './store/polls.js';
import type { Db, PollRow, VoteRow } from './store/schema.js';

/** Of votes for an option, and of answers, in one poll. */
const LATEST = 10;

/** Polls with their votes, fetched once for one answer or event. */
export class Polls {
  #rows: Map<string, PollRow>;
  #tallies: Tally[];
  #latest: VoteRow[];
  #own: VoteRow[];
  #viewer: string | undefined;

  private constructor(
    rows: readonly PollRow[],
    votes: { tallies: Tally[]; latest: VoteRow[]; own: VoteRow[]; viewer: string | undefined },
  ) {
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    this.#tallies = votes.tallies;
    this.#latest = votes.latest;
    this.#own = votes.own;
    this.#viewer = votes.viewer;
  }

  /** @param viewer - Whose own votes are shown; nobody's in events. */
  static async load(db: Db, ids: readonly string[], viewer?: string): Promise<Polls> {
    return new Polls(await pollsById(db, ids), {
      tallies: await talliesOf(db, ids),
      latest: await latestVotes(db, ids, LATEST),
      own: viewer === undefined ? [] : await votesIn(db, ids, viewer),
      viewer,
    });
  }

  /** The users that the polls refer to. */
  get people(): string[] {
    const makers = [...this.#rows.values()].map((row) => row.created_by);
    return [...makers, ...[...this.#latest, ...this.#own].map((vote) => vote.user_id)];
  }

  shown(id: string, userOfId: (id: string) => User): Json | undefined {
    const row = this.#rows.get(id);
    if (!row) return undefined;
    const votes = this.#tallies.filter((tally) => tally.poll_id === id && tally.option_id !== null);
    const answers = this.#tallies.find((tally) => tally.poll_id === id && tally.option_id === null);
    const asVote = (vote: VoteRow) => voteOf(vote, row, userOfId, this.#viewer);
    const latest = this.#latest.filter((vote) => vote.poll_id === id);
    const byOption: Record<string, Json[]> = {};
    for (const vote of latest)
      if (vote.option_id !== null) (byOption[vote.option_id] ??= []).push(asVote(vote));
    return {
      ...row.data,
      id,
      ...row.settings,
      options: row.options,
      is_closed: row.is_closed,
      vote_count: votes.reduce((sum, tally) => sum + tally.count, 0),
      vote_counts_by_option: Object.fromEntries(votes.map((tally) => [tally.option_id, tally.count])),
      latest_votes_by_option: byOption,
      answers_count: answers?.count ?? 0,
      latest_answers: latest.filter((vote) => vote.option_id === null).map(asVote),
      own_votes: this.#own.filter((vote) => vote.poll_id === id).map(asVote),
      created_by_id: row.created_by,
      created_by: userOfId(row.created_by),
      created_at: formatTime(row.created_at),
      updated_at: formatTime(row.updated_at),
    };
  }
}

/** A vote; whose it is, in an anonymous poll, only to that user. */
export function voteOf(
  vote: VoteRow,
  { settings }: Pick<PollRow, 'settings'>,
  userOfId: (id: string) => User,
  viewer: string | undefined,
): Json {
  const named = settings.voting_visibility === 'public' || vote.user_id === viewer;
  return {
    id: vote.id,
    poll_id: vote.poll_id,
    ...(vote.option_id === null
      ? { option_id: '', answer_text: vote.answer_text, is_answer: true }
      : { option_id: vote.option_id, is_answer: false }),
    ...(named ? { user_id: vote.user_id, user: userOfId(vote.user_id) } : {}),
    created_at: formatTime(vote.created_at),
    updated_at: formatTime(vote.updated_at),
  };
}
