import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ApiError } from './errors.js';
import { textFrame, type Frame } from './frame.js';
import type { Bearer } from './token.js';

/** Of events that wait for one slow connection. Beyond it the connection ends; an event is never skipped. */
const MAX_WAITING_EVENTS = 512;
const MAX_WAITING_BYTES = 1024 * 1024;

/** Why the server ends a stream: WebSocket close codes other than 1000, which clients read as "never come back". */
export const CLOSE_RESTART = 1012;
export const CLOSE_OVERFLOW = 1013;
export const CLOSE_SILENT = 1001;
/** Their next attempt is told why. */
export const CLOSE_UNWANTED = 1008;

/** One connection of one user: events go in as JSON texts and leave in order, by WebSocket or by poll. */
export abstract class Stream {
  /** Unguessable: whoever knows it still needs the user's token. */
  readonly id: string;
  readonly userId: string;
  /** Who opened it; set once it is live. */
  bearer: Bearer | undefined;
  /** When the user was last noted as active, in microseconds. */
  activeAt = 0;
  /** Runs once, when the stream has ended for whatever reason. */
  onEnd: () => void = () => undefined;
  /** The close code it was ended with; undefined while it lives. */
  endedWith: number | undefined;

  constructor(userId: string, id: string = randomUUID()) {
    this.userId = userId;
    this.id = id;
  }

  get ended(): boolean {
    return this.endedWith !== undefined;
  }

  /** When its client was last heard, in milliseconds since the process began. */
  heardAt = performance.now();

  abstract push(frame: Frame | string): void;

  /** Ends the stream of a peer that has taken nothing of what waits for it for too long. */
  abstract endIfStalled(): void;

  /** Ends the stream. Safe to call twice. */
  end(code = CLOSE_RESTART): void {
    if (this.ended) return;
    this.endedWith = code;
    this.release(code);
    this.onEnd();
  }

  protected abstract release(code: number): void;
}

/** Streams with something to write when this turn of the event loop is over. */
const due: (() => void)[] = [];

function writeDue(): void {
  for (const write of due.splice(0)) write();
}

/**
 * A stream over a WebSocket. Events are written beside it as whole frames, which are the same bytes for everybody who
 * gets them; nothing is compressed, and so the order is that of writing. What one turn of the event loop sends leaves as
 * one packet, and the next only when that was taken: what waits for a slow peer waits here. Ends when the socket does,
 * after `silenceMs` without a frame from the client, or when the client takes nothing for `stallMs`.
 */
export class SocketStream extends Stream {
  #socket: WebSocket;
  #pipe: Duplex;
  #stallMs: number;
  #waiting: Buffer[] = [];
  #bytes = 0;
  /** How many events are written, and not yet taken. */
  #under = 0;
  /** When something was last taken, or began to wait. */
  #movedAt = 0;
  #silence: NodeJS.Timeout;
  #taken = () => {
    this.#under = 0;
    this.#movedAt = performance.now();
    this.#write();
  };
  #write = () => {
    if (this.#under || !this.#waiting.length) return;
    this.#under = this.#waiting.length;
    this.#writeAll(this.#taken);
  };

  constructor(
    userId: string,
    { socket, pipe }: { socket: WebSocket; pipe: Duplex },
    { silenceMs, stallMs, id }: { silenceMs: number; stallMs: number; id?: string },
  ) {
    super(userId, id);
    this.#socket = socket;
    this.#pipe = pipe;
    this.#stallMs = stallMs;
    this.#silence = setTimeout(() => this.end(CLOSE_SILENT), silenceMs);
    socket.on('close', () => this.end());
  }

  /** The client was heard. */
  heard(): void {
    this.heardAt = performance.now();
    if (!this.ended) this.#silence.refresh();
  }

  push(frame: Frame | string): void {
    // A peer that has said goodbye gets nothing but the answer to that.
    if (this.ended || this.#socket.readyState !== this.#socket.OPEN) return;
    const waiting = this.#waiting.length;
    if (this.#under + waiting >= MAX_WAITING_EVENTS || this.#bytes > MAX_WAITING_BYTES)
      return this.end(CLOSE_OVERFLOW);
    const wire = typeof frame === 'string' ? textFrame(frame) : frame.wire;
    this.#waiting.push(wire);
    this.#bytes += wire.length;
    if (this.#under || waiting) return;
    this.#movedAt = performance.now();
    if (due.push(this.#write) === 1) setImmediate(writeDue);
  }

  endIfStalled(): void {
    if (this.#under + this.#waiting.length > 0 && performance.now() - this.#movedAt > this.#stallMs)
      this.end(CLOSE_OVERFLOW);
  }

  protected release(code: number): void {
    clearTimeout(this.#silence);
    // Whoever listens hears the last of it before the goodbye.
    if (code === CLOSE_OVERFLOW) this.#waiting = [];
    else if (this.#socket.readyState === this.#socket.OPEN) this.#writeAll();
    endSocket(this.#socket, code, () => void this.#pipe.destroy(CUT));
  }

  #writeAll(taken?: () => void): void {
    const frames = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    const last = frames.pop();
    if (!last) return;
    if (frames.length) this.#pipe.cork();
    for (const frame of frames) this.#pipe.write(frame);
    this.#pipe.write(last, taken);
    if (frames.length) this.#pipe.uncork();
  }
}

const CUT = new Error('The peer took nothing any more, or did not answer a goodbye.');

/** Says goodbye with `code`; a peer that does not answer is cut off after one to two seconds: not a thousand at once. */
export function endSocket(socket: WebSocket, code: number, cut: () => void = () => socket.terminate()): void {
  if (socket.readyState === socket.CLOSED) return;
  socket.close(code);
  const timer = setTimeout(cut, 1000 + Math.random() * 1000);
  socket.once('close', () => clearTimeout(timer));
}

/** What a poll takes with it. */
export interface Batch {
  /** Counts up; the next poll may name it as `ack` to say that it arrived. */
  number: number;
  frames: string[];
}

interface Poll {
  resolve: (batch: Batch) => void;
  timer: NodeJS.Timeout;
}

/** A stream drained by polls. Ends when none came for `expiryMs`. */
export class PollStream extends Stream {
  #holdMs: number;
  #expiry: NodeJS.Timeout;
  #queue: string[] = [];
  #bytes = 0;
  #poll: Poll | undefined;
  #batch: Batch = { number: 0, frames: [] };
  #arrived = true;

  constructor(userId: string, options: { holdMs: number; expiryMs: number; id?: string }) {
    super(userId, options.id);
    this.#holdMs = options.holdMs;
    this.#expiry = setTimeout(() => this.end(), options.expiryMs);
  }

  push(frame: Frame | string): void {
    if (this.ended) return;
    const text = typeof frame === 'string' ? frame : frame.text;
    this.#queue.push(text);
    this.#bytes += text.length;
    if (this.#queue.length > MAX_WAITING_EVENTS || this.#bytes > MAX_WAITING_BYTES) this.end(CLOSE_OVERFLOW);
    // Not at once: what the same task still pushes travels in the same answer.
    else if (this.#poll && this.#queue.length === 1) setImmediate(() => this.#answer());
  }

  /**
   * The next events, at once when there are some, else after at most the hold time and then none. A batch
   * that did not arrive comes again first. A newer poll ends an older one with nothing.
   *
   * @param ack - The batch that arrived; without it a finished response counts (`delivered`).
   */
  poll(ack?: number): Promise<Batch> {
    if (this.ended) return Promise.reject(new ApiError(46, 'This connection has ended. Connect again.'));
    this.#finish({ number: this.#batch.number, frames: [] });
    this.#expiry.refresh();
    this.heardAt = performance.now();
    const lost = ack === undefined ? !this.#arrived : ack < this.#batch.number;
    if (lost) return Promise.resolve(this.#batch);
    this.#batch = { number: this.#batch.number, frames: [] };
    return new Promise((resolve) => {
      this.#poll = { resolve, timer: setTimeout(() => this.#answer(), this.#holdMs) };
      if (this.#queue.length) this.#answer();
    });
  }

  /** What waits is bounded, and who does not ask for it expires. */
  endIfStalled(): void {}

  /** The response with batch `number` was written whole. */
  delivered(number: number): void {
    if (number === this.#batch.number) this.#arrived = true;
  }

  protected release(): void {
    clearTimeout(this.#expiry);
    this.#answer();
  }

  #answer(): void {
    if (!this.#poll) return;
    if (this.#queue.length) {
      this.#batch = { number: this.#batch.number + 1, frames: this.#queue };
      this.#arrived = false;
      this.#queue = [];
      this.#bytes = 0;
    }
    this.#finish(this.#batch);
  }

  #finish(batch: Batch): void {
    if (!this.#poll) return;
    clearTimeout(this.#poll.timer);
    this.#expiry.refresh();
    this.#poll.resolve(batch);
    this.#poll = undefined;
  }
}
