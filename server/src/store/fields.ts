import { sql, type RawBuilder } from 'kysely';
import { parseTime } from '../clock.js';
import { badInput, shown } from '../errors.js';
import { asList, isObject, type Json } from '../input.js';
import { COMPARISONS, isComparison, MAX_TERMS, operatorsOf, strings } from './filter.js';

type Clause = RawBuilder<boolean>;

/** Answers undefined for an operator or a value that the field does not take. */
type Test = (operator: string, value: unknown, refusal: () => Error) => Clause | undefined;

/** What a filter may ask for, by field. */
export interface Fields {
  named: Readonly<Record<string, Test>>;
  /** For any other field; without it others are refused. */
  custom?: (field: string, operator: string, value: unknown, refusal: () => Error) => Clause;
}

/**
 * Turns a client's filter into SQL; values travel as parameters only.
 *
 * @throws {ApiError} 4 for an unknown field or operator, a value of the wrong kind, or too many conditions.
 */
export function whereFields(filter: Json, fields: Fields): Clause {
  return all(filter, fields, { left: MAX_TERMS });
}

function all(filter: Json, fields: Fields, budget: { left: number }): Clause {
  return joined(
    Object.entries(filter).map(([field, value]) => condition(field, value, fields, budget)),
    'and',
  );
}

function condition(field: string, value: unknown, fields: Fields, budget: { left: number }): Clause {
  if (--budget.left < 0) throw badInput(`A filter may have ${MAX_TERMS} conditions; got more.`);
  if (field === '$and' || field === '$or' || field === '$nor') {
    const parts = asList(value, field, MAX_TERMS).map((part) => {
      if (!isObject(part)) throw badInput(`${field} must hold filters; got ${shown(part)}`);
      return all(part, fields, budget);
    });
    if (!parts.length) throw badInput(`${field} needs at least one filter; got none.`);
    if (field === '$and') return joined(parts, 'and');
    return field === '$or' ? joined(parts, 'or') : sql`not ${joined(parts, 'or')}`;
  }
  if (field.startsWith('$')) throw badInput(`Unknown operator ${shown(field)}. Use $and, $or or $nor here.`);
  return joined(
    operatorsOf(value).map(([operator, operand]) => {
      const refusal = () =>
        badInput(`${shown(field)} cannot be filtered by ${shown(operator)} with ${shown(operand)}`);
      const test = Object.hasOwn(fields.named, field) ? fields.named[field] : undefined;
      const clause = test
        ? test(operator, operand, refusal)
        : fields.custom?.(field, operator, operand, refusal);
      if (!clause) throw refusal();
      return clause;
    }),
    'and',
  );
}

function joined(parts: readonly Clause[], by: 'and' | 'or'): Clause {
  if (!parts.length) return sql`true`;
  return sql`(${sql.join(parts, by === 'and' ? sql` and ` : sql` or `)})`;
}

/** A text: `$eq`, `$in`, and `$exists` where it may be missing. */
export function text(column: RawBuilder<unknown>): Test {
  return (operator, value, refusal) => {
    if (operator === '$eq' && typeof value === 'string') return sql`${column} = cast(${value} as text)`;
    if (operator === '$eq' && value === null) return sql`${column} is null`;
    if (operator === '$exists' && typeof value === 'boolean')
      return value ? sql`${column} is not null` : sql`${column} is null`;
    if (operator !== '$in') return undefined;
    const values = strings(value, refusal);
    return values.length ? sql`${column} in (${sql.join(values)})` : sql`false`;
  };
}

/** A time: comparisons. */
export function time(column: RawBuilder<unknown>): Test {
  return (operator, value) => {
    const at = parseTime(value);
    if (!isComparison(operator) || at === undefined) return undefined;
    return sql`${column} ${sql.raw(COMPARISONS[operator])} cast(${at} as bigint)`;
  };
}

/** A whole number: comparisons. */
export function count(column: RawBuilder<unknown>): Test {
  return (operator, value) =>
    isComparison(operator) && typeof value === 'number' && Number.isInteger(value)
      ? sql`${column} ${sql.raw(COMPARISONS[operator])} cast(${value} as numeric)`
      : undefined;
}

/** A condition of the server's own: `$eq` true or false. */
export function flag(holds: RawBuilder<unknown>): Test {
  return (operator, value) => {
    if (operator !== '$eq' || typeof value !== 'boolean') return undefined;
    return value ? sql`${holds}` : sql`not ${holds}`;
  };
}
