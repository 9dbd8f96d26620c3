import {
  FAULT_MODES,
  SCOPES,
  TRANSPORTS,
  type Answer,
  type Cut,
  type Fault,
  type FaultMode,
  type Match,
  type Shape,
  type Transport,
  type Where,
} from './modes.js';

// What somebody has typed by hand, as what the proxy takes. Each refusal names the rule and what came.

type Fields = Record<string, unknown>;

export type LogMatch = Match & { since?: number };

const CUT_OF = ['response', 'body'] as const;

export function asMode(value: unknown): FaultMode {
  return oneOf(FAULT_MODES, value, 'A mode');
}

/** Nothing means every transport. */
export function asTransport(value: unknown): Transport | undefined {
  return optional(value, () => oneOf(TRANSPORTS, value, 'A transport'));
}

export function asWhere(value: unknown): Where {
  const { transport, to } = fieldsOf(value, 'Where a mode applies', ['transport', 'to']);
  return compact<Where>({
    transport: asTransport(transport),
    to: optional(to, () => oneOf(SCOPES, to, '"to"')),
  });
}

export function asShape(value: unknown): Shape {
  const names = ['latencyMs', 'bytesPerSecond', 'idleKillMs'] as const;
  const { latencyMs, bytesPerSecond, idleKillMs } = fieldsOf(value, 'A shape', names);
  return compact<Shape>({
    latencyMs: asCount(latencyMs, 'latencyMs'),
    bytesPerSecond: asCount(bytesPerSecond, 'bytesPerSecond'),
    idleKillMs: asCount(idleKillMs, 'idleKillMs'),
  });
}

export function asMatch(value: unknown): LogMatch {
  return matchOf(fieldsOf(value, 'What to look for', ['since', 'transport', 'method', 'path']));
}

export function asFault(value: unknown): Fault {
  const names = ['transport', 'method', 'path', 'times', 'mode', 'answer', 'cut'];
  const fields = fieldsOf(value, 'A fault', names);
  const { times, mode, answer, cut } = fields;
  const effects = [mode, answer, cut].filter((effect) => effect !== undefined);
  if (effects.length !== 1)
    throw new Error(`A fault has exactly one of mode, answer and cut; got ${effects.length} of them.`);
  return compact<Fault>({
    ...matchOf(fields),
    times: asCount(times, 'times'),
    mode: optional(mode, () => asMode(mode)),
    answer: optional(answer, () => asAnswer(answer)),
    cut: optional(cut, () => asCut(cut)),
  });
}

function asAnswer(value: unknown): Answer {
  const { status, body, headers, cors } = fieldsOf(value, 'An answer', ['status', 'body', 'headers', 'cors']);
  const code = asCount(status, 'status');
  if (code !== undefined && (code < 200 || code > 599))
    throw new Error(`The status of an answer is from 200 to 599; got ${code}.`);
  return compact<Answer>({
    status: code,
    body: asText(body, 'body'),
    headers: optional(headers, () => asHeaders(headers)),
    cors: optional(cors, () => cors !== false),
  });
}

function asHeaders(value: unknown): Record<string, string> {
  const headers = fieldsOf(value, '"headers"');
  for (const [name, line] of Object.entries(headers))
    if (!/^[\w-]+$/.test(name) || typeof line !== 'string' || /[\r\n]/.test(line))
      throw new Error(`A header is a name and one line of text; got ${shown({ [name]: line })}.`);
  return headers as Record<string, string>;
}

function asCut(value: unknown): Cut {
  const { after, of } = fieldsOf(value, 'A cut', ['after', 'of']);
  const bytes = asCount(after, 'after');
  if (bytes === undefined) throw new Error('A cut says after how many bytes; got none: try {"after": 0}.');
  return compact<Cut>({ after: bytes, of: optional(of, () => oneOf(CUT_OF, of, '"of"')) });
}

function matchOf({ since, transport, method, path }: Fields): LogMatch {
  const pattern = asText(path, 'path');
  if (pattern !== undefined) new RegExp(pattern); // its own words are the best there are
  return compact<LogMatch>({
    since: asCount(since, 'since'),
    transport: asTransport(transport),
    method: asText(method, 'method'),
    path: pattern,
  });
}

function oneOf<T extends string>(known: readonly T[], value: unknown, what: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new Error(`${what} is one of ${known.join(', ')}; got ${shown(value)}.`);
  return found;
}

/** `value` as an object, of `names` alone where they are given; nothing counts as an empty one. */
function fieldsOf(value: unknown, what: string, names?: readonly string[]): Fields {
  const fields = value ?? {};
  if (typeof fields !== 'object' || Array.isArray(fields))
    throw new Error(`${what} is a JSON object; got ${shown(value)}.`);
  const unknown = names && Object.keys(fields).find((name) => !names.includes(name));
  if (names && unknown !== undefined)
    throw new Error(`${what} has no fields but ${names.join(', ')}; got ${shown(unknown)}.`);
  return fields as Fields;
}

function asCount(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw new Error(`${name} is a whole number from 0 on; got ${shown(value)}.`);
  return value;
}

function asText(value: unknown, name: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new Error(`${name} is a text; got ${shown(value)}.`);
}

function optional<T>(value: unknown, read: () => T): T | undefined {
  return value === undefined || value === null ? undefined : read();
}

/** Without the fields that have nothing in them. */
function compact<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}
