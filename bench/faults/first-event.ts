import { setTimeout as delay } from 'node:timers/promises';
import type { ProxyMode } from '../../test/support/proxy.js';
import type { Bench, Room } from './bench.js';
import { timeRow, type Row } from './table.js';

const GOALS: readonly [mode: ProxyMode, name: string, goalMs: number][] = [
  ['refuse', 'refused', 500],
  ['hang', 'hanging', 2_000],
  ['swallow', 'swallowed', 2_000],
];

const BETWEEN_MESSAGES_MS = 15;

/** How long it takes until something is shown that came as an event, when the WebSocket fails in each way. */
export async function firstEvent(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [mode, name, goalMs] of GOALS) {
    const times: number[] = [];
    while (times.length < bench.runs) times.push(await measure(bench, mode));
    rows.push(timeRow(`first event shown, WebSocket ${name}`, times, goalMs, 'one after the other'));
    bench.log(`WebSocket ${name}: ${times.map(Math.round).join(' ')} ms`);
  }
  return rows;
}

/** On a page of its own: a browser slows down a page whose sockets keep failing, which no visitor meets. */
async function measure(bench: Bench, mode: ProxyMode): Promise<number> {
  const room = await bench.room();
  const proxy = await bench.proxy();
  proxy.mode = mode;
  const page = await bench.open({ room, proxy });
  const talk = new Talk(bench, room);
  try {
    await page.begin();
    await page.call('record');
    return (await page.call('firstEvent')) - (await page.call('began'));
  } finally {
    await talk.end();
    await bench.clear();
  }
}

/** Somebody who talks without a break. */
class Talk {
  #over = false;
  #run: Promise<void>;

  constructor(bench: Bench, room: Room) {
    this.#run = this.#talk(bench, room);
    this.#run.catch(() => undefined); // `end` tells
  }

  end(): Promise<void> {
    this.#over = true;
    return this.#run;
  }

  async #talk(bench: Bench, room: Room): Promise<void> {
    for (let n = 1; !this.#over; n++) {
      await bench.post(room, `#${n}`);
      await delay(BETWEEN_MESSAGES_MS);
    }
  }
}
