import { PGlite } from '@electric-sql/pglite';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, Migrator } from 'kysely';
import { PGliteDialect } from './dialect.js';
import { migrations } from './migrations.js';
import type { Database, Db } from './schema.js';

/** As `dataDir`: keep everything in memory and forget it at the end. */
export const IN_MEMORY = 'memory://';

/** Opens the embedded store under `dataDir` and brings its tables up to date. */
export async function openStore(dataDir: string): Promise<Db> {
  const folder = dataDir === IN_MEMORY ? undefined : join(dataDir, 'db');
  if (folder) await mkdir(folder, { recursive: true, mode: 0o700 });
  const db = new Kysely<Database>({ dialect: new PGliteDialect(new PGlite(folder)) });
  const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
  if (error) {
    await db.destroy();
    throw new Error(`The store in ${dataDir} could not be brought up to date.`, { cause: error });
  }
  return db;
}
