import { setTimeout as delay } from 'node:timers/promises';
import type { Holdings } from '../../test/support/rig/page-browser.js';
import type { FaultProxy } from '../../test/support/proxy.js';
import type { Bench } from './bench.js';
import type { BenchPage } from './page.js';
import { countRow, type Row } from './table.js';

const ROUNDS = 1_000;

/** Rounds before the first measure: what is fetched and cached once is no leak. */
const WARM_UP = 50;

/** How many times as fast the page's time goes: its waits between attempts are not what is measured. */
const SPEED = 20;

/** What is held for a while and given back. */
const SETTLE_MS = 15_000;

/** Until a session has all that it fetches ahead, which listens, too. */
const FETCH_MS = 3_000;

const HEAP_GOAL = 1024 * 1024;

/** What a page still holds after a thousand reconnects. */
export async function reconnects(bench: Bench): Promise<Row[]> {
  const proxy = await bench.proxy();
  const page = await bench.open({ room: await bench.room(), proxy, on: 'websocket', speed: SPEED });
  const round = async () => {
    const since = await page.call('changed');
    proxy.reset();
    await page.call('dropped', since);
    await page.call('retry');
    await page.call('carried');
    await page.call('ready');
    await page.call('forget');
  };
  await warmUp(round);
  await delay(FETCH_MS);
  const before = await page.call('holdings');
  return [await measure(bench, { figure: `left after ${ROUNDS} reconnects`, page, proxy, before, round })];
}

/** What a page still holds after as many sessions that came and went. */
export async function attaches(bench: Bench): Promise<Row[]> {
  const proxy = await bench.proxy();
  const page = await bench.open({ room: await bench.room(), proxy });
  let n = 0;
  const round = async () => {
    await page.begin();
    // Some go before they are live, and some are moved, which is neither.
    if (++n % 10 === 0) await delay(Math.random() * 50);
    else await page.call('live');
    if (n % 10 === 5) await page.call('move');
    await page.call('end');
  };
  const before = await page.call('holdings');
  await warmUp(round);
  const figure = `left after ${ROUNDS} attached and detached`;
  return [await measure(bench, { figure, page, proxy, before, round })];
}

interface Trial {
  figure: string;
  page: BenchPage;
  proxy: FaultProxy;
  /** What is held when nothing is left over. */
  before: Holdings;
  round: () => Promise<void>;
}

async function warmUp(round: () => Promise<void>): Promise<void> {
  for (let i = 0; i < WARM_UP; i++) await round();
}

async function measure(bench: Bench, { figure, page, proxy, before, round }: Trial): Promise<Row> {
  await settled(page, before);
  const heap = await page.heap();
  for (let i = 1; i <= ROUNDS; i++) {
    await round();
    if (i % 200 === 0) bench.log(`${figure}: ${i} rounds, heap ${megabytes((await page.heap()) - heap)}`);
  }
  const left = await settled(page, before);
  const grown = (await page.heap()) - heap;
  const counts = proxy.counts.webSockets - before.webSockets;
  const parts = [...Object.values<number>({ ...left }), counts].join('/');
  const met = /^[0/]+$/.test(parts) && grown <= HEAP_GOAL;
  const kinds = [...Object.keys(left), 'webSockets at the proxy'].join(', ');
  return countRow(
    figure,
    `${parts}, ${megabytes(grown)}`,
    '0, ≤ 1 MB',
    met,
    `${kinds}; heap after collection`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(2)} MB`;
}

/** What is held beyond `before`, once that is nothing or the time is over. */
async function settled(page: BenchPage, before: Holdings): Promise<Holdings> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const now = await page.call('holdings');
    const left = Object.entries(now).map(([key, count]) => [key, count - before[key as keyof Holdings]]);
    const beyond = Object.fromEntries(left) as Holdings;
    if (Object.values(beyond).every((count: number) => count <= 0) || performance.now() > end) return beyond;
    await delay(200);
  }
}
