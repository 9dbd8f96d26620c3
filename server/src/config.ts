import { IN_MEMORY } from './store/open.js';

export interface ServerOptions {
  /** 0 takes a free one. Default 8080. */
  port: number;
  /** Default 127.0.0.1: this machine only. */
  host: string;
  /** Where everything is kept; `memory://` forgets it at the end. Default `.data`. */
  dataDir: string;
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
  /** Milliseconds since 1970. */
  now: () => number;
  /** Where failures are reported; never holds a token. Default standard error. */
  log: (line: string) => void;
}

export const DEFAULTS: ServerOptions = {
  port: 8080,
  host: '127.0.0.1',
  dataDir: '.data',
  apiKey: '',
  apiSecret: '',
  demo: false,
  staticDirs: {},
  pollHoldMs: 20_000,
  pollExpiryMs: 60_000,
  silenceMs: 90_000,
  now: Date.now,
  log: (line) => void process.stderr.write(`${line}\n`),
};

/** HS256 wants a key as long as its hash (RFC 7518 §3.2). */
const MIN_SECRET = 32;

/**
 * Reads PORT, HOST, DATA_DIR, CHAT_API_KEY, CHAT_API_SECRET, DEMO and DEMO_DIRS (JSON: URL prefix to folder).
 *
 * @throws {Error} A sentence that names the variable, the rule and the value.
 */
export function optionsFromEnv(env: NodeJS.ProcessEnv): Partial<ServerOptions> {
  const options: Partial<ServerOptions> = {};
  if (env['PORT']) options.port = readPort(env['PORT']);
  if (env['HOST']) options.host = env['HOST'];
  if (env['DATA_DIR']) options.dataDir = env['DATA_DIR'];
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
