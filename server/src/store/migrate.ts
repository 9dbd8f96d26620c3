import { Migrator } from 'kysely';
import { migrations } from './migrations.js';
import type { Db } from './schema.js';

/** Brings the tables up to date. @param what - Names the store in the sentence of a failure. */
export async function migrate(db: Db, what: string): Promise<void> {
  const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
  if (error) throw new Error(`The tables in ${what} could not be brought up to date.`, { cause: error });
}
