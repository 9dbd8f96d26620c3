import { joined } from './bytes.js';

/** First line and headers of an HTTP/1.1 message. */
export interface Head {
  /** First line, split at blanks: `GET /path HTTP/1.1` or `HTTP/1.1 200 OK`. */
  start: readonly string[];
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
}

/** A piece of a message, in the order of the wire. Head and body pieces together are its bytes. */
export type Piece =
  { kind: 'head'; bytes: Buffer; head: Head } | { kind: 'body'; bytes: Buffer } | { kind: 'end' };

type State = 'head' | 'counted' | 'chunk-size' | 'chunk' | 'trailer' | 'until-close' | 'raw';

const CRLF = '\r\n';

/** Cuts the bytes of one direction of a connection into HTTP/1.1 messages. */
export class MessageSplitter {
  /** Whether the next message is the answer to a HEAD request, which has no body whatever its head says. */
  answersHead = false;

  #kind: 'request' | 'response';
  #state: State = 'head';
  #held = Buffer.alloc(0);
  /** Bytes left of the body or chunk. */
  #left = 0;

  constructor(kind: 'request' | 'response') {
    this.#kind = kind;
  }

  /** From here on it is not HTTP: every byte comes out as body. */
  becomeRaw(): void {
    this.#state = 'raw';
  }

  *push(bytes: Buffer): Generator<Piece> {
    this.#held = this.#held.length ? joined([this.#held, bytes]) : bytes;
    while (this.#held.length) {
      const pieces = this.#step();
      if (!pieces) return;
      yield* pieces;
    }
  }

  /** The connection ended, and with it a body that has no other end. */
  *end(): Generator<Piece> {
    if (this.#state === 'until-close') yield { kind: 'end' };
  }

  /** Undefined: more bytes are needed. */
  #step(): Piece[] | undefined {
    switch (this.#state) {
      case 'head':
        return this.#head();
      case 'counted':
        return this.#counted();
      case 'chunk-size':
        return this.#chunkSize();
      case 'chunk':
        return this.#chunk();
      case 'trailer':
        return this.#trailer();
      default:
        return [{ kind: 'body', bytes: this.#take(this.#held.length) }];
    }
  }

  #head(): Piece[] | undefined {
    const at = this.#held.indexOf(CRLF + CRLF);
    if (at < 0) return undefined;
    const bytes = this.#take(at + 4);
    const head = parseHead(bytes.toString('latin1'));
    const piece: Piece = { kind: 'head', bytes, head };
    this.#state = this.#bodyOf(head);
    // The first of two heads (100, 103) is followed by the real one.
    return this.#state === 'head' && !isInterim(head) ? [piece, { kind: 'end' }] : [piece];
  }

  /** How the body that follows `head` ends; `head` when there is none. */
  #bodyOf(head: Head): State {
    const { headers } = head;
    if (this.#kind === 'response') {
      const status = statusOf(head);
      if (status === 101) return 'raw';
      if (status < 200 || status === 204 || status === 304 || this.answersHead) return 'head';
    } else if (headers.has('upgrade')) return 'raw';
    if (headers.get('transfer-encoding')?.toLowerCase().includes('chunked')) return 'chunk-size';
    const length = headers.get('content-length');
    if (length === undefined) return this.#kind === 'response' ? 'until-close' : 'head';
    this.#left = Number(length);
    return this.#left > 0 ? 'counted' : 'head';
  }

  #counted(): Piece[] {
    const bytes = this.#take(Math.min(this.#left, this.#held.length));
    this.#left -= bytes.length;
    if (this.#left) return [{ kind: 'body', bytes }];
    this.#state = 'head';
    return [{ kind: 'body', bytes }, { kind: 'end' }];
  }

  #chunkSize(): Piece[] | undefined {
    const at = this.#held.indexOf(CRLF);
    if (at < 0) return undefined;
    const bytes = this.#take(at + 2);
    const size = Number.parseInt(bytes.toString('latin1'), 16);
    this.#left = size + 2; // and the line's end after it
    this.#state = size ? 'chunk' : 'trailer';
    return [{ kind: 'body', bytes }];
  }

  #chunk(): Piece[] {
    const bytes = this.#take(Math.min(this.#left, this.#held.length));
    this.#left -= bytes.length;
    if (!this.#left) this.#state = 'chunk-size';
    return [{ kind: 'body', bytes }];
  }

  #trailer(): Piece[] | undefined {
    const at = this.#held.indexOf(CRLF);
    if (at < 0) return undefined;
    const bytes = this.#take(at + 2);
    if (at > 0) return [{ kind: 'body', bytes }];
    this.#state = 'head';
    return [{ kind: 'body', bytes }, { kind: 'end' }];
  }

  #take(count: number): Buffer {
    const bytes = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return bytes;
  }
}

/** Of a response. */
export function statusOf({ start }: Head): number {
  return Number(start[1]);
}

function isInterim(head: Head): boolean {
  return head.start[0]?.startsWith('HTTP/') === true && statusOf(head) < 200;
}

function parseHead(text: string): Head {
  const [first = '', ...lines] = text.trimEnd().split(CRLF);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { start: first.split(' '), headers: new Map(headers) };
}
