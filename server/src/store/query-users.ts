import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import { badInput, shown } from '../errors.js';
import { asList, isObject, type Json } from '../input.js';
import type { Database, Db, MemberRow, UserRow } from './schema.js';

type Clause = Expression<SqlBool>;
type Builder = ExpressionBuilder<Database, 'users'>;

const MAX_VALUES = 100;

/**
 * The users that match: `id` and `name` by `$eq`, `$in` or `$autocomplete`, joined by `$and` and `$or`.
 *
 * @throws {ApiError} 4 for any other field or operator.
 */
export function queryUsers(
  db: Db,
  query: { filter: Json; limit: number; offset: number },
): Promise<UserRow[]> {
  return db
    .selectFrom('users')
    .selectAll()
    .where((eb) => all(eb, query.filter))
    .orderBy('id')
    .limit(query.limit)
    .offset(query.offset)
    .execute();
}

/** The members of a channel whose users match; oldest membership first. */
export function queryMembers(
  db: Db,
  cid: string,
  query: { filter: Json; limit: number; offset: number },
): Promise<MemberRow[]> {
  return db
    .selectFrom('members')
    .selectAll()
    .where('cid', '=', cid)
    .where('user_id', 'in', (eb) =>
      eb
        .selectFrom('users')
        .select('users.id')
        .where((users) => all(users as unknown as Builder, query.filter)),
    )
    .orderBy('created_at')
    .orderBy('user_id')
    .limit(query.limit)
    .offset(query.offset)
    .execute();
}

function all(eb: Builder, filter: Json): Clause {
  return eb.and(Object.entries(filter).flatMap(([field, value]) => conditions(eb, field, value)));
}

function conditions(eb: Builder, field: string, value: unknown): Clause[] {
  if (field === '$and' || field === '$or') {
    const parts = asList(value, field, MAX_VALUES).map((part) =>
      all(eb, isObject(part) ? part : { '': part }),
    );
    if (!parts.length) throw badInput(`${field} needs at least one filter; got none.`);
    return [field === '$and' ? eb.and(parts) : eb.or(parts)];
  }
  const tests: [string, unknown][] = isObject(value) ? Object.entries(value) : [['$eq', value]];
  return tests.map(([operator, operand]) => test(eb, field, operator, operand));
}

function test(eb: Builder, field: string, operator: string, value: unknown): Clause {
  const column = field === 'name' ? sql<string>`users.data ->> 'name'` : sql<string>`users.id`;
  if (field === 'id' || field === 'user_id' || field === 'name') {
    if (operator === '$eq' && typeof value === 'string')
      return sql<boolean>`coalesce(${column} = ${value}, false)`;
    if (operator === '$autocomplete' && typeof value === 'string' && value.trim())
      return sql<boolean>`coalesce(strpos(lower(${column}), lower(cast(${value} as text))) > 0, false)`;
    if (operator === '$in' && Array.isArray(value) && value.length <= MAX_VALUES && value.every(isText))
      return value.length
        ? sql<boolean>`coalesce(${column} in (${sql.join(value)}), false)`
        : sql<boolean>`false`;
  }
  throw badInput(
    `Users cannot be filtered by ${shown(field)} ${shown(operator)} ${shown(value)}. Use id or name.`,
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
