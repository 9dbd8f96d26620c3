import type { Message } from '../../src/protocol.js';
import type { Outgoing } from './deliver.js';

/** One event as it goes out: put into JSON once, and into bytes once, however many connections get it. */
export class Frame {
  readonly text: string;
  #bytes: Buffer | undefined;

  constructor(text: string) {
    this.text = text;
  }

  static of(event: object): Frame {
    return new Frame(JSON.stringify(event));
  }

  get bytes(): Buffer {
    return (this.#bytes ??= Buffer.from(this.text));
  }

  /** With further fields, which are personal: the event itself is not put into JSON again. */
  with(fields: object): Frame {
    return new Frame(`${this.text.slice(0, -1)},${JSON.stringify(fields).slice(1)}`);
  }
}

/**
 * What others hear of an event about a message that only its author sees: that the event's number is used up, as by a
 * message that is gone for good. Undefined for any other event.
 */
export function forOthers(event: Outgoing): { author: string; event: Outgoing } | undefined {
  const message = event['message'] as Message | undefined;
  if (!message?.['shadowed']) return undefined;
  const { user: _, type: _type, ...place } = event;
  const { cid, channel_type, channel_id, created_at, seq } = place;
  return {
    author: message.user?.id ?? '',
    event: {
      type: 'message.deleted',
      ...(cid === undefined ? {} : { cid }),
      ...(channel_type === undefined ? {} : { channel_type }),
      ...(channel_id === undefined ? {} : { channel_id }),
      ...(created_at === undefined ? {} : { created_at }),
      ...(seq === undefined ? {} : { seq }),
      hard_delete: true,
      message: { id: message.id, cid: message.cid, type: 'deleted' },
      message_id: message.id,
    },
  };
}

/** As its author is to see it: like any other. */
export function forAuthor(event: Outgoing): Outgoing {
  return { ...event, message: { ...(event['message'] as object), shadowed: false } };
}
