import type { Attempt } from '../../test/support/proxy.js';
import type { TransportName } from '../../src/transport/transport.js';
import type { Bench } from './bench.js';
import { inParallel } from '../statistics.js';
import { timeRow, type Row } from './table.js';

const AT_ONCE = 3;

const NAPS_MS = [60_000, 3_600_000, 8 * 3_600_000];

/** Said while the machine sleeps. */
const MISSED = Array.from({ length: 20 }, (_, i) => `#${i + 1}`);

/** What a server says to a poll of a connection that it has given up. */
const GIVEN_UP = {
  transport: 'longpoll',
  answer: { status: 404, body: '{"code":46,"message":"This connection has ended.","StatusCode":404}' },
} as const satisfies { transport: Attempt['transport']; answer: object };

/** How long it takes after a sleep until all is shown that was said meanwhile, on a network that is another one. */
export async function wake(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const transport of ['websocket', 'longpoll'] as const) {
    const times = await inParallel(bench.runs, AT_ONCE, (i) =>
      measure(bench, transport, NAPS_MS[i % NAPS_MS.length] as number),
    );
    bench.log(`wake, ${transport}: ${times.map(Math.round).join(' ')} ms`);
    const note = `${AT_ONCE} pages at once; slept for 1 min, 1 h and 8 h in turn`;
    rows.push(timeRow(`wake to live and whole, ${transport}`, times, 5_000, note));
    await bench.clear();
  }
  return rows;
}

async function measure(bench: Bench, on: TransportName, napMs: number): Promise<number> {
  const room = await bench.room();
  const proxy = await bench.proxy();
  const page = await bench.open({ room, proxy, on });
  proxy.strand();
  for (const text of MISSED) await bench.post(room, text);
  if (napMs > 60_000) proxy.addFault(GIVEN_UP);
  const woke = await page.call('time');
  await page.call('sleeps', napMs);
  const shown = (await page.call('shown', MISSED)) - woke;
  await page.close();
  return shown;
}
