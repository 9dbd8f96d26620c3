import type { Message } from '../../src/protocol.js';
import type { Outgoing } from './deliver.js';

/** One event as it goes out: put into JSON once, and into a frame once, however many connections get it. */
export class Frame {
  readonly text: string;
  #wire: Buffer | undefined;

  constructor(text: string) {
    this.text = text;
  }

  static of(event: object): Frame {
    return new Frame(JSON.stringify(event));
  }

  /** As a WebSocket carries it. */
  get wire(): Buffer {
    return (this.#wire ??= textFrame(this.text));
  }

  /** With further fields, which are personal: the event itself is not put into JSON again. */
  with(fields: object): Frame {
    return new Frame(`${this.text.slice(0, -1)},${JSON.stringify(fields).slice(1)}`);
  }
}

/** A whole text frame, unmasked as a server's are (RFC 6455 §5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}

/**
 * What others hear of an event about a message that only its author sees: that the event's number is used up, as by a
 * message that is gone for good. Undefined for any other event.
 */
export function forOthers(event: Outgoing): { author: string; event: Outgoing } | undefined {
  const message = event['message'] as Message | undefined;
  if (!message?.['shadowed']) return undefined;
  const { cid, channel_type, channel_id, created_at, seq } = event;
  const { id } = message;
  const gone = { hard_delete: true, message: { id, cid, type: 'deleted' }, message_id: id };
  // What is undefined does not go out.
  const told = { type: 'message.deleted', cid, channel_type, channel_id, created_at, seq, ...gone };
  return { author: message.user?.id ?? '', event: told };
}

/** As its author is to see it: like any other. */
export function forAuthor(event: Outgoing): Outgoing {
  return { ...event, message: { ...(event['message'] as object), shadowed: false } };
}
