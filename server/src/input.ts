import { badInput, shown, tooLarge } from './errors.js';
import { jsonBytes, MAX_OBJECT_BYTES } from '../../src/protocol.js';

/** Anything JSON can say as an object. */
export type Json = Record<string, unknown>;

/** Of nesting in a body. Deeper ones could exhaust the stack of whoever writes them out again. */
const MAX_DEPTH = 20;
/** Of all keys and entries in a body. */
const MAX_NODES = 10_000;

/**
 * Parses a JSON object from a stranger, made safe to store and to hand on: NUL characters are dropped and
 * lone surrogates replaced (Postgres can keep neither), keys that lead to a prototype are dropped.
 *
 * @throws {ApiError} 4 when it is not a JSON object, too deep or too wide.
 */
export function parseObject(text: string, what: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badInput(`${what} must be JSON; got ${shown(text.slice(0, 60))}`);
  }
  const budget = { left: MAX_NODES };
  return asObject(clean(value, 0, budget, what), what);
}

function clean(value: unknown, depth: number, budget: { left: number }, what: string): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) throw badInput(`${what} may nest ${MAX_DEPTH} levels; got more.`);
  const entries = Object.entries(value);
  budget.left -= entries.length;
  if (budget.left < 0) throw badInput(`${what} may hold ${MAX_NODES} values; got more.`);
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1, budget, what));
  const kept: [string, unknown][] = [];
  for (const [raw, item] of entries) {
    // Cleaned first: a NUL within must not hide it.
    const key = cleanText(raw);
    if (!leadsToPrototype(key, item)) kept.push([key, clean(item, depth + 1, budget, what)]);
  }
  return Object.fromEntries(kept);
}

/** Whether a page that merges objects carelessly would change all objects by this key. */
function leadsToPrototype(key: string, value: unknown): boolean {
  return key === '__proto__' || (key === 'constructor' && typeof value === 'object');
}

/** Drops NUL and replaces lone surrogates. */
function cleanText(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` as an object; an absent one is empty. */
export function asObject(value: unknown, what: string): Json {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw badInput(`${what} must be an object; got ${shown(value)}`);
  return value;
}

/** `value` as a list; an absent one is empty. */
export function asList(value: unknown, what: string, max: number): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badInput(`${what} must be a list; got ${shown(value)}`);
  if (value.length > max) throw badInput(`${what} may hold ${max} entries; got ${value.length}`);
  return value;
}

/** Refuses custom data above the protocol's 5 KB with code 22. */
export function checkSize(value: unknown, what: string): void {
  const bytes = jsonBytes(value);
  if (bytes > MAX_OBJECT_BYTES) throw tooLarge(what, bytes, MAX_OBJECT_BYTES);
}

/**
 * A copy of `data` with `set` put in and `unset` taken out; a key's dots descend into objects.
 *
 * @throws {ApiError} 4 for a key with spaces, or leading, trailing or double dots.
 */
export function patched(data: Json, set: Json, unset: readonly string[]): Json {
  const copy = structuredClone(data);
  for (const [key, value] of Object.entries(set)) {
    // What a body may not hold may not be put in by its path either.
    if (key.split('.').includes('constructor')) continue;
    const { holder, last } = descend(copy, key);
    holder[last] = value;
  }
  for (const key of unset) {
    const { holder, last } = descend(copy, key, false);
    delete holder[last];
  }
  return copy;
}

/** @param make - Whether objects on the way are made, or what is missing stays missing. */
function descend(data: Json, key: string, make = true): { holder: Json; last: string } {
  const path = key.split('.');
  if (/\s/.test(key) || path.some((part) => part === '' || part === '__proto__') || path.length > MAX_DEPTH)
    throw badInput(`A key to set or unset has no spaces and single dots between names; got ${shown(key)}`);
  const last = path.pop() ?? key;
  let holder = data;
  for (const part of path) {
    const next = Object.hasOwn(holder, part) ? holder[part] : undefined;
    const child: Json = isObject(next) ? next : {};
    if (make) holder[part] = child;
    holder = child;
  }
  return { holder, last };
}
