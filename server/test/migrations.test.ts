import { PGlite } from '@electric-sql/pglite';
import assert from 'node:assert/strict';
import { Kysely, Migrator, sql } from 'kysely';
import { describe, it } from 'node:test';
import { PGliteDialect } from '../src/store/dialect.js';
import { indexWords } from '../src/store/migrate-content.js';
import { migrations } from '../src/store/migrations.js';
import type { Database } from '../src/store/schema.js';

/** A store as the first released server left it, with one channel. */
async function oldStore(): Promise<{ db: Kysely<Database>; migrator: Migrator }> {
  const db = new Kysely<Database>({ dialect: new PGliteDialect(new PGlite()) });
  const migrator = new Migrator({ db, provider: migrations });
  await migrator.migrateTo('002_epoch');
  await sql`insert into channels (cid, type, id, data, created_by, last_event_at, created_at, updated_at)
    values ('messaging:old', 'messaging', 'old', '{}', 'ada', 1, 1, 1)`.execute(db);
  return { db, migrator };
}

let said = 0;

async function say(
  db: Kysely<Database>,
  id: string,
  text: string,
  parent: string | null = null,
): Promise<void> {
  const now = ++said;
  await sql`insert into messages (id, cid, user_id, type, text, data, parent_id, show_in_channel, silent, created_at, updated_at)
    values (${id}, 'messaging:old', ${`writer of ${id}`}, 'regular', ${text}, '{}', ${parent}, false, false,
      ${now}, ${now})`.execute(db);
}

async function foundBy(db: Kysely<Database>, word: string): Promise<string[]> {
  const query = db.selectFrom('message_words').select('message_id').orderBy('message_id');
  const rows = await query.where(sql<boolean>`words @@ cast(${`'${word}':*`} as tsquery)`).execute();
  return rows.map((row) => row.message_id);
}

describe('a store that was made before there were threads and search', () => {
  it('has both, for what was said in it', async () => {
    const { db, migrator } = await oldStore();
    await say(db, 'm1', 'Ｔea at 5-ish, see https://example.org/tea');
    await say(db, 'm2', '…');
    await say(db, 'reply', 'Coffee', 'm1');

    const { error } = await migrator.migrateToLatest();

    assert.equal(error, undefined);
    assert.deepEqual([await foundBy(db, 'tea'), await foundBy(db, 'ish')], [['m1'], ['m1']]);
    assert.deepEqual(await foundBy(db, 'coffee'), ['reply']);
    const thread = await db.selectFrom('threads').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual([thread.parent_id, thread.created_by], ['m1', 'writer of m1']);
    const takers = await db.selectFrom('thread_participants').select(['user_id', 'unread']).execute();
    assert.deepEqual(takers.map((row) => [row.user_id, row.unread]).sort(), [
      ['writer of m1', 0],
      ['writer of reply', 0],
    ]);
    await db.destroy();
  });

  it('is searched however long it is', async () => {
    const { db, migrator } = await oldStore();
    for (let n = 1; n <= 7; n++) await say(db, `m${n}`, n % 3 ? 'tea' : '…');
    await migrator.migrateToLatest();
    await sql`delete from message_words`.execute(db);

    await indexWords(db as unknown as Kysely<unknown>, 2);

    assert.deepEqual(await foundBy(db, 'tea'), ['m1', 'm2', 'm4', 'm5', 'm7']);
    await db.destroy();
  });
});
