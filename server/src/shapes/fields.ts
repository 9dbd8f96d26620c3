import {
  Type,
  type Static,
  type TObject,
  type TObjectOptions,
  type TProperties,
  type TSchema,
} from 'typebox';
import type { Json } from '../input.js';

/**
 * What requests and answers are made of. A `description` says what a value must be, as the end of the sentence
 * "limit must be …": the document shows it, and so does a refusal (`check.ts`).
 */

/**
 * An object of these fields; others may stand beside them. A field with a default may be left out of a request, and an
 * object of such fields altogether.
 */
export function object<Fields extends TProperties>(
  fields: Fields,
  options: TObjectOptions = {},
): TObject<Fields> {
  const schema = Type.Object(fields, options);
  const required = Object.entries(fields).flatMap(([key, field]) =>
    'default' in field || '~optional' in field ? [] : key,
  );
  Object.assign(schema, { required, ...(required.length ? {} : { default: {} }) });
  return schema;
}

/** As `object`, and nothing beside them. */
export function closed<Fields extends TProperties>(fields: Fields) {
  return object(fields, { additionalProperties: false });
}

/** May be left out, and is nothing then. Null says the same in a request. */
export function optional<Schema extends TSchema>(schema: Schema) {
  const { default: _, ...rest } = schema as Schema & { default?: unknown };
  return Type.Optional(rest as unknown as Schema);
}

/** Null says something of its own. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  const or =
    'type' in schema ? { ...schema, type: [schema.type, 'null'] } : { anyOf: [schema, { type: 'null' }] };
  return Type.Unsafe<Static<Schema> | null>(or);
}

/** May be left out, and is this then. */
export function or<Schema extends TSchema>(fallback: Static<Schema>, schema: Schema): Schema {
  return { ...schema, default: fallback };
}

/** A whole number up to `max`. */
export function count(max: number, fallback: number, min = 0) {
  return Type.Integer({ minimum: min, maximum: max, default: fallback });
}

export function flag(fallback = false) {
  return Type.Boolean({ default: fallback });
}

export function list<Item extends TSchema>(item: Item, max: number) {
  return Type.Array(item, { maxItems: max, default: [] });
}

export const strings = (max: number) => list(Type.String(), max);

/** One of these words. */
export function oneOf<Word extends string>(words: readonly Word[]) {
  return Type.Unsafe<Word>({ type: 'string', enum: [...words] });
}

/** By key, values of one shape. */
export function byKey<Value extends TSchema>(value: Value, options: object = {}) {
  return Type.Unsafe<Record<string, Static<Value>>>({
    type: 'object',
    additionalProperties: value,
    ...options,
  });
}

/** Anything. */
export const Any = Type.Unknown();

/** An object of whatever fields. */
export const Bag = Type.Unsafe<Json>({ type: 'object' });

/** As `Bag`; empty when it is left out. */
export const Fields = Type.Unsafe<Json>({ type: 'object', default: {} });

/** Of the filter language: fields with values or operators, and `$and`, `$or`, `$nor` of filters. */
export const Filter = Fields;

/** `[{field, direction}]`, of 1 or -1; the query says which fields it can sort by. */
export const Sort = optional(Type.Unknown());

/** The ends of an answer in pages; in a request one of them, where to go on. */
export const ENDS = { next: optional(Type.String()), prev: optional(Type.String()) };

/** A query whose answers go on by `next` and `prev`. @param max - Of entries in one answer; 10 unless told. */
export function paged(max: number) {
  return { filter: Filter, sort: Sort, limit: count(max, 10, 1), ...ENDS };
}

const MAX_OFFSET = 1000;

/** Which so many of all: up to `max`, `fallback` unless told, after so many others. */
export function slice(max: number, fallback: number, min = 0) {
  return { limit: count(max, fallback, min), offset: count(MAX_OFFSET, 0) };
}

/** A query whose answers are asked for by offset. */
export function sliced(max: number, fallback: number) {
  return { filter_conditions: Filter, sort: Sort, ...slice(max, fallback) };
}

/** A change by fields: dots in a key descend into objects. */
export const PATCH = { set: Fields, unset: strings(100) };

export const Time = Type.String({ format: 'date-time', description: 'an RFC 3339 time' });

export const UserId = Type.String({
  format: 'user-id',
  description: 'a user id: 1 to 255 of the characters a–z A–Z 0–9 @ _ -',
});

export const MessageId = Type.String({
  format: 'message-id',
  description: 'a message id: 1 to 255 characters without "," and "%"',
});

export const Role = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: '1 to 64 of the characters a–z A–Z 0–9 _ -',
});

/** A text of so many characters, as people count them. */
export function text(max: number, min = 0) {
  return Type.String({
    minLength: min,
    maxLength: max,
    ...(min ? { pattern: '\\S' } : {}),
    description: `a text of ${min} to ${max} characters`,
  });
}

/** For `GET` and `DELETE`: which live connection of the caller's it is about. */
export const CONNECTION = { connection_id: optional(Type.String()) };
