import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { userIdProblem } from '../../src/protocol.js';
import { Clock } from './clock.js';
import { DEFAULTS, type ServerOptions } from './config.js';
import { loadCredentials, newCredentials } from './credentials.js';
import { lockPlace } from './lock.js';
import { openStore, type Store } from './store/open.js';
import { exportLines, importLines } from './store/transfer.js';
import { readUser, saveUser, setRole } from './store/users.js';
import { serverToken, userToken } from './token.js';

export const HELP = `chat-session-server [command]

Without a command it serves. Settings are environment variables: PORT, HOST, DATA_DIR, DATABASE_URL,
REDIS_URL, UPLOADS_DIR, UPLOADS_URL, UPLOAD_MAX_BYTES, ORIGINS, GUESTS, ANONYMOUS, RATE_LIMIT, USER_CONNECTIONS, LOG,
CHAT_API_KEY, CHAT_API_SECRET, DEMO, DEMO_DIRS.

  token <user id> [--hours <n>]            prints a token for the user; without end unless --hours says one
  token --server                           prints a token for your backend, which acts for whom it names
  user <user id> [--name <n>] [--role <r>] makes the user, or changes name and role (user, admin)
  key                                      prints a new CHAT_API_KEY and CHAT_API_SECRET to put into the environment
  export                                   writes all data to standard output, as lines of JSON
  import                                   reads such lines from standard input into an empty store, or nothing of them
  --help                                   prints this

user, export and import need the store for themselves: stop the server first. Files that were uploaded are in
UPLOADS_DIR, key and secret in DATA_DIR/credentials.json: copy those beside an export.
`;

/** Where a command reads and writes. */
export interface Streams {
  input: Readable;
  output: Writable;
}

type Command = (args: readonly string[], options: ServerOptions, streams: Streams) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  token,
  user,
  key: (args, _options, { output }) => {
    noMore('key', args);
    const { apiKey, apiSecret } = newCredentials();
    output.write(`CHAT_API_KEY=${apiKey}\nCHAT_API_SECRET=${apiSecret}\n`);
    return Promise.resolve();
  },
  export: (args, options, { output }) => {
    noMore('export', args);
    return withStore(options, async ({ db }) => {
      for await (const line of exportLines(db)) await written(output, `${line}\n`);
    });
  },
  import: (args, options, { input, output }) => {
    noMore('import', args);
    return withStore(options, async ({ db }) => {
      const rows = await importLines(db, linesOf(input));
      output.write(`${rows} rows imported.\n`);
    });
  },
};

/**
 * Runs one command of the server's program.
 *
 * @throws {Error} A sentence that names what is wrong with the arguments, the settings or the data.
 */
export async function runCommand(
  [name = '', ...args]: readonly string[],
  given: Partial<ServerOptions>,
  streams: Streams,
): Promise<void> {
  if (name === '--help' || name === '-h' || name === 'help' || args.includes('--help'))
    return void streams.output.write(HELP);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new Error(`Unknown command "${name}".\n\n${HELP}`);
  await command(args, { ...DEFAULTS, ...given }, streams);
}

async function token(args: readonly string[], options: ServerOptions, { output }: Streams): Promise<void> {
  const { positionals, values } = parsed('token', args, {
    hours: { type: 'string' },
    server: { type: 'boolean' },
  });
  if (values['server']) noMore('token --server', positionals);
  const id = values['server'] ? '' : userIdOf('token', positionals);
  const hours = values['hours'];
  if (hours !== undefined && !(Number(hours) > 0))
    throw new Error(`--hours must be a number above 0; got "${String(hours)}".`);
  const { apiSecret } = await loadCredentials(options);
  const exp = Math.floor(options.now() / 1000 + Number(hours) * 3600);
  const times = { iat: Math.floor(options.now() / 1000), ...(hours === undefined ? {} : { exp }) };
  output.write(
    `${await (values['server'] ? serverToken(apiSecret, times) : userToken(apiSecret, id, times))}\n`,
  );
}

const ROLES = ['user', 'admin'];

async function user(args: readonly string[], options: ServerOptions, { output }: Streams): Promise<void> {
  const { positionals, values } = parsed('user', args, {
    name: { type: 'string' },
    role: { type: 'string' },
  });
  const id = userIdOf('user', positionals);
  const { name, role } = values;
  if (role !== undefined && !ROLES.includes(String(role)))
    throw new Error(`--role is one of ${ROLES.join(', ')}; got "${String(role)}".`);
  await withStore(options, async ({ db }) => {
    const { change } = readUser({ id, ...(name === undefined ? {} : { name }) });
    const now = new Clock(options.now).now();
    const { row } = await saveUser(db, id, change, 'merge', now);
    if (role !== undefined) await setRole(db, id, String(role), now);
    output.write(`${JSON.stringify({ id, ...row.data, role: role ?? row.role })}\n`);
  });
}

type ArgOptions = NonNullable<Parameters<typeof parseArgs>[0]>['options'];

function parsed(command: string, args: readonly string[], options: ArgOptions) {
  try {
    return parseArgs({ args: [...args], options: options ?? {}, allowPositionals: true });
  } catch (cause) {
    throw new Error(`${command}: ${(cause as Error).message}\n\n${HELP}`, { cause });
  }
}

function userIdOf(command: string, [id, ...more]: readonly string[]): string {
  const problem = userIdProblem(id);
  if (problem) throw new Error(`${command} needs a user id. ${problem}`);
  noMore(command, more);
  return id ?? '';
}

function noMore(command: string, args: readonly string[]): void {
  if (args.length) throw new Error(`${command} takes no "${args.join(' ')}".\n\n${HELP}`);
}

/** Runs the task on the store, which is nobody else's meanwhile. */
async function withStore(options: ServerOptions, task: (store: Store) => Promise<void>): Promise<void> {
  const unlock = await lockPlace(options);
  try {
    // Alone, even where several servers share it: they are to be stopped first.
    const store = await openStore({ ...options, redisUrl: '' }, options.log);
    try {
      await task(store);
    } finally {
      await store.close();
    }
  } finally {
    await unlock();
  }
}

/** Begins to read when it is asked: lines that came before somebody listens would be lost, and the end with them. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  yield* createInterface({ input, crlfDelay: Infinity });
}

/** Waits until the line is taken: an export may be larger than memory. */
function written(output: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => output.write(text, (error) => (error ? reject(error) : resolve())));
}
