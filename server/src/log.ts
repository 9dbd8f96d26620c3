import { pino } from 'pino';

/** Where the operator reads what happened. Tokens never stand in it, whatever an error may quote. */
export interface Log {
  say(what: string): void;
  fail(what: string, error: unknown): void;
  /** One line per request; of sentences there are none for them. */
  request(fields: RequestFields): void;
}

export interface RequestFields {
  method: string;
  /** Without the query, which may hold a token. */
  path: string;
  status: number;
  ms: number;
  user: string | undefined;
}

/** Anything that looks like a JWT. */
const TOKEN = /\beyJ[\w-]*\.[\w-]+(\.[\w-]*)?/g;

function redacted(text: string): string {
  return text.replace(TOKEN, '[token]');
}

/** @param write - Gets lines without their end. */
export function createLog({ logJson, log: write }: { logJson: boolean; log: (line: string) => void }): Log {
  if (!logJson)
    return {
      say: (what) => write(redacted(what)),
      fail: (what, error) => write(redacted(`${what}: ${detailOf(error)}`)),
      request: () => undefined,
    };
  const lines = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => write(redacted(line.trimEnd())) },
  );
  return {
    say: (what) => lines.info(what),
    fail: (what, error) => lines.error({ error: detailOf(error) }, what),
    request: (fields) => lines.info(fields, 'request'),
  };
}

function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
