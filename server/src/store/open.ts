import { PGlite } from '@electric-sql/pglite';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { PGliteDialect } from './dialect.js';
import { migrate } from './migrate.js';
import type { Changes } from './speakers.js';
import type { Database, Db } from './schema.js';

/** As `dataDir`: keep everything in memory and forget it at the end. */
export const IN_MEMORY = 'memory://';

/** Where everything is kept, open. */
export interface Store {
  db: Db;
  /** Another one when the store is a copy of the one that had it. */
  place: string;
  /** Whether it can be used now. An embedded store always can; a database may be away for a while. */
  reachable: () => boolean;
  /** Only where nobody else writes to it. */
  changes?: Changes;
  close: () => Promise<void>;
}

/**
 * Opens the database at `databaseUrl`, or without one the embedded store under `dataDir`, and brings its tables up
 * to date.
 */
export async function openStore(
  { databaseUrl, dataDir, redisUrl = '' }: { databaseUrl: string; dataDir: string; redisUrl?: string },
  report: (what: string) => void,
): Promise<Store> {
  if (!databaseUrl) return openEmbedded(dataDir);
  const { openPostgres } = await import('./postgres.js');
  return openPostgres(databaseUrl, report, redisUrl !== '');
}

async function openEmbedded(dataDir: string): Promise<Store> {
  const folder = dataDir === IN_MEMORY ? undefined : join(dataDir, 'db');
  if (folder) await mkdir(folder, { recursive: true, mode: 0o700 });
  const dialect = new PGliteDialect(new PGlite(folder));
  const db = new Kysely<Database>({ dialect });
  try {
    await migrate(db, dataDir);
    const place = await placeOf(folder);
    return { db, place, reachable: () => true, changes: dialect.changes, close: () => db.destroy() };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** Tells the store's files from a copy of them: the first one made is never written again, and no copy has its times. */
async function placeOf(folder: string | undefined): Promise<string> {
  if (!folder) return IN_MEMORY;
  const { ino, ctimeNs } = await stat(join(folder, 'PG_VERSION'), { bigint: true });
  return `${ino} ${ctimeNs}`;
}
