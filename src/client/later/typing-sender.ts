import type { Host } from '../../transport/host.js';

/** A start is repeated at most this often (protocol.md §9.1). */
const START_EVERY_MS = 2000;
/** Without a keystroke for this long, typing has stopped (protocol.md §9.1). */
const IDLE_MS = 1000;

/** Turns keystrokes into few `typing.start` and `typing.stop` events, and never one out of order. */
export class TypingSender {
  #host: Host;
  #send: (type: 'typing.start' | 'typing.stop') => Promise<unknown>;
  #startedAt: number | undefined;
  #idle: unknown;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(host: Host, send: (type: 'typing.start' | 'typing.stop') => Promise<unknown>) {
    this.#host = host;
    this.#send = send;
  }

  keystroke(): void {
    const now = this.#host.now();
    if (this.#startedAt === undefined || now - this.#startedAt > START_EVERY_MS) {
      this.#startedAt = now;
      this.#enqueue('typing.start');
    }
    this.#host.clearTimeout(this.#idle);
    this.#idle = this.#host.setTimeout(() => this.stop(), IDLE_MS);
  }

  stop(): void {
    if (!this.cancel()) return;
    this.#enqueue('typing.stop');
  }

  /** Forgets the typing without a word to the server. Says whether there was any. */
  cancel(): boolean {
    this.#host.clearTimeout(this.#idle);
    const was = this.#startedAt !== undefined;
    this.#startedAt = undefined;
    return was;
  }

  /** One after the other, or a stop may overtake its start. Typing is not worth a retry or an error. */
  #enqueue(type: 'typing.start' | 'typing.stop'): void {
    this.#queue = this.#queue.then(() => this.#send(type)).catch(() => undefined);
  }
}
