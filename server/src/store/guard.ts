import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { StoreAway } from './away.js';

/** Names the lock among the advisory locks of a database: "chat" in ASCII. */
const LOCK = 0x63686174;
/** A server that died a moment ago may still seem to hold the database. */
const PATIENCE_MS = 2000;
const RETRY_MS = 250;
/** How often the connection is asked whether it lives: a cut cable says nothing by itself. */
const PING_MS = 5000;
const MIN_VERSION = 12;

/** Holds a database for this process, by a lock of a connection that stays. */
export interface Guard {
  /** Tells the database from a copy of it, and its history from one that begins with a failover. */
  readonly place: string;
  /** False from the loss of the connection until it is back with the lock. */
  readonly held: boolean;
  /** @throws {StoreAway} While the database is not held: another server might be at work in it. */
  require(): void;
  close(): Promise<void>;
}

/**
 * Takes the database for this process, or `shared` with others that say so, too.
 *
 * @throws {Error} When it cannot be reached, is too old, may forget what it acknowledged, or has another server.
 */
export async function takeDatabase(
  config: ClientConfig,
  report: (what: string) => void,
  shared: boolean,
): Promise<Guard> {
  const first = await open(config);
  try {
    await checkPromises(first);
    if (!(await lockWithin(first, PATIENCE_MS, shared))) throw inUse(shared);
    return new Holder(config, report, first, { place: await placeOf(first), shared });
  } catch (error) {
    await first.end();
    throw error;
  }
}

async function open(config: ClientConfig): Promise<Client> {
  const client = new Client(config);
  // Its loss is noticed by 'end', which follows.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (cause) {
    // Neither the address, which may hold a password, nor more than the driver's own words.
    const why =
      cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause);
    throw new Error(`The database cannot be reached: ${why}. Start it, or set DATABASE_URL to another one.`, {
      cause,
    });
  }
}

/** @throws {Error} Unless an acknowledged commit is one that a crash of the database cannot undo. */
async function checkPromises(client: Client): Promise<void> {
  const version = await setting(client, 'server_version_num');
  if (Number(version) < MIN_VERSION * 10_000)
    throw new Error(
      `Postgres must be version ${MIN_VERSION} or later; got ${await setting(client, 'server_version')}. Upgrade it, or leave DATABASE_URL out.`,
    );
  const commit = await setting(client, 'synchronous_commit');
  if (commit !== 'on' && commit !== 'remote_apply')
    throw new Error(
      `synchronous_commit must be "on" or "remote_apply", or messages could be lost after they were acknowledged; got "${commit}". Set it so for this database (ALTER DATABASE … SET synchronous_commit = on).`,
    );
}

async function setting(client: Client, name: string): Promise<string> {
  const { rows } = await client.query<{ value: string }>('select current_setting($1) as value', [name]);
  return rows[0]?.value ?? '';
}

async function lockWithin(client: Client, patienceMs: number, shared: boolean): Promise<boolean> {
  const take = shared ? 'pg_try_advisory_lock_shared' : 'pg_try_advisory_lock';
  const end = performance.now() + patienceMs;
  for (;;) {
    const { rows } = await client.query<{ ours: boolean }>(`select ${take}($1) as ours`, [LOCK]);
    if (rows[0]?.ours) return true;
    if (performance.now() > end) return false;
    await delay(RETRY_MS);
  }
}

function inUse(shared: boolean): Error {
  const with_ = shared ? 'a chat server that shares it with nobody' : 'another chat server';
  const else_ = shared ? '' : ', or set REDIS_URL for all of them';
  return new Error(
    `The database is in use by ${with_}. Stop that one, or set DATABASE_URL to another database${else_}.`,
  );
}

/** Cluster, database and timeline: a dump that was read in, and a standby that took over, are other places. */
async function placeOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ place: string }>(
    `select concat_ws(' ', system_identifier, oid, left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)) as place
     from pg_control_system(), pg_database where datname = current_database()`,
  );
  return rows[0]?.place ?? '';
}

class Holder implements Guard {
  readonly place: string;
  #config: ClientConfig;
  #report: (what: string) => void;
  #client: Client | undefined;
  #shared: boolean;
  #closed = false;
  #ping: ReturnType<typeof setInterval>;
  #work: Promise<void> = Promise.resolve();

  constructor(
    config: ClientConfig,
    report: (what: string) => void,
    client: Client,
    { place, shared }: { place: string; shared: boolean },
  ) {
    this.#config = config;
    this.#report = report;
    this.#shared = shared;
    this.place = place;
    this.#keep(client);
    this.#ping = setInterval(() => this.#ask(), PING_MS);
  }

  get held(): boolean {
    return this.#client !== undefined;
  }

  require(): void {
    if (!this.held) throw new StoreAway('The database is away.');
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#ping);
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
    await this.#work;
  }

  #keep(client: Client): void {
    this.#client = client;
    client.once('end', () => this.#lost(client));
  }

  #ask(): void {
    const client = this.#client;
    client?.query('select 1').catch(() => {
      this.#lost(client);
      void client.end().catch(() => undefined);
    });
  }

  #lost(client: Client): void {
    if (this.#closed || this.#client !== client) return;
    this.#client = undefined;
    this.#report(
      'The connection that holds the database is lost. Nothing is read or written until it is back.',
    );
    this.#work = this.#retake();
  }

  async #retake(): Promise<void> {
    let taken = false;
    while (!this.#closed) {
      const client = await open(this.#config).catch(() => undefined);
      if (client && (await this.#regain(client).catch(() => false))) return;
      if (client && !taken && (taken = await isTaken(client))) this.#report(inUse(this.#shared).message);
      await client?.end().catch(() => undefined);
      await delay(RETRY_MS);
    }
  }

  /** @returns Whether the database is ours again. */
  async #regain(client: Client): Promise<boolean> {
    await checkPromises(client);
    if (!(await lockWithin(client, 0, this.#shared))) return false;
    if (this.#closed) return false;
    if ((await placeOf(client)) !== this.place)
      this.#report(
        'The database is not the one it was. Restart this server, so that clients ask anew for everything.',
      );
    this.#keep(client);
    this.#report('The database is back.');
    return true;
  }
}

/** Whether somebody else has the lock, as opposed to a database that is not ready yet. */
function isTaken(client: Client): Promise<boolean> {
  return client
    .query("select 1 from pg_locks where locktype = 'advisory' and objid = $1 and pid <> pg_backend_pid()", [
      LOCK,
    ])
    .then(
      ({ rowCount }) => Boolean(rowCount),
      () => false,
    );
}
