import type { Message, User, Reaction } from '../../src/protocol.js';
import { formatTime, type Micros } from './clock.js';
import type { Deps } from './deps.js';
import type { Json } from './input.js';
import { Polls } from './poll-view.js';
import { deletedFor } from './store/deleted-for.js';
import { messagesById } from './store/messages.js';
import { latestReactions, reactionsBy } from './store/reactions.js';
import type { MessageRow, ParticipantRow, ReactionRow } from './store/schema.js';
import { participantsOf } from './store/threads.js';
import { People } from './wire.js';

/** Of reactions, and of users who replied, with one message (protocol.md §7.1). */
const LATEST = 10;

type Show = (id: string) => User;

/** What stands around messages. */
interface Around {
  quoted: Map<string, MessageRow>;
  latest: Map<string, ReactionRow[]>;
  own: Map<string, ReactionRow[]>;
  repliers: Map<string, ParticipantRow[]>;
  polls: Polls;
  /** What the viewer has deleted for themselves, and when. */
  gone: Map<string, Micros>;
}

/** Messages with all that is shown with them, fetched once for one answer or event. */
export class Messages {
  readonly people: People;
  #around: Around;
  #now: Micros;

  private constructor(people: People, around: Around, now: Micros) {
    this.people = people;
    this.#around = around;
    this.#now = now;
  }

  /**
   * @param viewer - Who is shown them; nobody in particular in events, which are the same for everybody.
   * @param others - Users to look up besides.
   */
  static async load(
    deps: Deps,
    rows: readonly MessageRow[],
    { viewer, others = [] }: { viewer?: string; others?: readonly string[] } = {},
  ): Promise<Messages> {
    const around = await loadAround(deps, rows, viewer);
    const all = [...rows, ...around.quoted.values()];
    const reactions = [...around.latest.values(), ...around.own.values()].flat();
    const people = await People.load(deps, [
      ...others,
      ...all.flatMap((row) => [row.user_id, ...mentionedIn(row.data), ...(row.pinned_by ?? [])]),
      ...reactions.map((row) => row.user_id),
      ...[...around.repliers.values()].flat().map((row) => row.user_id),
      ...around.polls.people,
    ]);
    return new Messages(people, around, deps.clock.now());
  }

  /** For REST answers to the viewer. */
  answer(row: MessageRow): Message {
    // Whom it is shown to is its author, who is not told, or a backend.
    return { ...this.#shown(row, (id) => this.people.user(id), true), shadowed: false };
  }

  /** For events: users with their privacy settings, nobody's own reactions. */
  event(row: MessageRow): Message {
    return this.#shown(row, (id) => this.people.eventUser(id), false);
  }

  #shown(row: MessageRow, show: Show, personal: boolean): Message {
    const quoted = this.#around.quoted.get(row.quoted_message_id ?? '');
    const message = this.#alone(row, show, personal);
    if (message['deleted_for_me']) return message;
    const poll = row.poll_id === null ? undefined : this.#around.polls.shown(row.poll_id, show);
    return {
      ...message,
      quoted_message_id: row.quoted_message_id,
      // One level deep: what is quoted does not show its own quote.
      quoted_message: quoted ? this.#alone(quoted, show, personal) : null,
      ...(poll ? { poll_id: row.poll_id, poll } : {}),
    };
  }

  #alone(row: MessageRow, show: Show, personal: boolean): Message {
    const gone = this.#around.gone.get(row.id);
    if (gone !== undefined) return { ...plain(blank(row, gone), show, this.#now), deleted_for_me: true };
    const { latest, own, repliers } = this.#around;
    const newest = latest.get(row.id) ?? [];
    return {
      ...plain(row, show, this.#now),
      latest_reactions: newest.map((one) => reactionOf(one, show)),
      own_reactions: personal ? (own.get(row.id) ?? []).map((one) => reactionOf(one, show)) : [],
      ...sumsOf(row, newest, show),
      thread_participants: (repliers.get(row.id) ?? []).map((one) => show(one.user_id)),
    };
  }
}

async function loadAround(deps: Deps, rows: readonly MessageRow[], viewer?: string): Promise<Around> {
  const { db } = deps;
  const quotedIds = rows.flatMap(({ quoted_message_id: id }) => id ?? []);
  const quoted = (await messagesById(db, [...new Set(quotedIds)])).filter(
    (row) => !row.shadowed || row.user_id === viewer,
  );
  const all = [...rows, ...quoted];
  const reacted = all.filter((row) => Object.keys(row.reaction_groups).length).map((row) => row.id);
  const replied = all.filter((row) => row.reply_count + row.deleted_reply_count > 0).map((row) => row.id);
  const pollIds = [...new Set(rows.flatMap(({ poll_id: id }) => id ?? []))];
  return {
    quoted: new Map(quoted.map((row) => [row.id, row])),
    latest: grouped(await latestReactions(db, reacted, LATEST), (row) => row.message_id),
    own: grouped(viewer === undefined ? [] : await reactionsBy(db, reacted, viewer), (row) => row.message_id),
    repliers: grouped(await participantsOf(db, replied, LATEST, 'repliers'), (row) => row.parent_id),
    polls: await Polls.load(db, pollIds, viewer),
    gone: viewer === undefined ? new Map<string, Micros>() : await deletedFor(db, all.map((row) => row.id), viewer), // prettier-ignore
  };
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

function mentionedIn(data: Json): string[] {
  const ids = data['mentioned_users'];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

/** What is left of a message for the one who deleted it for themselves. */
function blank(row: MessageRow, at: Micros): MessageRow {
  return {
    ...row,
    type: 'deleted',
    text: '',
    data: {},
    deleted_at: at,
    quoted_message_id: null,
    poll_id: null,
    pinned_at: null,
    pinned_by: null,
    pin_expires: null,
    reaction_groups: {},
  };
}

/** Whether a message is pinned at `now`. */
export function isPinned({ pinned_at: at, pin_expires: end }: MessageRow, now: Micros): boolean {
  return at !== null && (end === null || end > now);
}

/** A message without what others have added to it. */
function plain(row: MessageRow, show: Show, now: Micros): Message {
  const pinned = isPinned(row, now);
  return {
    attachments: [],
    ...row.data,
    id: row.id,
    cid: row.cid,
    type: row.type as Message['type'],
    text: row.text,
    user: show(row.user_id),
    mentioned_users: mentionedIn(row.data).map(show),
    latest_reactions: [],
    own_reactions: [],
    reaction_counts: {},
    reaction_scores: {},
    reply_count: row.reply_count,
    deleted_reply_count: row.deleted_reply_count,
    parent_id: row.parent_id,
    show_in_channel: row.show_in_channel,
    thread_participants: [],
    quoted_message_id: null,
    quoted_message: null,
    pinned,
    pinned_at: pinned ? timeOrNull(row.pinned_at) : null,
    pinned_by: pinned && row.pinned_by !== null ? show(row.pinned_by) : null,
    pin_expires: pinned ? timeOrNull(row.pin_expires) : null,
    silent: row.silent,
    shadowed: row.shadowed,
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
    deleted_at: timeOrNull(row.deleted_at),
    message_text_updated_at: timeOrNull(row.text_updated_at),
  };
}

/** Counts and scores by type; nothing of a message without reactions. */
function sumsOf(row: MessageRow, latest: readonly ReactionRow[], show: Show): Json {
  const groups = Object.entries(row.reaction_groups);
  if (!groups.length) return {};
  return {
    reaction_counts: Object.fromEntries(groups.map(([type, { count }]) => [type, count])),
    reaction_scores: Object.fromEntries(groups.map(([type, { score }]) => [type, score])),
    reaction_groups: Object.fromEntries(
      groups.map(([type, { count, score, first, last }]) => [
        type,
        {
          count,
          sum_scores: score,
          first_reaction_at: formatTime(first),
          last_reaction_at: formatTime(last),
          latest_reactions_by: latest
            .filter((one) => one.type === type)
            .map((one) => ({
              user_id: one.user_id,
              user: show(one.user_id),
              created_at: formatTime(one.created_at),
            })),
        },
      ]),
    ),
  };
}

export function reactionOf(row: ReactionRow, show: Show): Reaction {
  return {
    ...row.data,
    type: row.type,
    user_id: row.user_id,
    user: show(row.user_id),
    message_id: row.message_id,
    score: row.score,
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
  };
}

function timeOrNull(at: Micros | null): string | null {
  return at === null ? null : formatTime(at);
}
