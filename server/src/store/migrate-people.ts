import type { Kysely } from 'kysely';

/** What users keep for themselves of channels and of each other; what becomes of a channel that is emptied. */
export async function people(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('members')
    .addColumn('data', 'jsonb', (c) => c.notNull().defaultTo('{}'))
    .addColumn('hidden', 'boolean', (c) => c.notNull().defaultTo(false))
    .addColumn('hide_before', 'bigint')
    .addColumn('pinned_at', 'bigint')
    .addColumn('archived_at', 'bigint')
    .addColumn('muted_at', 'bigint')
    .addColumn('mute_expires', 'bigint')
    .addColumn('last_delivered_at', 'bigint')
    .addColumn('last_delivered_message_id', 'text')
    .execute();
  await db.schema
    .alterTable('channels')
    .addColumn('truncated_at', 'bigint')
    .addColumn('deleted_at', 'bigint')
    .execute();
  await db.schema
    .createTable('user_mutes')
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('target_id', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('expires', 'bigint')
    .addPrimaryKeyConstraint('user_mutes_pk', ['user_id', 'target_id'])
    .execute();
  await db.schema
    .createTable('blocks')
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('blocked_id', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('blocks_pk', ['user_id', 'blocked_id'])
    .execute();
}
