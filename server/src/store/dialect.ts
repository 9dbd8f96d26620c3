import type { PGlite } from '@electric-sql/pglite';
import { setImmediate as immediate } from 'node:timers/promises';
import {
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely';
import { ChangesSeen } from './changes.js';

/** So long statements may follow each other while nothing else is done. */
const MAX_TURN_MS = 5;

/** Kysely over PGlite: Postgres in this process, one connection handed out in turn. */
export class PGliteDialect implements Dialect {
  readonly changes = new ChangesSeen();
  #database: PGlite;

  constructor(database: PGlite) {
    this.#database = database;
  }

  createDriver(): Driver {
    return new PGliteDriver(this.#database, this.changes);
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(db: Kysely<unknown>): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }
}

class PGliteDriver implements Driver {
  #database: PGlite;
  #connection: DatabaseConnection;
  #busy = false;
  /** When the event loop last had its turn. */
  #turnAt = 0;
  #waiting: (() => void)[] = [];

  constructor(database: PGlite, changes: ChangesSeen) {
    this.#database = database;
    this.#connection = new PGliteConnection(database, changes);
  }

  init(): Promise<void> {
    return this.#database.waitReady;
  }

  /** Waits its turn: with one connection, statements of two transactions would otherwise interleave. */
  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#busy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy = true;
    // The store answers without leaving the turn of the event loop: a row of statements would keep sockets waiting.
    if (performance.now() - this.#turnAt > MAX_TURN_MS) {
      await immediate();
      this.#turnAt = performance.now();
    }
    return this.#connection;
  }

  releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#busy = false;
    return Promise.resolve();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  destroy(): Promise<void> {
    return this.#database.close();
  }
}

class PGliteConnection implements DatabaseConnection {
  #database: PGlite;
  #changes: ChangesSeen;

  constructor(database: PGlite, changes: ChangesSeen) {
    this.#database = database;
    this.#changes = changes;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      const { rows, affectedRows } = await this.#database.query<R>(query.sql, [...query.parameters]);
      return { rows, numAffectedRows: BigInt(affectedRows ?? 0) };
    } finally {
      this.#changes.ran(query.sql);
    }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('PGlite cannot stream a query. Page with limits.');
  }
}
