import { sql, type Kysely } from 'kysely';
import { indexedWords } from '../words.js';

/** What stands in and around messages: reactions, threads, quotes, pins, words to search, drafts, polls, uploads. */
export async function content(db: Kysely<unknown>): Promise<void> {
  await extendMessages(db);
  await createReactions(db);
  await createThreads(db);
  await createWords(db);
  await createDrafts(db);
  await createPolls(db);
  await createUploads(db);
}

async function extendMessages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('messages')
    .addColumn('quoted_message_id', 'text')
    .addColumn('poll_id', 'text')
    .addColumn('pinned_at', 'bigint')
    .addColumn('pinned_by', 'text')
    .addColumn('pin_expires', 'bigint')
    .addColumn('deleted_reply_count', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('reaction_groups', 'jsonb', (c) => c.notNull().defaultTo('{}'))
    .execute();
  await sql`create index messages_pinned on messages (cid, pinned_at) where pinned_at is not null`.execute(
    db,
  );
  await sql`create index messages_poll on messages (poll_id) where poll_id is not null`.execute(db);
  await db.schema
    .createTable('deleted_for')
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text', (c) => c.notNull().references('messages.id').onDelete('cascade'))
    .addColumn('cid', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('deleted_for_pk', ['message_id', 'user_id'])
    .execute();
  await db.schema.createIndex('deleted_for_user').on('deleted_for').columns(['user_id', 'cid']).execute();
}

async function createReactions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('reactions')
    .addColumn('message_id', 'text', (c) => c.notNull().references('messages.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('score', 'integer', (c) => c.notNull())
    .addColumn('data', 'jsonb', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('reactions_pk', ['message_id', 'user_id', 'type'])
    .execute();
  await db.schema
    .createIndex('reactions_time')
    .on('reactions')
    .columns(['message_id', 'created_at'])
    .execute();
}

async function createThreads(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('threads')
    .addColumn('parent_id', 'text', (c) => c.primaryKey().references('messages.id').onDelete('cascade'))
    .addColumn('cid', 'text', (c) => c.notNull().references('channels.cid').onDelete('cascade'))
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('data', 'jsonb', (c) => c.notNull().defaultTo('{}'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('last_message_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('threads_cid').on('threads').column('cid').execute();
  await db.schema
    .createTable('thread_participants')
    .addColumn('parent_id', 'text', (c) => c.notNull().references('threads.parent_id').onDelete('cascade'))
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_read', 'bigint', (c) => c.notNull())
    .addColumn('last_read_message_id', 'text')
    .addColumn('unread', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('last_message_at', 'bigint')
    .addPrimaryKeyConstraint('thread_participants_pk', ['parent_id', 'user_id'])
    .execute();
  await db.schema
    .createIndex('thread_participants_user')
    .on('thread_participants')
    .columns(['user_id', 'unread'])
    .execute();
  await fillThreads(db);
}

/** Threads of replies that were there before: everybody has read them. */
async function fillThreads(db: Kysely<unknown>): Promise<void> {
  await sql`insert into threads (parent_id, cid, created_by, created_at, updated_at, last_message_at)
    select p.id, p.cid, p.user_id, min(r.created_at), max(r.created_at), max(r.created_at)
    from messages p join messages r on r.parent_id = p.id group by p.id`.execute(db);
  await sql`insert into thread_participants (parent_id, user_id, created_at, last_read, last_message_at)
    select r.parent_id, r.user_id, min(r.created_at), max(t.last_message_at), max(r.created_at)
    from messages r join threads t on t.parent_id = r.parent_id group by r.parent_id, r.user_id`.execute(db);
  await sql`insert into thread_participants (parent_id, user_id, created_at, last_read)
    select parent_id, created_by, created_at, last_message_at from threads on conflict do nothing`.execute(
    db,
  );
}

async function createWords(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('message_words')
    .addColumn('message_id', 'text', (c) => c.primaryKey().references('messages.id').onDelete('cascade'))
    .addColumn('words', sql`tsvector`, (c) => c.notNull())
    .execute();
  await indexWords(db);
  await sql`create index message_words_words on message_words using gin (words)`.execute(db);
}

/** Of messages in one statement: a history may be long. */
const PAGE = 1_000;

/** Makes the messages that were there before found by their words, as new ones are. */
export async function indexWords(db: Kysely<unknown>, page = PAGE): Promise<void> {
  let after = '';
  for (;;) {
    const { rows } = await sql<{ id: string; text: string }>`select id, text from messages
      where id > ${after} and deleted_at is null and type <> 'system' order by id limit ${page}`.execute(db);
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
    const entries = rows
      .map(({ id, text }) => ({ id, words: indexedWords(text) }))
      .filter(({ words }) => words)
      .map(({ id, words }) => sql`(${id}, array_to_tsvector(string_to_array(${words}, ' ')))`);
    if (entries.length)
      await sql`insert into message_words (message_id, words) values ${sql.join(entries)}`.execute(db);
  }
}

async function createDrafts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('drafts')
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('cid', 'text', (c) => c.notNull().references('channels.cid').onDelete('cascade'))
    .addColumn('parent_id', 'text', (c) => c.notNull())
    .addColumn('message', 'jsonb', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('drafts_pk', ['user_id', 'cid', 'parent_id'])
    .execute();
}

async function createPolls(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('polls')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('settings', 'jsonb', (c) => c.notNull())
    .addColumn('options', 'jsonb', (c) => c.notNull())
    .addColumn('data', 'jsonb', (c) => c.notNull())
    .addColumn('is_closed', 'boolean', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('poll_votes')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('poll_id', 'text', (c) => c.notNull().references('polls.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('option_id', 'text')
    .addColumn('answer_text', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute();
  // One vote for an option, and one answer in words, of each user.
  await sql`create unique index poll_votes_one on poll_votes (poll_id, user_id, coalesce(option_id, ''))`.execute(
    db,
  );
  await db.schema
    .createIndex('poll_votes_time')
    .on('poll_votes')
    .columns(['poll_id', 'created_at'])
    .execute();
}

async function createUploads(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('uploads')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('cid', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('mime', 'text', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('width', 'integer')
    .addColumn('height', 'integer')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  // The same file sent again by the same user is the same upload.
  await db.schema
    .createIndex('uploads_same')
    .unique()
    .on('uploads')
    .columns(['user_id', 'cid', 'kind', 'digest', 'name'])
    .execute();
}
