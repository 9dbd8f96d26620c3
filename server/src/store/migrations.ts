import { sql, type Kysely, type Migration, type MigrationProvider } from 'kysely';
import { content } from './migrate-content.js';
import { people } from './migrate-people.js';
import { trust } from './migrate-trust.js';

/** In code, not in files: the built server is one file. Released ones are never edited; a change is a new one. */
const MIGRATIONS: Record<string, Migration> = {
  '001_start': { up: start },
  '002_epoch': { up: epoch },
  '003_content': { up: content },
  '004_people': { up: people },
  '005_trust': { up: trust },
};

/** The newest of them, which names the shape of the tables. */
export const LATEST_MIGRATION = Object.keys(MIGRATIONS).at(-1) ?? '';

export const migrations: MigrationProvider = {
  getMigrations: () => Promise.resolve(MIGRATIONS),
};

async function start(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('role', 'text', (c) => c.notNull().defaultTo('user'))
    .addColumn('data', 'jsonb', (c) => c.notNull())
    .addColumn('privacy', 'jsonb', (c) => c.notNull())
    .addColumn('invisible', 'boolean', (c) => c.notNull().defaultTo(false))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('last_active', 'bigint')
    .execute();
  await db.schema
    .createTable('active_users')
    .addColumn('month', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('active_users_pk', ['month', 'user_id'])
    .execute();
  await createChannels(db);
  await createMessages(db);
}

async function createChannels(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('channels')
    .addColumn('cid', 'text', (c) => c.primaryKey())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('data', 'jsonb', (c) => c.notNull())
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('member_count', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('seq', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('last_event_at', 'bigint', (c) => c.notNull())
    .addColumn('last_message_at', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('members')
    .addColumn('cid', 'text', (c) => c.notNull().references('channels.cid').onDelete('cascade'))
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('channel_role', 'text', (c) => c.notNull().defaultTo('channel_member'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('last_read', 'bigint', (c) => c.notNull())
    .addColumn('last_read_message_id', 'text')
    .addColumn('unread', 'integer', (c) => c.notNull().defaultTo(0))
    .addPrimaryKeyConstraint('members_pk', ['cid', 'user_id'])
    .execute();
  await db.schema.createIndex('members_user').on('members').columns(['user_id', 'cid']).execute();
}

async function createMessages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('messages')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('cid', 'text', (c) => c.notNull().references('channels.cid').onDelete('cascade'))
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('data', 'jsonb', (c) => c.notNull())
    .addColumn('parent_id', 'text')
    .addColumn('show_in_channel', 'boolean', (c) => c.notNull())
    .addColumn('silent', 'boolean', (c) => c.notNull())
    .addColumn('reply_count', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('deleted_at', 'bigint')
    .addColumn('text_updated_at', 'bigint')
    .execute();
  await sql`create unique index messages_time on messages (cid, created_at)`.execute(db);
  await sql`create index messages_parent on messages (parent_id, created_at) where parent_id is not null`.execute(
    db,
  );
  await db.schema
    .createTable('events')
    .addColumn('cid', 'text', (c) => c.notNull().references('channels.cid').onDelete('cascade'))
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('events_pk', ['cid', 'seq'])
    .execute();
  await db.schema.createIndex('events_time').on('events').columns(['cid', 'created_at']).execute();
}

async function epoch(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('store')
    .addColumn('epoch', 'text', (c) => c.notNull())
    .addColumn('place', 'text', (c) => c.notNull())
    .execute();
}
