import type { Static, TSchema } from 'typebox';
import type { Json } from '../input.js';

/** One endpoint of the protocol: what may be asked of it, and what it answers. */
export interface Operation {
  /** The protocol's name, for error messages and rate limits. */
  name: string;
  /** In the document, where several routes have one name. */
  id?: string;
  /** What it does, in a line. */
  summary: string;
  /** Parameters in the address. */
  query?: TSchema;
  /** The JSON in the `payload` parameter. */
  payload?: TSchema;
  body?: TSchema;
  /** The body is a form with one file. */
  form?: true;
  /** What it answers, beside `duration`. */
  answer: TSchema;
}

type Read<Op, Part extends 'query' | 'payload' | 'body'> =
  Op extends Record<Part, infer Schema extends TSchema> ? Static<Schema> : Json;

/** What a request to it holds, once it is checked. */
export interface Asked<Op> {
  query: Read<Op, 'query'>;
  payload: Read<Op, 'payload'>;
  body: Read<Op, 'body'>;
}

/** What the body of a request to it holds. */
export type BodyOf<Op extends Operation> = Read<Op, 'body'>;
