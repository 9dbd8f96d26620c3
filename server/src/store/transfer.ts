import { sql } from 'kysely';
import { shown } from '../errors.js';
import { indexWords } from './migrate-content.js';
import { LATEST_MIGRATION } from './migrations.js';
import type { Database, Db } from './schema.js';

/**
 * All that is kept, each table after those it refers to, with its primary key. Words to search by are made anew, and
 * the epoch is: numbers that clients know of say nothing in a store that was put together from a file.
 */
const TABLES = {
  users: ['id'],
  active_users: ['month', 'user_id'],
  channels: ['cid'],
  members: ['cid', 'user_id'],
  messages: ['id'],
  events: ['cid', 'seq'],
  reactions: ['message_id', 'user_id', 'type'],
  deleted_for: ['message_id', 'user_id'],
  threads: ['parent_id'],
  thread_participants: ['parent_id', 'user_id'],
  drafts: ['user_id', 'cid', 'parent_id'],
  polls: ['id'],
  poll_votes: ['id'],
  uploads: ['id'],
  user_mutes: ['user_id', 'target_id'],
  blocks: ['user_id', 'blocked_id'],
  bans: ['target_id', 'cid'],
  standings: ['user_id'],
  flags: ['user_id', 'kind', 'target_id'],
} as const satisfies Omit<Record<keyof Database, readonly string[]>, 'store' | 'message_words'>;

type Table = keyof typeof TABLES;
type Row = Record<string, unknown>;

/** Of rows in one statement. */
const PAGE = 500;
const FORMAT = 'chat-session-server export';

/** All data as lines of JSON: what it is, then one line per row, then how many there were. */
export async function* exportLines(db: Db): AsyncGenerator<string> {
  yield JSON.stringify({ format: FORMAT, tables: LATEST_MIGRATION });
  let rows = 0;
  for (const table of Object.keys(TABLES) as Table[])
    for await (const row of rowsOf(db, table)) {
      rows++;
      yield JSON.stringify({ table, row });
    }
  yield JSON.stringify({ rows });
}

async function* rowsOf(db: Db, table: Table): AsyncGenerator<Row> {
  const keys = TABLES[table];
  const columns = sql.join(keys.map((key) => sql.ref(key)));
  let after: Row | undefined;
  for (;;) {
    const last = after;
    const beyond = last
      ? sql`where (${columns}) > (${sql.join(keys.map((key) => sql.val(last[key])))})`
      : sql``;
    const { rows } = await sql<Row>`select * from ${sql.table(table)} ${beyond} order by ${columns} limit ${PAGE}`.execute(db); // prettier-ignore
    yield* rows;
    after = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

/**
 * Reads what `exportLines` wrote into an empty store: all of it or, when anything is wrong, nothing.
 *
 * @returns The number of rows.
 * @throws {Error} A sentence that names what is wrong: the store, the line, or the version.
 */
export function importLines(db: Db, lines: AsyncIterable<string>): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const used = await trx.selectFrom('users').select('id').limit(1).executeTakeFirst();
    if (used) throw new Error('The store is not empty. Import into a new one: another DATA_DIR or database.');
    const rows = await new Import(trx).take(lines);
    await indexWords(trx as unknown as Parameters<typeof indexWords>[0]);
    return rows;
  });
}

class Import {
  #db: Db;
  #line = 0;
  #rows = 0;
  /** Rows of one table that are not written yet. */
  #waiting: Row[] = [];
  #table: Table | undefined;

  constructor(db: Db) {
    this.#db = db;
  }

  async take(lines: AsyncIterable<string>): Promise<number> {
    let told: unknown;
    for await (const line of lines) {
      if (!line.trim()) continue;
      const value = this.#parsed(line);
      if (++this.#line === 1) checkHeader(value);
      else if ('rows' in value) told = value['rows'];
      else await this.#row(value);
    }
    await this.#write();
    if (told !== this.#rows)
      throw new Error(
        `The export must end with the number of its rows, ${this.#rows}; got ${shown(told)}. It was cut off: make it again.`,
      );
    return this.#rows;
  }

  #parsed(line: string): Row {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null) return value as Row;
    } catch {
      // Said below.
    }
    throw new Error(`Line ${this.#line + 1} must be a JSON object; got ${shown(line.slice(0, 60))}.`);
  }

  async #row({ table, row }: Row): Promise<void> {
    if (typeof table !== 'string' || !Object.hasOwn(TABLES, table) || typeof row !== 'object' || !row)
      throw new Error(`Line ${this.#line} must be {"table", "row"} of a known table; got ${shown(table)}.`);
    if (table !== this.#table || this.#waiting.length >= PAGE) await this.#write();
    this.#table = table as Table;
    this.#waiting.push(Object.fromEntries(Object.entries(row).map(([key, value]) => [key, asStored(value)])));
    this.#rows++;
  }

  async #write(): Promise<void> {
    const rows = this.#waiting.splice(0);
    if (this.#table && rows.length) await this.#db.insertInto(this.#table).values(rows).execute();
  }
}

/** Objects and lists stand in columns of JSON, which take text. */
function asStored(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function checkHeader({ format, tables }: Row): void {
  if (format !== FORMAT) throw new Error(`Line 1 must say {"format": "${FORMAT}"}; got ${shown(format)}.`);
  if (tables !== LATEST_MIGRATION)
    throw new Error(
      `The export is of a server whose tables are ${shown(tables)}, this one's are "${LATEST_MIGRATION}". Import it with that version, then start this one on its store.`,
    );
}
