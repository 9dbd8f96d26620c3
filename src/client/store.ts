import { createNanoEvents } from 'nanoevents';

/** A value that tells its subscribers when another takes its place. Values are never changed in place. */
export class Store<T> {
  #value: T;
  #events = createNanoEvents<{ change: (value: T, previous: T) => void }>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(next: T) {
    if (Object.is(next, this.#value)) return;
    const previous = this.#value;
    this.#value = next;
    this.#events.emit('change', next, previous);
  }

  /** Calls `listener` after every change, not at once. Returns its own undo. */
  subscribe(listener: (value: T, previous: T) => void): () => void {
    return this.#events.on('change', listener);
  }
}
