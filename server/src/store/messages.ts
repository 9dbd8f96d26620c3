import { sql } from 'kysely';
import type { Micros } from '../clock.js';
import type { Json } from '../input.js';
import { indexedWords } from '../words.js';
import type { Db, MessageRow } from './schema.js';
import { visibleTo } from './visible.js';

export interface NewMessage {
  id: string;
  cid: string;
  userId: string;
  type: 'regular' | 'reply' | 'system';
  text: string;
  data: Json;
  parentId: string | null;
  showInChannel: boolean;
  silent: boolean;
  quotedId?: string | null;
  pollId?: string | null;
  pin?: Pin | undefined;
  /** Only its author sees it. */
  shadowed?: boolean;
}

/** A pin to set. */
export interface Pin {
  by: string;
  /** Null for one without end. */
  expires: Micros | null;
}

/** Stores the message; undefined when its id is taken. The unique key decides, so a race has one winner. */
export function insertMessage(db: Db, message: NewMessage, at: Micros): Promise<MessageRow | undefined> {
  return db
    .insertInto('messages')
    .values({
      id: message.id,
      cid: message.cid,
      user_id: message.userId,
      type: message.type,
      text: message.text,
      data: JSON.stringify(message.data),
      parent_id: message.parentId,
      show_in_channel: message.showInChannel,
      silent: message.silent,
      shadowed: message.shadowed ?? false,
      created_at: at,
      updated_at: at,
      deleted_at: null,
      text_updated_at: null,
      quoted_message_id: message.quotedId ?? null,
      poll_id: message.pollId ?? null,
      ...pinned(message.pin ?? null, at),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
}

export function findMessage(db: Db, id: string): Promise<MessageRow | undefined> {
  return db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst();
}

/** @param viewer - Leaves out what is not there for them. */
export async function messagesById(db: Db, ids: readonly string[], viewer?: string): Promise<MessageRow[]> {
  if (!ids.length) return [];
  return db
    .selectFrom('messages')
    .selectAll()
    .where('id', 'in', ids)
    .$if(viewer !== undefined, (rest) => rest.where(visibleTo(viewer ?? '')))
    .orderBy('created_at')
    .execute();
}

function pinned(pin: Pin | null, at: Micros) {
  return {
    pinned_at: pin ? at : null,
    pinned_by: pin?.by ?? null,
    pin_expires: pin?.expires ?? null,
  };
}

/** What an edit changes; of quote and pin, undefined leaves them as they are. */
export interface MessageChange {
  text: string;
  data: Json;
  quotedId?: string | null | undefined;
  pin?: Pin | null | undefined;
}

/** Rewrites text and data, and what else the change says. */
export function updateMessage(
  db: Db,
  row: MessageRow,
  change: MessageChange,
  at: Micros,
): Promise<MessageRow> {
  return db
    .updateTable('messages')
    .set({
      text: change.text,
      data: JSON.stringify(change.data),
      updated_at: at,
      ...(change.text === row.text ? {} : { text_updated_at: at }),
      ...(change.quotedId === undefined ? {} : { quoted_message_id: change.quotedId }),
      ...(change.pin === undefined ? {} : pinned(change.pin, at)),
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Keeps the place and drops the content: nobody reads it again, not even by an old copy. */
export async function softDelete(db: Db, id: string, at: Micros): Promise<MessageRow> {
  await noteWords(db, id, '');
  return db
    .updateTable('messages')
    .set({
      type: 'deleted',
      text: '',
      data: '{}',
      deleted_at: at,
      updated_at: at,
      quoted_message_id: null,
      poll_id: null,
      ...pinned(null, at),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Removes the message with its replies, and takes it out of the unread counts of those who had not read it. */
export async function hardDelete(db: Db, row: MessageRow): Promise<void> {
  await db
    .deleteFrom('messages')
    .where((eb) => eb.or([eb('id', '=', row.id), eb('parent_id', '=', row.id)]))
    .execute();
  await db.deleteFrom('drafts').where('cid', '=', row.cid).where('parent_id', '=', row.id).execute();
  if (counts(row))
    await db
      .updateTable('members')
      .set({ unread: sql<number>`greatest(unread - 1, 0)` })
      .where('cid', '=', row.cid)
      .where('user_id', '!=', row.user_id)
      .where('last_read', '<', row.created_at)
      .execute();
  await db
    .updateTable('channels')
    .set((eb) => ({
      last_message_at: eb
        .selectFrom('messages')
        .whereRef('messages.cid', '=', 'channels.cid')
        .where(inChannel)
        .where('messages.type', '!=', 'system')
        .where('messages.shadowed', '=', false)
        .select((max) => max.fn.max('messages.created_at').as('at')),
    }))
    .where('cid', '=', row.cid)
    .execute();
}

/** Changes a parent's numbers of replies, and of deleted ones. */
export function countReply(
  db: Db,
  parentId: string,
  { replies, deleted }: { replies: number; deleted: number },
): Promise<MessageRow | undefined> {
  return db
    .updateTable('messages')
    .set({
      reply_count: sql<number>`greatest(reply_count + ${sql.lit(replies)}, 0)`,
      deleted_reply_count: sql<number>`greatest(deleted_reply_count + ${sql.lit(deleted)}, 0)`,
    })
    .where('id', '=', parentId)
    .returningAll()
    .executeTakeFirst();
}

/** Keeps what the message can be found by; nothing of one whose text has no words. */
export async function noteWords(db: Db, id: string, text: string): Promise<void> {
  const words = indexedWords(text);
  if (!words) {
    await db.deleteFrom('message_words').where('message_id', '=', id).execute();
    return;
  }
  const vector = sql<string>`array_to_tsvector(string_to_array(${words}, ' '))`;
  await db
    .insertInto('message_words')
    .values({ message_id: id, words: vector })
    .onConflict((conflict) => conflict.column('message_id').doUpdateSet({ words: vector }))
    .execute();
}

/** Whether a message raises others' unread counts (protocol.md §9.2). */
export function counts(
  message: Pick<MessageRow, 'silent' | 'type' | 'parent_id' | 'show_in_channel' | 'shadowed'>,
): boolean {
  return (
    !message.silent &&
    !message.shadowed &&
    message.type !== 'system' &&
    (!message.parent_id || message.show_in_channel)
  );
}

/** SQL for "stands in the channel itself, not only in a thread". */
const inChannel = sql<boolean>`(messages.parent_id is null or messages.show_in_channel)`;

export interface Page {
  limit: number;
  /** Where the page sits; absent means the newest messages. */
  anchor?: { at: Micros; side: 'before' | 'after' | 'around'; inclusive: boolean };
}

/** Whose messages are read, and for whom. */
export interface Scope {
  cid: string;
  viewer: string;
  /** Of the thread under it, instead of those in the channel itself. */
  parentId?: string;
}

/** One page of a channel or thread, as the viewer may see it; oldest first. */
export async function pageOf(db: Db, from: Scope, page: Page): Promise<MessageRow[]> {
  const { limit, anchor } = page;
  if (limit === 0) return [];
  const older = (at: Micros, inclusive: boolean, count: number) =>
    scope(db, from)
      .where('created_at', inclusive ? '<=' : '<', at)
      .orderBy('created_at', 'desc')
      .limit(count)
      .execute();
  const newer = (at: Micros, inclusive: boolean, count: number) =>
    scope(db, from)
      .where('created_at', inclusive ? '>=' : '>', at)
      .orderBy('created_at')
      .limit(count)
      .execute();
  if (!anchor) return (await older(Number.MAX_SAFE_INTEGER, true, limit)).reverse();
  if (anchor.side === 'before') return (await older(anchor.at, anchor.inclusive, limit)).reverse();
  if (anchor.side === 'after') return newer(anchor.at, anchor.inclusive, limit);
  const before = (await older(anchor.at, false, Math.floor(limit / 2))).reverse();
  return [...before, ...(await newer(anchor.at, true, limit - Math.floor(limit / 2)))];
}

function scope(db: Db, { cid, viewer, parentId }: Scope) {
  const messages = db.selectFrom('messages').selectAll().where('cid', '=', cid).where(visibleTo(viewer));
  return parentId === undefined ? messages.where(inChannel) : messages.where('parent_id', '=', parentId);
}

/** The newest `limit` messages of each channel, as the viewer may see them; oldest first. */
export async function newestOf(
  db: Db,
  cids: readonly string[],
  limit: number,
  viewer: string,
): Promise<MessageRow[]> {
  if (!cids.length || limit === 0) return [];
  const rows = await db
    .selectFrom('channels')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('messages')
          .selectAll()
          .whereRef('messages.cid', '=', 'channels.cid')
          .where(inChannel)
          .where(visibleTo(viewer))
          .orderBy('created_at', 'desc')
          .limit(limit)
          .as('m'),
      (join) => join.onTrue(),
    )
    .where('channels.cid', 'in', cids)
    .selectAll('m')
    .execute();
  return rows.sort((a, b) => a.created_at - b.created_at);
}
