import type { Kysely } from 'kysely';

/** Who is banned, flagged, invited, or signed out by force; whose messages only they see. */
export async function trust(db: Kysely<unknown>): Promise<void> {
  await createBans(db);
  await db.schema.createIndex('events_newest').on('events').column('created_at').execute();
  await db.schema
    .createTable('standings')
    .addColumn('user_id', 'text', (c) => c.primaryKey())
    .addColumn('revoked_before', 'bigint')
    .addColumn('deleted', 'boolean', (c) => c.notNull().defaultTo(false))
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('standings_changed').on('standings').column('changed_at').execute();
  await db.schema
    .createTable('flags')
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('target_id', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('custom', 'jsonb', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('flags_pk', ['user_id', 'kind', 'target_id'])
    .execute();
  await db.schema
    .alterTable('members')
    .addColumn('status', 'text', (c) => c.notNull().defaultTo('member'))
    .addColumn('invite_accepted_at', 'bigint')
    .addColumn('invite_rejected_at', 'bigint')
    .addColumn('banned', 'boolean', (c) => c.notNull().defaultTo(false))
    .addColumn('ban_expires', 'bigint')
    .execute();
  await db.schema
    .alterTable('messages')
    .addColumn('shadowed', 'boolean', (c) => c.notNull().defaultTo(false))
    .execute();
}

async function createBans(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('bans')
    .addColumn('target_id', 'text', (c) => c.notNull())
    .addColumn('cid', 'text', (c) => c.notNull())
    .addColumn('banned_by', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('shadow', 'boolean', (c) => c.notNull())
    .addColumn('expires', 'bigint')
    .addColumn('active', 'boolean', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('bans_pk', ['target_id', 'cid'])
    .execute();
  await db.schema.createIndex('bans_changed').on('bans').column('changed_at').execute();
  await db.schema.createIndex('bans_channel').on('bans').column('cid').execute();
}
