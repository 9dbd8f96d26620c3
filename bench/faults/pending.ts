import type { FaultMode, FaultProxy } from '../../test/support/proxy.js';
import type { Bench, Room } from './bench.js';
import type { BenchPage } from './page.js';
import { inParallel } from '../statistics.js';
import { countRow, type Row } from './table.js';

const VISITORS = 4;
const EACH = 25;

/** Why a message waits: the browser is offline, its request hangs, or its reply does though the server has it. */
const WAITS = ['offline', 'hang', 'swallow'] as const;

const LIMIT_MS = 45_000;

/** What becomes of messages that wait when their page is loaded again or its renderer is killed. */
export async function pending(bench: Bench): Promise<Row[]> {
  const all = await inParallel(VISITORS, VISITORS, (i) => visit(bench, i));
  const survived = all.reduce((sum, each) => sum + each.survived, 0);
  const figure = `pending messages of ${VISITORS * EACH}, reloads and killed renderers`;
  const problems = all.flatMap(({ problem }) => problem);
  const note = [`${VISITORS} visitors at once, half and half`, ...problems].join('; ');
  return [
    countRow(
      figure,
      `${survived}`,
      `${VISITORS * EACH}`,
      survived === VISITORS * EACH && !problems.length,
      note,
    ),
  ];
}

async function visit(bench: Bench, visitor: number): Promise<{ survived: number; problem: string[] }> {
  const room = await bench.room();
  const proxy = await bench.proxy();
  const texts = Array.from({ length: EACH }, (_, i) => `Message ${i + 1}`);
  let page = await bench.open({ room, proxy, on: 'websocket' });
  const problem: string[] = [];
  for (const [i, text] of texts.entries()) {
    const kill = (i + visitor) % 2 === 1;
    const wait = WAITS[i % WAITS.length] ?? 'hang';
    await keepWaiting(page, proxy, wait, text);
    page = kill ? await killed(bench, { page, room, proxy }) : await reloaded(bench, page, proxy);
    await page.call('sent', text, LIMIT_MS).catch((error: unknown) => {
      problem.push(`${text} (${wait}, ${kill ? 'killed' : 'reloaded'}): ${String(error).split('\n')[0]}`);
    });
    if (i % 5 === 4) bench.log(`pending: visitor ${visitor + 1} came back ${i + 1} times`);
  }
  const stored = await bench.stored(room);
  const once = texts.filter((text) => stored.filter((each) => each === text).length === 1);
  if (stored.join() !== texts.join()) problem.push(`stored: ${stored.join()}`);
  return { survived: once.length, problem };
}

/** Has a message shown that the server has not acknowledged. */
async function keepWaiting(
  page: BenchPage,
  proxy: FaultProxy,
  why: (typeof WAITS)[number],
  text: string,
): Promise<void> {
  await page.call('keeps');
  if (why === 'offline') await page.call('says', 'offline');
  else proxy.addFault({ method: 'POST', path: '/message\\?', mode: why satisfies FaultMode, times: 0 });
  const posted = why === 'swallow' && proxy.nextRequest({ method: 'POST', path: '/message\\?' });
  await page.call('send', text);
  await page.call('shown', [text], LIMIT_MS);
  await posted;
}

async function reloaded(bench: Bench, page: BenchPage, proxy: FaultProxy): Promise<BenchPage> {
  proxy.clear();
  await page.reload();
  await page.call('record');
  return page;
}

async function killed(
  bench: Bench,
  { page, room, proxy }: { page: BenchPage; room: Room; proxy: FaultProxy },
): Promise<BenchPage> {
  await page.crash();
  proxy.clear();
  const next = await bench.open({ room, proxy, after: page });
  await next.begin();
  await next.call('record');
  return next;
}
