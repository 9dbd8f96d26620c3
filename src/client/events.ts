import { createNanoEvents } from 'nanoevents';
import type { ServerEvent } from '../protocol.js';
import type { Host } from '../transport/host.js';

/** What `ChatClient.on` takes: an event type of the wire, or `*` for all of them. */
export type EventName = ServerEvent['type'] | '*';
/** Of the events `E` the one that may be of type `N`. Not `Extract`: several types share a shape. */
type Named<E, N> = E extends { type: infer T } ? (N extends T ? E & { type: N } : never) : never;
export type EventOf<N extends EventName> = N extends '*' ? ServerEvent : Named<ServerEvent, N>;

/** Tells listeners of the server's events, each by its type and all by `*`. */
export class EventBus {
  #host: Host;
  #events = createNanoEvents<Record<string, (event: ServerEvent) => void>>();

  constructor(host: Host) {
    this.#host = host;
  }

  on<N extends EventName>(type: N, listener: (event: EventOf<N>) => void): () => void {
    return this.#events.on(type, (event) => {
      try {
        listener(event as EventOf<N>);
      } catch (error) {
        // A listener's fault is the page's to see, and neither the others' nor the connection's to die of.
        this.#host.setTimeout(() => {
          throw error;
        }, 0);
      }
    });
  }

  emit(event: ServerEvent): void {
    this.#events.emit(event.type, event);
    this.#events.emit('*', event);
  }
}
