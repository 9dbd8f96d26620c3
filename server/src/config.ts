import { IN_MEMORY } from './store/open.js';

export interface ServerOptions {
  /** 0 takes a free one. Default 8080. */
  port: number;
  /** Default 127.0.0.1: this machine only. */
  host: string;
  /** Where everything is kept; `memory://` forgets it at the end. Default `.data`. */
  dataDir: string;
  /** A Postgres database that keeps everything but key and secret in the place of `dataDir`; empty for none. */
  databaseUrl: string;
  /** Where uploaded files are kept. Default `uploads` in `dataDir`; servers with one database need one folder. */
  uploadsDir: string;
  /** What the addresses of uploads begin with, best an origin of their own; default the one they were sent to. */
  uploadsUrl: string;
  /** Of one upload. Default 100 MB. */
  uploadMaxBytes: number;
  /** Made once and kept in `dataDir` when empty. */
  apiKey: string;
  /** Signs tokens. Made once and kept in `dataDir` when empty. */
  apiSecret: string;
  /** Demo channels, demo pages and a token for every demo user that asks. Never on a public server. Default off. */
  demo: boolean;
  /** Folders to serve by URL prefix (`{ '/': 'demo' }`); with `demo` only. */
  staticDirs: Record<string, string>;
  /** How long an idle poll is held. Default 20 s: under every 30 s idle-killer. */
  pollHoldMs: number;
  /** A polled connection without a poll ends after this. Default 60 s. */
  pollExpiryMs: number;
  /** A WebSocket without a frame from its client ends after this. Default 90 s: hidden tabs ping once a minute. */
  silenceMs: number;
  /** The head of a request must have come within this. Default 10 s. */
  headMs: number;
  /** The body of a request must have come within this, but an upload's. Default 30 s. */
  bodyMs: number;
  /** A peer that takes nothing of what waits for it is closed after this. Default 10 s. */
  stallMs: number;
  /** Requests of one user to one endpoint in a minute; 0 for no limit. Default 600. */
  rateLimit: number;
  /** Live connections of one user to one server. Default 20. */
  userConnections: number;
  /** Whether `POST /guest` makes users of whoever asks. Default off. */
  guests: boolean;
  /** Whether visitors without a token may connect and read what is open to everybody. Default off. */
  anonymous: boolean;
  /** Lines of JSON in the log instead of sentences. Default off. */
  logJson: boolean;
  /** A Redis or Valkey server by which several chat servers work as one, with `databaseUrl`; empty for none. */
  redisUrl: string;
  /** With `redisUrl`: another server unheard for so long is gone, and so are its users. Default 30 s. */
  peerGoneMs: number;
  /** Pages that may ask and connect, as `https://example.org`; default all: who asks is said by a token, never a cookie. */
  origins: readonly string[];
  /**
   * How many proxies of one's own stand before the server: so many `X-Forwarded-…` entries are believed, for the address of
   * who has no name and for what uploads are called. Default 0.
   */
  proxies: number;
  /** Holds every answer against its shape, and fails where it differs: for tests. Default off. */
  checkAnswers: boolean;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Where failures are reported; never holds a token. Default standard error. */
  log: (line: string) => void;
}

export const DEFAULTS: ServerOptions = {
  port: 8080,
  host: '127.0.0.1',
  dataDir: '.data',
  databaseUrl: '',
  uploadsDir: '',
  uploadsUrl: '',
  uploadMaxBytes: 100 * 1024 * 1024,
  apiKey: '',
  apiSecret: '',
  demo: false,
  staticDirs: {},
  pollHoldMs: 20_000,
  pollExpiryMs: 60_000,
  silenceMs: 90_000,
  headMs: 10_000,
  bodyMs: 30_000,
  stallMs: 10_000,
  rateLimit: 600,
  userConnections: 20,
  guests: false,
  anonymous: false,
  logJson: false,
  redisUrl: '',
  peerGoneMs: 30_000,
  origins: [],
  proxies: 0,
  checkAnswers: false,
  now: Date.now,
  log: (line) => void process.stderr.write(`${line}\n`),
};

/** HS256 wants a key as long as its hash (RFC 7518 §3.2). */
const MIN_SECRET = 32;

/**
 * Reads PORT, HOST, DATA_DIR, DATABASE_URL, REDIS_URL, UPLOADS_DIR, UPLOADS_URL, UPLOAD_MAX_BYTES, ORIGINS, GUESTS,
 * ANONYMOUS, RATE_LIMIT, USER_CONNECTIONS, PROXIES, LOG (`json` or `text`), CHAT_API_KEY, CHAT_API_SECRET, DEMO and DEMO_DIRS (JSON: URL prefix to
 * folder).
 *
 * @throws {Error} A sentence that names the variable, the rule and the value.
 */
export function optionsFromEnv(env: NodeJS.ProcessEnv): Partial<ServerOptions> {
  const options: Partial<ServerOptions> = {};
  if (env['PORT']) options.port = readPort(env['PORT']);
  if (env['HOST']) options.host = env['HOST'];
  if (env['DATA_DIR']) options.dataDir = env['DATA_DIR'];
  if (env['DATABASE_URL']) options.databaseUrl = readDatabaseUrl(env['DATABASE_URL']);
  if (env['UPLOADS_DIR']) options.uploadsDir = env['UPLOADS_DIR'];
  if (env['UPLOADS_URL']) options.uploadsUrl = readUploadsUrl(env['UPLOADS_URL']);
  if (env['UPLOAD_MAX_BYTES'])
    options.uploadMaxBytes = readBytes('UPLOAD_MAX_BYTES', env['UPLOAD_MAX_BYTES']);
  if (env['ORIGINS']) options.origins = readOrigins(env['ORIGINS']);
  if (env['REDIS_URL']) options.redisUrl = readRedisUrl(env['REDIS_URL'], env['DATABASE_URL']);
  if (env['GUESTS']) options.guests = readFlag('GUESTS', env['GUESTS']);
  if (env['ANONYMOUS']) options.anonymous = readFlag('ANONYMOUS', env['ANONYMOUS']);
  if (env['RATE_LIMIT']) options.rateLimit = readRate(env['RATE_LIMIT']);
  if (env['USER_CONNECTIONS']) options.userConnections = readConnections(env['USER_CONNECTIONS']);
  if (env['PROXIES']) options.proxies = readProxies(env['PROXIES']);
  if (env['LOG']) options.logJson = readLog(env['LOG']);
  if (env['CHAT_API_KEY']) options.apiKey = env['CHAT_API_KEY'];
  if (env['CHAT_API_SECRET']) options.apiSecret = readSecret(env['CHAT_API_SECRET']);
  if (env['DEMO']) options.demo = readFlag('DEMO', env['DEMO']);
  if (env['DEMO_DIRS']) options.staticDirs = readDirs(env['DEMO_DIRS']);
  return options;
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT must be a whole number from 0 (any free one) to 65535; got "${text}".`);
}

function readDatabaseUrl(text: string): string {
  if (/^postgres(ql)?:\/\/\S+$/.test(text)) return text;
  // It may hold a password: only what stands before that is shown.
  const scheme = /^[a-z]*:?/i.exec(text)?.[0] ?? '';
  throw new Error(
    `DATABASE_URL must look like postgres://user:password@host:5432/name; got one that begins with "${scheme}". Leave it out for the embedded store.`,
  );
}

function readRedisUrl(text: string, databaseUrl: string | undefined): string {
  if (!/^rediss?:\/\/\S+$/.test(text)) {
    const scheme = /^[a-z]*:?/i.exec(text)?.[0] ?? '';
    throw new Error(
      `REDIS_URL must look like redis://user:password@host:6379; got one that begins with "${scheme}". Leave it out for one server.`,
    );
  }
  if (databaseUrl) return text;
  throw new Error(
    'REDIS_URL makes several servers work as one, which needs DATABASE_URL. Set both, or neither.',
  );
}

function readRate(text: string): number {
  const rate = Number(text);
  if (Number.isSafeInteger(rate) && rate >= 0) return rate;
  throw new Error(`RATE_LIMIT must be a whole number of requests per minute, 0 for no limit; got "${text}".`);
}

function readConnections(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`USER_CONNECTIONS must be a whole number above 0; got "${text}".`);
}

function readProxies(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= 10) return count;
  throw new Error(`PROXIES must be a whole number from 0 to 10; got "${text}".`);
}

function readLog(text: string): boolean {
  if (text === 'json' || text === 'text') return text === 'json';
  throw new Error(`LOG must be json or text; got "${text}".`);
}

function readUploadsUrl(text: string): string {
  if (/^https?:\/\/[^\s?#]+$/.test(text)) return text.replace(/\/+$/, '');
  throw new Error(`UPLOADS_URL must be an address such as https://files.example.org; got "${text}".`);
}

function readOrigins(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((origin) => {
      if (/^https?:\/\/[^\s/?#]+$/.test(origin)) return origin;
      throw new Error(
        `ORIGINS must hold origins such as https://example.org, comma-separated; got "${origin}".`,
      );
    });
}

function readBytes(name: string, text: string): number {
  const bytes = Number(text);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new Error(`${name} must be a whole number of bytes above 0; got "${text}".`);
}

function readSecret(text: string): string {
  if (text.length >= MIN_SECRET) return text;
  // The value itself is a secret: its length has to do.
  throw new Error(
    `CHAT_API_SECRET must have at least ${MIN_SECRET} characters; got ${text.length}. Leave it out to have one made.`,
  );
}

function readFlag(name: string, text: string): boolean {
  if (/^(1|true|on|yes)$/i.test(text)) return true;
  if (/^(0|false|off|no)$/i.test(text)) return false;
  throw new Error(`${name} must be 1 or 0; got "${text}".`);
}

function readDirs(text: string): Record<string, string> {
  const rule = `DEMO_DIRS must be JSON such as {"/":"demo"}; got "${text}".`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(rule, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(rule);
  const dirs: Record<string, string> = {};
  for (const [prefix, dir] of Object.entries(value)) {
    if (!prefix.startsWith('/') || typeof dir !== 'string') throw new Error(rule);
    dirs[prefix] = dir;
  }
  return dirs;
}

export { IN_MEMORY };
