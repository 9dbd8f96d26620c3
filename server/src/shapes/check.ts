import { Ajv2020 as Ajv, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Static, TSchema } from 'typebox';
import { userIdProblem } from '../../../src/protocol.js';
import { isMessageId } from '../access.js';
import { parseTime } from '../clock.js';
import { badInput, shown } from '../errors.js';
import { isObject, type Json } from '../input.js';
import { MODELS } from './models.js';

/** What JSON Schema says of a value, as far as it is read here. */
interface Said {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Said>;
  items?: Said;
}

const FORMATS = {
  'date-time': (value: string) => parseTime(value) !== undefined,
  'user-id': (value: string) => userIdProblem(value) === undefined,
  'message-id': isMessageId,
  'poll-id': (value: string) => isMessageId(value) && !value.includes('/'),
};

function ajv(options: { coerceTypes?: boolean; useDefaults?: boolean }): Ajv {
  // `verbose`: an error knows the value, and what is said of it.
  return new Ajv({ ...options, verbose: true, strict: false, formats: FORMATS, schemas: MODELS });
}

/** Of bodies: as JSON has them. Of queries: numbers and booleans come as text. Of answers: as they are. */
const READERS = {
  body: ajv({ useDefaults: true }),
  query: ajv({ useDefaults: true, coerceTypes: true }),
  answer: ajv({}),
};

/**
 * Makes the check of a value against its schema.
 *
 * @returns Fills in defaults, takes null for absent where it says nothing, and returns the value. Throws an `ApiError`
 * of code 4 with a sentence for what is not as the schema says.
 */
export function reader(schema: object, from: 'body' | 'query', what: string): (value: unknown) => unknown {
  const validate = READERS[from].compile(schema);
  return (value) => {
    const given = value ?? {};
    dropNulls(schema, given);
    if (validate(given)) return given;
    throw badInput(sentence(validate, what));
  };
}

const readers = new WeakMap<object, (value: unknown) => unknown>();

/** A value that only turns up later: what a change by fields comes to. @throws {ApiError} 4, as `reader`. */
export function checked<Schema extends TSchema>(schema: Schema, value: Json, what = 'It'): Static<Schema> {
  const read = readers.get(schema) ?? reader(schema, 'body', what);
  readers.set(schema, read);
  return read({ ...value }) as Static<Schema>;
}

/** @returns Says how a value is not as the schema has it; undefined when it is. */
export function differ(schema: object): (value: unknown) => string | undefined {
  const validate = READERS.answer.compile(schema);
  return (value) => (validate(value) ? undefined : sentence(validate, 'The answer'));
}

/** Takes out the fields that are null where that says the same as nothing. */
function dropNulls(schema: Said, value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) dropNulls(schema.items ?? {}, item);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    if (value[key] === null && field.type !== undefined && !field.type.includes('null')) delete value[key];
    else dropNulls(field, value[key]);
  }
}

/** The rule, the value and the way out. */
function sentence({ errors }: ValidateFunction, what: string): string {
  // Of a choice, the whole of it comes last.
  const error = errors?.at(-1);
  if (!error) return `${what} is not as it must be.`;
  const name = nameOf(error.instancePath);
  const parent = error.parentSchema as Said;
  switch (error.keyword) {
    case 'required': {
      const { missingProperty: key } = error.params as { missingProperty: string };
      return `${name ? `${name}.` : ''}${key} must be ${phrase(parent.properties?.[key])}; got undefined`;
    }
    case 'additionalProperties':
      return `${name || what} here knows ${Object.keys(parent.properties ?? {}).join(', ')}; got ${keyOf(error)}`;
    case 'maxItems':
    case 'maxProperties': {
      const held = Object.keys(error.data as object).length;
      return `${name || what} may hold ${(error.params as { limit: number }).limit} entries; got ${held}`;
    }
    default:
      return `${name || what} must be ${phrase(parent)}; got ${shown(error.data)}`;
  }
}

function keyOf({ params }: ErrorObject): string {
  return shown((params as { additionalProperty: string }).additionalProperty);
}

/** `/users/0/set` as `users[].set`. */
function nameOf(path: string): string {
  return path
    .slice(1)
    .replace(/\/\d+(?=\/|$)/g, '[]')
    .replaceAll('/', '.');
}

/** What a value must be. */
function phrase(said: Said = {}): string {
  const { description, type } = said;
  if (description !== undefined) return description;
  if (said.enum) return `one of ${said.enum.map(shown).join(', ')}`;
  switch ([type].flat()[0]) {
    case 'integer':
      return `a whole number from ${said.minimum} to ${said.maximum}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'an object';
    default:
      return 'a string';
  }
}
