import { Validator } from '@seriousme/openapi-schema-validator';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import Fastify from 'fastify';
import { Type } from 'typebox';
import type { RunningServer } from '../src/app.js';
import type { Deps } from '../src/deps.js';
import { checkByShapes, schemaOf } from '../src/http/schemas.js';
import { checked } from '../src/shapes/check.js';
import { closed, count, list, nullable, object, optional, oneOf, text, Time } from '../src/shapes/fields.js';
import { MODELS } from '../src/shapes/models.js';
import { ask, newTarget, people, ROUTES, sampleOf, type Target } from './requests.js';
import { at, Person, refused, start, type Body } from './support.js';

/** What is there for probes, operators and pages, and no part of the protocol in JSON. */
const UNDESCRIBED = new Set([
  'OPTIONS *',
  'GET /healthz',
  'GET /metrics',
  'GET /hi',
  'GET /openapi.json',
  'GET /connect',
  'GET /uploads/:name',
]);
const DESCRIBED = ROUTES.filter((route) => !UNDESCRIBED.has(route));

interface Said {
  operationId: string;
  summary: string;
  parameters?: { name: string; in: string; schema?: { type?: string } }[];
  requestBody?: { content: Record<string, { schema: { properties?: Record<string, { type?: string }> } }> };
  responses: Record<string, object>;
}

let server: RunningServer;
let everybody: Awaited<ReturnType<typeof people>>;
let document: Body;
before(async () => {
  server = await start({ guests: true });
  everybody = await people(server);
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Body;
});
after(() => server.close());

/** What the document says of a route. */
function saidOf(route: string): Said {
  const [method = '', url = ''] = route.split(' ');
  const said = at(document, 'paths', url.replace(/:(\w+)/g, '{$1}'), method.toLowerCase());
  assert.ok(said, `${route} is not in the document`);
  return said as Said;
}

/** A value that is not of this type. */
const otherThan = (type: unknown) => (type === 'string' || [type].flat().includes('string') ? 7 : 'other');

describe('the document', () => {
  it('is OpenAPI', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors)?.slice(0, 1000));
    assert.equal(document['openapi'], '3.1.0');
  });

  it('describes every route of the protocol, under a name of its own', () => {
    const names = DESCRIBED.map((route) => saidOf(route).operationId);
    assert.equal(new Set(names).size, names.length);
    for (const route of DESCRIBED) {
      const { summary, responses } = saidOf(route);
      assert.ok(summary && Object.keys(responses).length === 2, route);
    }
    const paths = Object.values(document['paths'] as Body).flatMap((path) => Object.keys(path as Body));
    assert.equal(paths.length, DESCRIBED.length);
  });

  it('has every model once', () => {
    const models = Object.keys(at(document, 'components', 'schemas') as Body);
    assert.deepEqual(models.sort(), MODELS.map((model) => at(model, '$id')).sort());
  });
});

describe('what is asked', () => {
  let target: Target;
  before(async () => {
    const socket = await everybody.ada.socket();
    target = { ...(await newTarget(everybody.ada)), connectionId: socket.id };
    after(() => socket.close());
  });

  for (const route of DESCRIBED)
    it(`is refused with 4 where it is not as the document says: ${route}`, async () => {
      const sample = sampleOf(route, target);
      const { parameters = [], requestBody } = saidOf(route);
      const by = /^(PATCH \/app|DELETE \/users)/.test(route) ? await Person.backend(server) : everybody.ada;
      const body = requestBody?.content['application/json']?.schema.properties ?? {};
      for (const [key, { type }] of Object.entries(body)) {
        if (type === undefined) continue;
        const wrong = { ...sample, body: { ...sample.body, [key]: otherThan(type) } };
        refused(await ask(by, wrong), 400, 4, new RegExp(`(^|")${key} must be `));
      }
      for (const { name, in: where, schema } of parameters) {
        if (where !== 'query' || !/integer|boolean/.test(schema?.type ?? '')) continue;
        const wrong = { ...sample, query: { ...sample.query, [name]: 'other' } };
        refused(await ask(by, wrong), 400, 4, new RegExp(`(^|")${name} must be `));
      }
    });
});

describe('a shape', () => {
  const Shape = closed({
    limit: count(10, 3),
    name: optional(Type.String()),
    end: optional(nullable(Time)),
    tags: list(oneOf(['a', 'b']), 2),
    inner: object({ word: optional(text(3, 1)), deep: count(5, 1) }),
  });

  it('fills in what is left out, and takes null for that where it says nothing else', () => {
    assert.deepEqual(checked(Shape, {}), { limit: 3, tags: [], inner: { deep: 1 } });
    assert.deepEqual(checked(Shape, { limit: null, name: null, end: null, inner: { word: null } }), {
      limit: 3,
      end: null,
      tags: [],
      inner: { deep: 1 },
    });
  });

  const REFUSALS: readonly [Body, string][] = [
    [{ limit: 11 }, 'limit must be a whole number from 0 to 10; got 11'],
    [{ limit: '3' }, 'limit must be a whole number from 0 to 10; got "3"'],
    [{ name: 1 }, 'name must be a string; got 1'],
    [{ end: 'soon' }, 'end must be an RFC 3339 time; got "soon"'],
    [{ tags: ['c'] }, 'tags[] must be one of "a", "b"; got "c"'],
    [{ tags: ['a', 'a', 'a'] }, 'tags may hold 2 entries; got 3'],
    [{ inner: { word: ' ' } }, 'inner.word must be a text of 1 to 3 characters; got " "'],
    [{ inner: [] }, 'inner must be an object; got []'],
    [{ other: 1 }, 'It here knows limit, name, end, tags, inner; got "other"'],
  ];
  for (const [value, sentence] of REFUSALS)
    it(`says in a sentence what is wrong: ${sentence}`, () => {
      assert.throws(() => checked(Shape, value), { code: 4, message: sentence });
    });
});

describe('an answer that is not as its shape says', () => {
  const operation = {
    name: 'Ask',
    summary: 'Asks',
    answer: object({ number: Type.Integer() }),
  };

  async function answered(checkAnswers: boolean): Promise<[number, string]> {
    const app = Fastify();
    checkByShapes(app, { options: { checkAnswers } } as Deps);
    app.get('/ask', { schema: schemaOf('GET', '/ask', operation) }, () => Promise.resolve({ number: 'one' }));
    const { statusCode, body } = await app.inject('/ask');
    return [statusCode, body];
  }

  it('fails where answers are checked, and goes out where they are not', async () => {
    const [status, body] = await answered(true);
    assert.equal(status, 500);
    assert.match(body, /GET \/ask answers otherwise than its shape says. number must be /);
    assert.deepEqual(await answered(false), [200, '{"number":"one"}']);
  });
});
