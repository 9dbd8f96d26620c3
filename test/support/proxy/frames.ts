import { joined } from './bytes.js';

/** One WebSocket frame (RFC 6455 §5.2), with its bytes as they were on the wire. */
export interface WireFrame {
  bytes: Buffer;
  opcode: number;
  /** Whether it is the last of its message. */
  fin: boolean;
  /** As on the wire: what a client sends is masked. */
  payload: Buffer;
}

const TEXT = 1;
const FIN = 0x80;
const MASKED = 0x80;

/** Cuts the bytes of one direction into whole frames. */
export class FrameSplitter {
  #held = Buffer.alloc(0);

  *push(bytes: Buffer): Generator<WireFrame> {
    this.#held = this.#held.length ? joined([this.#held, bytes]) : bytes;
    for (let frame = this.#next(); frame; frame = this.#next()) yield frame;
  }

  #next(): WireFrame | undefined {
    const held = this.#held;
    if (held.length < 2) return undefined;
    const first = held.readUInt8(0);
    const second = held.readUInt8(1);
    const short = second & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    const from = 2 + extra + (second & MASKED ? 4 : 0);
    if (held.length < from) return undefined;
    const length = extra === 2 ? held.readUInt16BE(2) : extra === 8 ? Number(held.readBigUInt64BE(2)) : short;
    if (held.length < from + length) return undefined;
    const bytes = held.subarray(0, from + length);
    this.#held = held.subarray(from + length);
    return { bytes, opcode: first & 0x0f, fin: (first & FIN) !== 0, payload: bytes.subarray(from) };
  }
}

/** Whether it is a whole message of text. */
export function isWholeText({ opcode, fin }: WireFrame): boolean {
  return opcode === TEXT && fin;
}

/** A frame of text as a server sends it. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head.writeUInt8(FIN | TEXT, 0);
  if (head.length === 2) head.writeUInt8(length, 1);
  else if (head.length === 4) {
    head.writeUInt8(126, 1);
    head.writeUInt16BE(length, 2);
  } else {
    head.writeUInt8(127, 1);
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return joined([head, payload]);
}
