import type { Frame, LinkHandlers } from './transport.js';

/** `value` as a frame; undefined unless it is a JSON object. */
export function asFrame(value: unknown): Frame | undefined {
  return value === Object(value) && !Array.isArray(value) ? (value as Frame) : undefined;
}

/** The frame that `text` spells; undefined unless it is a JSON object. */
export function parseFrame(text: string): Frame | undefined {
  try {
    return asFrame(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Tells of `frame`, or that something came which is none. */
export function deliver(handlers: LinkHandlers, frame: Frame | undefined): void {
  if (frame) handlers.onFrame(frame);
  else handlers.onGarbage();
}
