import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import type { Json } from '../input.js';
import type { Db, MessageRow, ReactionRow, ReactionGroup } from './schema.js';

export interface NewReaction {
  messageId: string;
  userId: string;
  type: string;
  score: number;
  data: Json;
}

/** The user's reactions to one message. */
export function ownReactions(db: Db, messageId: string, userId: string): Promise<ReactionRow[]> {
  return db
    .selectFrom('reactions')
    .selectAll()
    .where('message_id', '=', messageId)
    .where('user_id', '=', userId)
    .execute();
}

/** Stores the reaction, over the user's own of the same type. */
export function putReaction(db: Db, reaction: NewReaction, at: Micros): Promise<ReactionRow> {
  const data = JSON.stringify(reaction.data);
  const { messageId, userId, type, score } = reaction;
  return db
    .insertInto('reactions')
    .values({ message_id: messageId, user_id: userId, type, score, data, created_at: at, updated_at: at })
    .onConflict((conflict) =>
      conflict.columns(['message_id', 'user_id', 'type']).doUpdateSet({ score, data, updated_at: at }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function dropReactions(
  db: Db,
  messageId: string,
  userId: string,
  types: readonly string[],
): Promise<void> {
  if (!types.length) return;
  await db
    .deleteFrom('reactions')
    .where('message_id', '=', messageId)
    .where('user_id', '=', userId)
    .where('type', 'in', types)
    .execute();
}

/** Writes the sums over a message's reactions into it, as changed at `at`. */
export async function sumReactions(db: Db, messageId: string, at: Micros): Promise<MessageRow> {
  const rows = await db
    .selectFrom('reactions')
    .select((eb) => [
      'type',
      eb.cast<number>(eb.fn.countAll(), 'integer').as('count'),
      eb.cast<number>(eb.fn.sum('score'), 'bigint').as('score'),
      eb.fn.min('created_at').as('first'),
      eb.fn.max('created_at').as('last'),
    ])
    .where('message_id', '=', messageId)
    .groupBy('type')
    .orderBy('type')
    .execute();
  const groups: Record<string, ReactionGroup> = Object.fromEntries(
    rows.map(({ type, ...group }) => [type, group]),
  );
  return db
    .updateTable('messages')
    .set({ reaction_groups: JSON.stringify(groups), updated_at: at })
    .where('id', '=', messageId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The newest `limit` reactions to each message; the newest first. */
export async function latestReactions(
  db: Db,
  messageIds: readonly string[],
  limit: number,
): Promise<ReactionRow[]> {
  if (!messageIds.length) return [];
  return db
    .selectFrom('messages')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('reactions')
          .selectAll()
          .whereRef('reactions.message_id', '=', 'messages.id')
          .orderBy('created_at', 'desc')
          .orderBy('user_id')
          .limit(limit)
          .as('r'),
      (join) => join.onTrue(),
    )
    .where('messages.id', 'in', messageIds)
    .selectAll('r')
    .orderBy('r.created_at', 'desc')
    .orderBy('r.user_id')
    .execute();
}

/** One user's reactions to several messages; the newest first. */
export async function reactionsBy(
  db: Db,
  messageIds: readonly string[],
  userId: string,
): Promise<ReactionRow[]> {
  if (!messageIds.length) return [];
  return db
    .selectFrom('reactions')
    .selectAll()
    .where('message_id', 'in', messageIds)
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .orderBy('type')
    .execute();
}

/** One page of a message's reactions, the newest first. */
export function reactionsOf(
  db: Db,
  messageId: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<ReactionRow[]> {
  return db
    .selectFrom('reactions')
    .selectAll()
    .where('message_id', '=', messageId)
    .orderBy('created_at', 'desc')
    .orderBy('user_id')
    .orderBy('type')
    .limit(limit)
    .offset(offset)
    .execute();
}

/** How many types of reactions the message has. */
export async function typesOf(db: Db, messageId: string): Promise<number> {
  const { count } = await db
    .selectFrom('reactions')
    .select(sql<number>`cast(count(distinct type) as integer)`.as('count'))
    .where('message_id', '=', messageId)
    .executeTakeFirstOrThrow();
  return count;
}
