import type { FastifyInstance, FastifySchema } from 'fastify';
import { Type, type TSchema } from 'typebox';
import type { Deps } from '../deps.js';
import { differ, reader } from '../shapes/check.js';
import { optional } from '../shapes/fields.js';
import { Failure, MODELS } from '../shapes/models.js';
import type { Operation } from '../shapes/operation.js';

type Said = TSchema & { properties?: Record<string, object>; default?: unknown };

/** For a route that the document leaves out: it is of the protocol alone. */
export const HIDDEN = { schema: { hide: true } };

/** The check of all that is asked, by the shapes of the operations; with `checkAnswers`, of all that is answered. */
export function checkByShapes(app: FastifyInstance, { options }: Deps): void {
  for (const model of MODELS) app.addSchema(model);
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    // What is in a path is looked up, and found or not.
    if (httpPart === 'params') return () => true;
    const read = httpPart === 'body' ? reader(schema, 'body', 'The body') : queryReader(schema);
    return (value: unknown) => {
      try {
        return { value: read(value) };
      } catch (error) {
        return { error: error as Error };
      }
    };
  });
  app.setSerializerCompiler<object>(({ schema, method, url }) => {
    if (!options.checkAnswers) return (answer) => JSON.stringify(answer);
    const differs = differ(schema);
    return (answer) => {
      // As it arrives: without what is undefined.
      const text = JSON.stringify(answer);
      const difference = differs(JSON.parse(text));
      if (difference)
        throw new Error(`${method} ${url} answers otherwise than its shape says. ${difference}`);
      return text;
    };
  });
}

/** Parameters come as text, but what is within the JSON of `payload`. */
function queryReader(schema: Said): (value: unknown) => unknown {
  const { payload, ...plain } = schema.properties ?? {};
  const read = reader({ ...schema, properties: plain }, 'query', 'The query');
  if (!payload) return read;
  const readPayload = reader({ type: 'object', properties: { payload } }, 'body', 'The payload');
  return (value) => readPayload(read(value));
}

/** An operation as the framework wants it, and the document (`openapi.ts`). */
export function schemaOf(method: string, url: string, operation: Operation): FastifySchema {
  const { name, id = name, summary, query, payload, body, form, answer } = operation;
  const params = [...url.matchAll(/:(\w+)/g)].map(([, key = '']) => [key, Type.String()] as const);
  const asked: Said = query ?? Type.Object({});
  const made = method === 'POST' || method === 'PUT' ? 201 : 200;
  return {
    operationId: id,
    summary,
    tags: [url.split('/')[1] ?? ''],
    ...(form ? { consumes: ['multipart/form-data'] } : {}),
    ...(params.length ? { params: Type.Object(Object.fromEntries(params)) } : {}),
    ...(query || payload
      ? {
          querystring: {
            ...asked,
            properties: {
              ...asked.properties,
              ...(payload ? { payload: { ...payload, 'x-consume': 'application/json' } } : {}),
            },
          },
        }
      : {}),
    ...(body ? { body } : {}),
    response: {
      [made]: { description: 'Done.', ...timed(answer) },
      '4xx': { description: 'A refusal, in a sentence.', ...Failure },
    },
  };
}

/** Every answer says how long it took. */
function timed(answer: Said): object {
  const duration = optional(Type.String());
  return '$ref' in answer
    ? { allOf: [answer], type: 'object', properties: { duration } }
    : { ...answer, properties: { ...answer.properties, duration } };
}
