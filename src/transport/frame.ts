import type { Frame } from './transport.js';

/** `value` as a frame; undefined unless it is a JSON object. */
export function asFrame(value: unknown): Frame | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Frame) : undefined;
}
