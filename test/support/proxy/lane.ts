import type { Socket } from 'node:net';
import { asBytes } from './bytes.js';
import type { Line } from './line.js';

/** Bytes waiting in a lane above which its source is read no further. */
const MAX_WAITING = 256 * 1024;

/** One direction of a connection: writes to `target` what it is given, as late and as slowly as the line says. */
export class Lane {
  #target: Socket;
  #source: () => Socket | undefined;
  #line: () => Line;
  #direction: 'up' | 'down';
  #queue: { due: number; bytes: Buffer; then?: () => void }[] = [];
  #waiting = 0;
  #begun = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param target - Where the bytes go.
   * @param source - Where they come from: paused while too many wait.
   * @param line - The line they travel on, asked for each piece.
   */
  constructor(target: Socket, source: () => Socket | undefined, line: () => Line, direction: 'up' | 'down') {
    this.#target = target;
    this.#source = source;
    this.#line = line;
    this.#direction = direction;
    target.on('drain', () => this.#resume());
    target.once('close', () => this.#drop());
  }

  /** @param then - Runs once the bytes have left. */
  write(bytes: Buffer, then?: () => void): void {
    const line = this.#line();
    if (!line.limits && !this.#queue.length) return this.#send(bytes, then);
    // TCP's handshake, which the proxy itself has long answered, is paid for with the first bytes.
    const handshakeMs = this.#begun || this.#direction === 'down' ? 0 : 2 * (line.shape.latencyMs ?? 0);
    this.#begun = true;
    const slices = line.slice(bytes);
    slices.forEach((slice, i) => {
      const arrival = line.due(this.#direction, slice.length) + handshakeMs;
      const due = Math.max(arrival, this.#queue.at(-1)?.due ?? 0);
      this.#queue.push({ due, bytes: slice, then: i === slices.length - 1 ? then : undefined });
    });
    this.#waiting += bytes.length;
    if (this.#waiting > MAX_WAITING) this.#source()?.pause();
    this.#schedule();
  }

  /** Runs `then` once all that waits has left. */
  afterwards(then: () => void): void {
    this.write(Buffer.alloc(0), then);
  }

  #send(bytes: Buffer, then?: () => void): void {
    if (this.#target.destroyed) return;
    if (!bytes.length) return then?.();
    if (!this.#target.write(asBytes(bytes), () => then?.())) this.#source()?.pause();
  }

  #schedule(): void {
    const [first] = this.#queue;
    if (!first || this.#timer) return;
    this.#timer = setTimeout(() => this.#run(), Math.max(0, first.due - performance.now()));
  }

  #run(): void {
    this.#timer = undefined;
    const now = performance.now() + 1; // a timer may fire a little early
    for (let [next] = this.#queue; next && next.due <= now; [next] = this.#queue) {
      this.#queue.shift();
      this.#waiting -= next.bytes.length;
      this.#send(next.bytes, next.then);
    }
    this.#resume();
    this.#schedule();
  }

  #resume(): void {
    if (this.#waiting <= MAX_WAITING && !this.#target.writableNeedDrain) this.#source()?.resume();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
  }
}
