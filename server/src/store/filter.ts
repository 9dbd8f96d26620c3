import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import { parseTime, type Micros } from '../clock.js';
import { badInput, shown } from '../errors.js';
import { asList, isObject, type Json } from '../input.js';
import { openTypesFor } from '../channel-types.js';
import { takesPart } from './members.js';
import type { Database, MemberStatus } from './schema.js';

type Builder = ExpressionBuilder<Database, 'channels'>;
type Clause = Expression<SqlBool>;

/** Of conditions in one filter, and of values in one `$in`. */
export const MAX_TERMS = 100;
const MAX_VALUES = 300;

export const COMPARISONS = { $eq: '=', $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const;
type Comparison = keyof typeof COMPARISONS;

/** Fields that name a feature this server has not: nothing is frozen or disabled. */
const NEVER = new Set(['frozen', 'disabled']);
/** What a user keeps for themselves of a channel: SQL over their membership, at `now`. */
const OWN: Readonly<Record<string, (now: Micros) => Clause>> = {
  hidden: () => sql<boolean>`members.hidden`,
  archived: () => sql<boolean>`members.archived_at is not null`,
  pinned: () => sql<boolean>`members.pinned_at is not null`,
  muted: (now) =>
    sql<boolean>`(members.muted_at is not null and (members.mute_expires is null or members.mute_expires > cast(${now} as bigint)))`,
};
/** How invitations stand. */
const INVITES = new Set<unknown>(['pending', 'accepted', 'rejected']);
const TIMES = new Set(['last_message_at', 'created_at', 'updated_at', 'last_updated']);

/** Turns a client's filter (protocol.md §7.2) into SQL; values travel as parameters only. */
export class ChannelFilter {
  #userId: string;
  #now: Micros;
  #terms = 0;

  constructor(userId: string, now: Micros) {
    this.#userId = userId;
    this.#now = now;
  }

  /**
   * Matches what the filter says among the channels that the user may read, and has not hidden unless it asks for those.
   *
   * @throws {ApiError} 4 for an unknown operator, a value of the wrong kind, or too many conditions.
   */
  where(eb: Builder, filter: Json): Clause {
    const shown = asksFor(filter, 'hidden') ? [] : [eb.not(this.#own(eb, 'hidden'))];
    return eb.and([
      eb('channels.deleted_at', 'is', null),
      this.#readable(eb),
      ...shown,
      this.#all(eb, filter),
    ]);
  }

  #own(eb: Builder, field: string): Clause {
    const test = OWN[field]?.(this.#now) ?? sql<boolean>`false`;
    return eb.exists(
      eb
        .selectFrom('members')
        .select('members.user_id')
        .whereRef('members.cid', '=', 'channels.cid')
        .where('members.user_id', '=', this.#userId)
        .where(test),
    );
  }

  #readable(eb: Builder): Clause {
    const known = eb.exists(
      eb
        .selectFrom('members')
        .select('members.user_id')
        .whereRef('members.cid', '=', 'channels.cid')
        .where('members.user_id', '=', this.#userId),
    );
    return eb.or([eb('channels.type', 'in', openTypesFor(this.#userId)), known]);
  }

  #hasMember(eb: Builder, userIds: readonly string[]): Clause {
    if (!userIds.length) return sql<boolean>`false`;
    return eb.exists(
      eb
        .selectFrom('members')
        .select('members.user_id')
        .whereRef('members.cid', '=', 'channels.cid')
        .where('members.user_id', 'in', userIds)
        .where(takesPart),
    );
  }

  #all(eb: Builder, filter: Json): Clause {
    return eb.and(Object.entries(filter).map(([field, value]) => this.#condition(eb, field, value)));
  }

  #condition(eb: Builder, field: string, value: unknown): Clause {
    if (++this.#terms > MAX_TERMS) throw badInput(`A filter may have ${MAX_TERMS} conditions; got more.`);
    if (field === '$and' || field === '$or' || field === '$nor') {
      const parts = asList(value, field, MAX_TERMS).map((part) => {
        if (!isObject(part)) throw badInput(`${field} must hold filters; got ${shown(part)}`);
        return this.#all(eb, part);
      });
      if (!parts.length) throw badInput(`${field} needs at least one filter; got none.`);
      if (field === '$and') return eb.and(parts);
      return field === '$or' ? eb.or(parts) : eb.not(eb.or(parts));
    }
    if (field.startsWith('$'))
      throw badInput(`Unknown operator ${shown(field)}. Use $and, $or or $nor here.`);
    const tests = operatorsOf(value);
    return eb.and(tests.map(([operator, operand]) => this.#test(eb, field, operator, operand)));
  }

  #test(eb: Builder, field: string, operator: string, value: unknown): Clause {
    const unknown = () =>
      badInput(`${shown(field)} cannot be filtered by ${shown(operator)} with ${shown(value)}`);
    if (field === 'cid' || field === 'type' || field === 'id') {
      if (operator === '$eq' && typeof value === 'string') return eb(`channels.${field}`, '=', value);
      if (operator === '$in') return isIn(eb, field, strings(value, unknown));
    }
    if (field === 'members') return this.#members(eb, operator, value, unknown);
    if (field === 'created_by_id' && operator === '$eq' && typeof value === 'string')
      return eb('channels.created_by', '=', value);
    if (field === 'joined' && operator === '$eq' && typeof value === 'boolean') {
      const joined = this.#hasMember(eb, [this.#userId]);
      return value ? joined : eb.not(joined);
    }
    if (field === 'invite' && operator === '$eq' && INVITES.has(value))
      return this.#invite(eb, String(value));
    if (field === 'has_unread' && operator === '$eq' && value === true) return this.#unread(eb);
    if (Object.hasOwn(OWN, field) && operator === '$eq' && typeof value === 'boolean')
      return value ? this.#own(eb, field) : eb.not(this.#own(eb, field));
    if (NEVER.has(field) && operator === '$eq' && typeof value === 'boolean') return sql<boolean>`${!value}`;
    if (TIMES.has(field)) return timeTest(field, operator, value, unknown);
    if (
      field === 'member_count' &&
      isComparison(operator) &&
      typeof value === 'number' &&
      Number.isInteger(value)
    )
      return sql<boolean>`channels.member_count ${sql.raw(COMPARISONS[operator])} cast(${value} as numeric)`;
    if (RESERVED.has(field)) throw unknown();
    return customTest(field, operator, value, unknown);
  }

  #members(eb: Builder, operator: string, value: unknown, unknown: () => Error): Clause {
    if (operator === '$eq' && typeof value === 'string') return this.#hasMember(eb, [value]);
    const ids = [...new Set(strings(value, unknown))];
    if (operator === '$in') return this.#hasMember(eb, ids);
    if (operator !== '$eq') throw unknown();
    return eb.and([
      eb('channels.member_count', '=', ids.length),
      ...ids.map((id) => this.#hasMember(eb, [id])),
    ]);
  }

  #invite(eb: Builder, status: string): Clause {
    return eb.exists(
      eb
        .selectFrom('members')
        .select('members.user_id')
        .whereRef('members.cid', '=', 'channels.cid')
        .where('members.user_id', '=', this.#userId)
        .where('members.status', '=', status as MemberStatus),
    );
  }

  #unread(eb: Builder): Clause {
    return eb.exists(
      eb
        .selectFrom('members')
        .select('members.user_id')
        .whereRef('members.cid', '=', 'channels.cid')
        .where('members.user_id', '=', this.#userId)
        .where('members.unread', '>', 0),
    );
  }
}

const RESERVED = new Set([
  'cid',
  'type',
  'id',
  'created_by_id',
  'joined',
  'has_unread',
  'member_count',
  'invite',
  'team',
  'app_banned',
  'member.user.name',
  ...NEVER,
  ...Object.keys(OWN),
]);

/** Whether a filter, or one within it, names the field. */
function asksFor(filter: unknown, field: string): boolean {
  if (Array.isArray(filter)) return filter.some((part) => asksFor(part, field));
  if (!isObject(filter)) return false;
  return Object.hasOwn(filter, field) || ['$and', '$or', '$nor'].some((key) => asksFor(filter[key], field));
}

/** `value` as pairs of operator and operand; a bare value means `$eq`. */
export function operatorsOf(value: unknown): [string, unknown][] {
  if (!isObject(value)) return [['$eq', value]];
  const pairs = Object.entries(value);
  if (!pairs.length || pairs.some(([operator]) => !operator.startsWith('$')))
    throw badInput(`A condition is a value or operators such as $eq; got ${shown(value)}`);
  return pairs;
}

export function isComparison(operator: string): operator is Comparison {
  return Object.hasOwn(COMPARISONS, operator);
}

export function strings(value: unknown, refusal: () => Error): string[] {
  const list = Array.isArray(value) && value.length <= MAX_VALUES ? value : undefined;
  if (!list) throw refusal();
  return list.map((item) => {
    if (typeof item !== 'string') throw refusal();
    return item;
  });
}

function isIn(eb: Builder, field: 'cid' | 'type' | 'id', values: string[]): Clause {
  return values.length ? eb(`channels.${field}`, 'in', values) : sql<boolean>`false`;
}

function timeTest(field: string, operator: string, value: unknown, unknown: () => Error): Clause {
  const column =
    field === 'last_updated'
      ? sql`coalesce(channels.last_message_at, channels.created_at)`
      : sql.ref(`channels.${field}`);
  if (operator === '$exists' && typeof value === 'boolean')
    return value ? sql<boolean>`${column} is not null` : sql<boolean>`${column} is null`;
  const at = parseTime(value);
  if (!isComparison(operator) || at === undefined) throw unknown();
  return sql<boolean>`${column} ${sql.raw(COMPARISONS[operator])} cast(${at} as bigint)`;
}

/** @param data - The column that holds custom fields. */
export function customTest(
  field: string,
  operator: string,
  value: unknown,
  unknown: () => Error,
  data = sql.ref('channels.data'),
): Clause {
  const stored = sql`(${data} -> cast(${field} as text))`;
  const json = (operand: unknown) => sql`cast(${JSON.stringify(operand)} as jsonb)`;
  if (operator === '$exists' && typeof value === 'boolean')
    return value ? sql<boolean>`${stored} is not null` : sql<boolean>`${stored} is null`;
  if (operator === '$in' && Array.isArray(value) && value.length <= MAX_VALUES)
    return value.length
      ? sql<boolean>`coalesce(${stored} in (${sql.join(value.map(json))}), false)`
      : sql<boolean>`false`;
  if (operator === '$autocomplete' && typeof value === 'string' && value.trim())
    return sql<boolean>`coalesce(strpos(lower(${data} ->> cast(${field} as text)), lower(cast(${value} as text))) > 0, false)`;
  if (operator === '$contains') return sql<boolean>`coalesce(${stored} @> ${json([value])}, false)`;
  if (!isComparison(operator) || value === undefined) throw unknown();
  return sql<boolean>`coalesce(${stored} ${sql.raw(COMPARISONS[operator])} ${json(value)}, false)`;
}
