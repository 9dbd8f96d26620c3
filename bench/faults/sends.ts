import type { Bench } from './bench.js';
import { inParallel } from '../statistics.js';
import { countRow, type Row } from './table.js';

/** Pages, each with a channel of its own, and what each of them sends. */
const PAGES = 4;
const EACH = 25;

/** Each send is taken by the server and every reply lost, before its first byte or in its midst: events alone tell. */
const CUTS = [{ after: 0 }, { after: 10, of: 'body' }] as const;

const LIMIT_MS = 120_000;

/** What becomes of messages of which the server's replies get lost. */
export async function sends(bench: Bench): Promise<Row[]> {
  const all = await inParallel(PAGES, PAGES, (visitor) => sendAll(bench, visitor));
  const sum = (key: keyof Sent) => all.reduce((total, sent) => total + sent[key], 0);
  const counted = `${sum('doubled')}/${sum('stored')}/${sum('misplaced')}`;
  const goal = `0/${PAGES * EACH}/0`;
  const figure = `doubled/stored/misplaced of ${PAGES * EACH} sends, replies cut`;
  const note = `${PAGES} pages at once, in the store and in the list; ${sum('cut')} replies cut`;
  return [countRow(figure, counted, goal, counted === goal && sum('cut') >= PAGES * EACH, note)];
}

interface Sent {
  doubled: number;
  stored: number;
  misplaced: number;
  cut: number;
}

async function sendAll(bench: Bench, visitor: number): Promise<Sent> {
  const room = await bench.room();
  const proxy = await bench.proxy();
  const page = await bench.open({ room, proxy, on: 'websocket' });
  const path = '/message\\?';
  const texts = Array.from({ length: EACH }, (_, i) => `Message ${i + 1}`);
  proxy.addFault({ method: 'POST', path, cut: CUTS[visitor % CUTS.length] ?? CUTS[0], times: 0 });
  for (const text of texts) await page.call('send', text);
  // The last of a group alone has a mark, and they go in order.
  await page.call('sent', texts.at(-1) ?? '', LIMIT_MS);
  const cut = proxy
    .log({ method: 'POST', path: '/message(\\?|$)' })
    .filter(({ met }) => met.startsWith('cut'));
  const stored = await bench.stored(room);
  const shown = await page.call('texts');
  return {
    doubled: twice(stored) + twice(shown),
    stored: new Set(stored).size,
    misplaced: [stored, shown].flatMap((list) => texts.filter((text, i) => list[i] !== text)).length,
    cut: cut.length,
  };
}

/** How many are there that are there already. */
function twice(texts: readonly string[]): number {
  return texts.length - new Set(texts).size;
}
