import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { asBytes, joined } from '../../test/support/proxy/bytes.js';

/** Longer than what answers a ping, and shorter than what is said here. */
const MIN_EVENT_BYTES = 400;

/** `[{"type":"health.check"}]`, in a frame whose mask is all zeros. */
const PING = joined([Buffer.from([0x81, 0x80 + 25, 0, 0, 0, 0]), Buffer.from('[{"type":"health.check"}]')]);

/**
 * A WebSocket client that costs next to nothing, so that what is measured is the server: it counts frames by their
 * heads, and looks into them only when somebody asks for the texts.
 */
export class Hearer {
  /** Events since the greeting. */
  heard = 0;
  /** Called with each frame's text. */
  onText: ((text: string) => void) | undefined;
  /** Why it ended; undefined while it lives. */
  ended: string | undefined;
  #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #greeted = false;
  #live!: (greeting: string) => void;
  #failed!: (error: Error) => void;
  #greeting = new Promise<string>((resolve, reject) => {
    this.#live = resolve;
    this.#failed = reject;
  });

  private constructor(url: URL) {
    this.#socket = connect(Number(url.port), url.hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on('error', () => undefined);
    this.#socket.once('close', () => this.#end('closed'));
    const key = randomBytes(16).toString('base64');
    this.#socket.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: Upgrade\r\n` +
        `upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
    );
    const upgraded = (data: Buffer) => {
      this.#rest = joined([this.#rest, data]);
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#socket.off('data', upgraded);
      if (!this.#rest.subarray(0, end).includes(' 101 ')) return this.#end('refused');
      this.#rest = this.#rest.subarray(end + 4);
      this.#socket.on('data', (more: Buffer) => this.#take(more));
      this.#take(Buffer.alloc(0));
    };
    this.#socket.on('data', upgraded);
  }

  /** @returns It and its first frame. @throws {Error} When it ends before that. */
  static async open(url: string): Promise<[Hearer, string]> {
    const hearer = new Hearer(new URL(url));
    return [hearer, await hearer.#greeting];
  }

  /** Reads nothing any more; what is sent piles up elsewhere. */
  stall(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says that it is there: a server gives up whom it does not hear for 90 s. */
  ping(): void {
    this.#socket.write(asBytes(PING));
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    this.#rest = this.#rest.length ? joined([this.#rest, data]) : data;
    for (;;) {
      const head = headOf(this.#rest);
      if (!head || this.#rest.length < head.start + head.length) return;
      const { start, length } = head;
      if (head.isText) this.#frame(start, length);
      this.#rest = this.#rest.subarray(start + length);
    }
  }

  #frame(start: number, length: number): void {
    if (this.#greeted && length < MIN_EVENT_BYTES) return;
    if (this.#greeted && !this.onText) return void this.heard++;
    const text = this.#rest.toString('utf8', start, start + length);
    if (!this.#greeted) {
      this.#greeted = true;
      return this.#live(text);
    }
    this.heard++;
    this.onText?.(text);
  }

  #end(why: string): void {
    this.ended ??= why;
    this.#failed(new Error(`A connection ended before its greeting: ${why}`));
    this.#greeting.catch(() => undefined);
    this.#socket.destroy();
  }
}

/** Of a frame from a server; undefined while it has not come whole. */
function headOf(data: Buffer): { start: number; length: number; isText: boolean } | undefined {
  if (data.length < 2) return undefined;
  const isText = (data[0] ?? 0) % 16 === 1;
  const short = data[1] ?? 0;
  if (short < 126) return { start: 2, length: short, isText };
  if (short === 126) return data.length < 4 ? undefined : { start: 4, length: data.readUInt16BE(2), isText };
  return data.length < 10 ? undefined : { start: 10, length: Number(data.readBigUInt64BE(2)), isText };
}
