import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { Pool, types, type PoolClient, type PoolConfig } from 'pg';
import { takeDatabase, type Guard } from './guard.js';
import { isAway } from './away.js';
import { migrate } from './migrate.js';
import type { Store } from './open.js';
import type { Database } from './schema.js';

/** Connections for work; one more holds the database. */
const MAX_CONNECTIONS = 10;
const CONNECT_LIMIT_MS = 5000;
/** What takes longer is given up, so that callers are told to come back and no queue grows without end. */
const STATEMENT_LIMIT_MS = 5000;
/** For a database that is frozen, and cannot give up by itself. */
const ANSWER_LIMIT_MS = 5500;
const INT8: number = types.builtins.INT8;

function parserOf(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8 && format !== 'binary') return Number;
  return types.getTypeParser(oid, format) as (text: string) => unknown;
}

/** How every connection to the database is made. */
export function connectionConfig(url: string): PoolConfig {
  return {
    connectionString: url,
    application_name: 'chat-session-server',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    statement_timeout: STATEMENT_LIMIT_MS,
    idle_in_transaction_session_timeout: ANSWER_LIMIT_MS,
    query_timeout: ANSWER_LIMIT_MS,
    keepAlive: true,
    // As the embedded store gives them; ours stay far below what a number holds exactly.
    types: { getTypeParser: parserOf as typeof types.getTypeParser },
  };
}

/**
 * Opens a database on a Postgres server and brings its tables up to date.
 *
 * @param report - Told when the database is lost and when it is back.
 * @param shared - Whether other servers may use it, too.
 * @throws {Error} When it cannot be reached, does not keep what it acknowledges, or has another server.
 */
export async function openPostgres(
  url: string,
  report: (what: string) => void,
  shared: boolean,
): Promise<Store> {
  const config = connectionConfig(url);
  const guard = await takeDatabase(config, report, shared);
  const pool = new Pool({ ...config, max: MAX_CONNECTIONS });
  // Without a listener, an idle connection that is lost would end the process. Its loss is the guard's to report.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: guarded(pool, guard) }) });
  const close = async () => {
    await db.destroy();
    await guard.close();
  };
  try {
    await migrate(db, 'the database');
  } catch (error) {
    await close();
    throw error;
  }
  return { db, place: guard.place, reachable: () => guard.held, close };
}

/** Hands out connections only while the database is ours. */
function guarded(pool: Pool, guard: Guard): PostgresPool {
  return {
    connect: async () => {
      guard.require();
      return careful(await pool.connect());
    },
    end: () => pool.end(),
  };
}

/** A connection that failed, or may still answer a question that was given up, is not used again. */
function careful(client: PoolClient): PostgresPoolClient {
  let broken: Error | undefined;
  const query = async (text: string, values: unknown[]) => {
    try {
      return await client.query(text, values);
    } catch (error) {
      if (isAway(error)) broken = error as Error;
      throw error;
    }
  };
  // Kysely's cursors, the other kind of query, are not used here.
  return { query, release: () => client.release(broken) } as unknown as PostgresPoolClient;
}
