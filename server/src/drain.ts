import { setTimeout as delay } from 'node:timers/promises';
import type { Deps } from './deps.js';
import { PollStream, type Stream } from './stream.js';

/** Connections ended at once; more where there are so many that a hundred batches would not do. */
const BATCH = 200;
const MAX_BATCHES = 100;
/** Between two batches, in milliseconds: at least this, at most twice as much more. */
const PAUSE_MS = 50;

/**
 * Ends every connection so that clients come back: polls at once, for they wait for an answer; sockets in batches, in no
 * order, or all their clients would knock at the next server in the same moment.
 */
export async function drain({ hub }: Deps): Promise<void> {
  const sockets: Stream[] = [];
  for (const stream of hub.streams)
    if (stream instanceof PollStream) stream.end();
    else sockets.push(stream);
  shuffle(sockets);
  const size = Math.max(BATCH, Math.ceil(sockets.length / MAX_BATCHES));
  for (let begin = 0; begin < sockets.length; begin += size) {
    if (begin > 0) await delay(PAUSE_MS * (1 + 2 * Math.random()));
    for (const stream of sockets.slice(begin, begin + size)) stream.end();
  }
}

function shuffle<T>(list: T[]): void {
  for (let index = list.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1));
    [list[index], list[other]] = [list[other] as T, list[index] as T];
  }
}
