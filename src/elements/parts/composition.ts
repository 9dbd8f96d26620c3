import type { Channel } from '../../client/channel.js';
import type { LocalMessage } from '../../client/state.js';

/** What the composer of a channel is at, besides a new message. */
export interface Composition {
  readonly kind: 'reply' | 'edit';
  readonly message: LocalMessage;
  /** Of a change: what is typed of it, beside the draft of a new message. */
  text?: string;
}

const held = new WeakMap<Channel, Composition>();
const listeners = new Set<(channel: Channel) => void>();

export function compositionOf(channel: Channel | undefined): Composition | undefined {
  return channel && held.get(channel);
}

/** Begins to answer or to change a message, or ends that. */
export function compose(channel: Channel, composition: Composition | undefined): void {
  if (composition) held.set(channel, composition);
  else held.delete(channel);
  for (const listener of listeners) listener(channel);
}

/** Calls `listener` when the composition of a channel changes. @returns Ends that. */
export function onComposition(listener: (channel: Channel) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
