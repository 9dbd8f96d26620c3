import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { at } from '../statistics.js';
import type { Crowd } from './crowd.js';
import type { Hearer } from './hearer.js';

/** What is to be timed, and how much is said. */
export interface Load {
  /** The server, or the bare broadcaster. */
  url: string;
  /** The rooms; each event goes to the next. */
  cids: readonly string[];
  /** Watchers whose arrivals are timed, spread over the rooms. They come last, and so they are served last. */
  timed: number;
  /** Events a second, of all rooms together. */
  perSecond: number;
  seconds: number;
  filler: string;
}

/** Above so many deliveries a second the rest of the crowd is read only now and then. */
const MUCH = 20_000;

/**
 * From before the request to the arrival at a watcher, in milliseconds. Who speaks and who is timed are in a process of
 * their own: what the rest of the crowd costs is not what is measured.
 */
export async function delays(load: Load, rest?: { crowd: Crowd; deliveries: number }) {
  const end = rest && rest.deliveries > MUCH ? readNowAndThen(rest.crowd.hearers) : () => undefined;
  const file = fileURLToPath(new URL('timed.ts', import.meta.url));
  const timing = fork(file, [JSON.stringify(load)], { execArgv: ['--import', 'tsx'] });
  try {
    const [times] = (await Promise.race([once(timing, 'message'), failed(timing)])) as [number[]];
    const sorted = times.toSorted((a, b) => a - b);
    return { p50: at(sorted, 0.5), p99: at(sorted, 0.99) };
  } finally {
    end();
    timing.kill();
  }
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`What times the arrivals ended with ${code}.`);
}

/**
 * Lets connections take what came only now and then, all at once: to read each event of a thousand connections as it
 * comes costs this process more than the server, and both share the machine.
 *
 * @returns Ends that.
 */
function readNowAndThen(hearers: readonly Hearer[]): () => void {
  for (const hearer of hearers) hearer.stall();
  let turn = 0;
  const timer = setInterval(() => {
    turn = (turn + 1) % 10;
    if (turn === 0) for (const hearer of hearers) hearer.resume();
    if (turn === 1) for (const hearer of hearers) hearer.stall();
  }, 20);
  return () => {
    clearInterval(timer);
    for (const hearer of hearers) hearer.resume();
  };
}
