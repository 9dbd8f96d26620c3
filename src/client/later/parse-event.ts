import type { ServerEvent } from '../../protocol.js';
import type { Frame } from '../../transport/transport.js';

/** Which field of an event has an id that the state relies on, by event type. */
const NEEDS = [
  [/^(message\.(new|up|del)|reaction\.)|message_new/, 'message'],
  [/^(typing|message\.read|member|user)|mark_read/, 'user'],
] as const;

/**
 * Makes a typed event of a frame, or undefined of one that lacks what its type promises: a broken
 * peer must not crash a page. Unknown types pass, for listeners.
 */
export function parseEvent(frame: Frame): ServerEvent | undefined {
  const { type } = frame;
  const sound = NEEDS.every(([types, field]) => {
    const { id, created_at, updated_at } = Object(frame[field]) as Record<string, unknown>;
    const dated =
      field === 'user' ||
      frame['hard_delete'] || // of which a replay has nothing but the id
      (typeof created_at === 'string' && typeof updated_at === 'string');
    return !types.test(String(type)) || (typeof id === 'string' && dated);
  });
  return typeof type === 'string' && sound ? (frame as unknown as ServerEvent) : undefined;
}
