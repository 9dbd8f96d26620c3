import type { Attempt } from './attempts.js';
import { joined } from './bytes.js';
import type { Fate } from './fate.js';
import type { Lane } from './lane.js';
import { statusOf, type Piece } from './messages.js';

/** How an answer goes on: `cut` asks for the client's connection to be reset. */
export type Progress = 'going' | 'done' | 'cut';

/** One request, and what its client gets to see of the answer. */
export class Exchange {
  fate: Fate;
  readonly attempt: Attempt;
  #toClient: Lane;
  #held: Buffer[] = [];
  /** Bytes so far that count for a cut. */
  #counted = 0;

  constructor(attempt: Attempt, fate: Fate, toClient: Lane) {
    this.attempt = attempt;
    this.fate = fate;
    this.#toClient = toClient;
  }

  /** Takes one piece of the server's answer. */
  answer(piece: Piece): Progress {
    if (piece.kind === 'head') this.attempt.status = statusOf(piece.head);
    if ('cut' in this.fate) return this.#cut(piece, this.fate.cut);
    const { mode } = this.fate as { mode: string };
    if (mode === 'swallow' && this.attempt.status !== 101) return 'going';
    if (mode === 'hold') return this.#hold(piece);
    if (piece.kind === 'end') return 'done';
    this.#toClient.write(piece.bytes);
    return 'going';
  }

  #hold(piece: Piece): Progress {
    if (piece.kind !== 'end') {
      this.#held.push(piece.bytes);
      return 'going';
    }
    this.#toClient.write(joined(this.#held));
    return 'done';
  }

  #cut(piece: Piece, { after, of = 'response' }: { after: number; of?: string }): Progress {
    if (piece.kind === 'end') return 'done';
    if (of === 'body' && piece.kind === 'head') {
      this.#toClient.write(piece.bytes);
      return 'going';
    }
    const room = after - this.#counted;
    this.#counted += piece.bytes.length;
    if (room > 0) this.#toClient.write(piece.bytes.subarray(0, room));
    return this.#counted > after || after === 0 ? 'cut' : 'going';
  }
}
