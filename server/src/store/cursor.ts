import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely';
import { badInput, shown } from '../errors.js';
import { asList, isObject } from '../input.js';
import type { Database } from './schema.js';

/** One key of an order; never null. The last key of an order tells all rows apart. */
export interface Order {
  by: RawBuilder<unknown>;
  kind: 'number' | 'text';
  direction: 1 | -1;
}

export interface Slice {
  limit: number;
  /** A `next` or `prev` of an answer before. */
  cursor?: string | undefined;
}

export interface Sliced<Row> {
  rows: Row[];
  next?: string;
  prev?: string;
}

type Key = string | number;
type Keyed<Row> = Row & { keys: Key[] };

/**
 * One page of a query in an order. Its cursors name the rows at its ends, so that a page neither repeats nor skips a
 * row when others come or go meanwhile.
 *
 * @throws {ApiError} 4 for a cursor that is none of this order.
 */
export async function sliceOf<TB extends keyof Database, Row>(
  query: SelectQueryBuilder<Database, TB, Row>,
  orders: readonly Order[],
  { limit, cursor }: Slice,
): Promise<Sliced<Row>> {
  const from = cursor === undefined ? undefined : readCursor(cursor, orders);
  const back = from?.back ?? false;
  const walked = back ? orders.map((order) => ({ ...order, direction: -order.direction as 1 | -1 })) : orders;
  const keys = sql<Key[]>`json_build_array(${sql.join(orders.map(({ by }) => by))})`;
  const found = await query
    .select(keys.as('keys'))
    .$if(from !== undefined, (rest) => rest.where(beyond(walked, from?.keys ?? [])))
    .orderBy(
      sql.join(walked.map(({ by, direction }) => sql`${by} ${sql.raw(direction === 1 ? 'asc' : 'desc')}`)),
    )
    .limit(limit + 1)
    .execute();
  const more = found.length > limit;
  const rows = (back ? found.slice(0, limit).reverse() : found.slice(0, limit)) as Keyed<Row>[];
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    rows,
    ...(last && (more || back) ? { next: writeCursor(last.keys, false) } : {}),
    ...(first && (back ? more : from) ? { prev: writeCursor(first.keys, true) } : {}),
  };
}

/** Rows after `keys` in the order: equal in some keys, and beyond in the one after them. */
function beyond(orders: readonly Order[], keys: readonly Key[]): RawBuilder<boolean> {
  const cases = orders.map(({ by, direction }, n) => {
    const equal = orders.slice(0, n).map((order, i) => sql`${order.by} = ${valueOf(order, keys[i])}`);
    const after = sql`${by} ${sql.raw(direction === 1 ? '>' : '<')} ${valueOf(orders[n], keys[n])}`;
    return sql`(${sql.join([...equal, after], sql` and `)})`;
  });
  return sql<boolean>`(${sql.join(cases, sql` or `)})`;
}

function valueOf(order: Order | undefined, key: Key | undefined): RawBuilder<unknown> {
  return order?.kind === 'number' ? sql`cast(${key} as bigint)` : sql`cast(${key} as text)`;
}

function writeCursor(keys: readonly Key[], back: boolean): string {
  return Buffer.from(JSON.stringify([back ? 'prev' : 'next', ...keys])).toString('base64url');
}

function readCursor(cursor: string, orders: readonly Order[]): { back: boolean; keys: Key[] } {
  const refusal = badInput(`next must be one that an answer to the same query held; got ${shown(cursor)}`);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw refusal;
  }
  const [side, ...keys] = Array.isArray(value) ? (value as unknown[]) : [];
  const fit = (key: unknown, { kind }: Order) =>
    kind === 'number' ? Number.isSafeInteger(key) : typeof key === 'string' && !key.includes('\0');
  if (!['next', 'prev'].includes(String(side)) || keys.length !== orders.length) throw refusal;
  if (!orders.every((order, n) => fit(keys[n], order))) throw refusal;
  return { back: side === 'prev', keys: keys as Key[] };
}

/**
 * Reads a client's `sort`.
 *
 * @param known - The keys that may be asked for, by field.
 * @param fallback - The order when none is asked for.
 * @param tie - Tells rows apart that are equal in all keys.
 * @throws {ApiError} 4 for anything else.
 */
export function readOrder(
  value: unknown,
  known: Readonly<Record<string, Omit<Order, 'direction'>>>,
  { max, fallback, tie }: { max: number; fallback: readonly Order[]; tie: Order },
): Order[] {
  const entries = asList(value, 'sort', max).map((entry) => {
    const { field, direction = 1 } = isObject(entry) ? entry : {};
    const key = typeof field === 'string' && Object.hasOwn(known, field) ? known[field] : undefined;
    if (!key || (direction !== 1 && direction !== -1))
      throw badInput(
        `sort must hold {field, direction: 1 or -1}, by ${Object.keys(known).join(', ')}; got ${shown(entry)}`,
      );
    return { ...key, direction: direction === 1 ? 1 : -1 } satisfies Order;
  });
  return [...(entries.length ? entries : fallback), tie];
}
