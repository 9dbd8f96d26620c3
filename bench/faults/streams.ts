import { setTimeout as delay } from 'node:timers/promises';
import type { TransportName } from '../../src/transport/transport.js';
import type { FaultProxy } from '../../test/support/proxy.js';
import type { Bench, Room } from './bench.js';
import type { Recorded } from './hand.js';
import type { BenchPage } from './page.js';
import { countRow, failedRow, type Row } from './table.js';

/** Messages of a stream, and how far apart. */
const COUNT = 2_000;
const EVERY_MS = 10;

/** After the last message was taken. */
const LIMIT_MS = 60_000;

/** For a visitor who goes up to what is missing. */
const UP_MS = 20_000;

/** Every third fault comes right after another one, into the midst of the recovery. */
const AGAIN_WITHIN_MS = 700;

interface Kind {
  title: string;
  times: number;
  /** Whether the server is to be killed, which then is one of its own. */
  own?: true;
  strike(proxy: FaultProxy, room: Room): Promise<void> | void;
}

const KINDS = {
  resets: { title: 'resets', times: 25, strike: (proxy) => proxy.reset() },
  cuts: { title: 'client-side cuts', times: 10, strike: (proxy) => proxy.cutClients() },
  restarts: {
    title: 'server restarts',
    times: 10,
    own: true,
    strike: async (_, { server }) => {
      await server.kill();
      await server.start();
    },
  },
} satisfies Record<string, Kind>;

const TRANSPORTS: readonly TransportName[] = ['websocket', 'longpoll'];

/** What of a stream of numbered messages the list shows wrongly while the network fails, in one case for each kind. */
export function streams(name: keyof typeof KINDS): (bench: Bench) => Promise<Row[]> {
  const kind = KINDS[name];
  return async (bench) => {
    const rows: Row[] = [];
    for (const transport of TRANSPORTS) {
      const figure = `lost/doubled/misordered of ${COUNT}, ${kind.times} ${kind.title}, ${transport}`;
      const row = await stream(bench, kind, transport, figure).catch((error: unknown) =>
        failedRow(figure, error),
      );
      bench.log(`${row.figure}: ${row.cells[0]} ${row.note}`);
      rows.push(row);
      await bench.clear();
    }
    return rows;
  };
}

async function stream(bench: Bench, kind: Kind, on: TransportName, figure: string): Promise<Row> {
  const room = await bench.room(kind.own && (await bench.ownServer()));
  const proxy = await bench.proxy(room.server);
  const page = await bench.open({ room, proxy, on });
  const producer = bench.producer(room);
  const began = performance.now();
  producer.start({ count: COUNT, everyMs: EVERY_MS });
  const struck = strikeAll(kind, page, () => kind.strike(proxy, room));
  await Promise.all([struck, producer.finished()]);
  const tookS = (performance.now() - began) / 1000;
  await page.call('reaches', COUNT, LIMIT_MS);
  const wrongs = await page.call('recorded', COUNT);
  const { lost, doubled, misordered, gap } = wrongs;
  const counted = [lost, doubled, misordered].map(({ length }) => length).join('/');
  const notes = [
    `in ${tookS.toFixed(0)} s`,
    gap && 'a gap was marked',
    lost.length && (await foundAbove(page, wrongs)),
  ];
  return countRow(figure, counted, '0/0/0', counted === '0/0/0', notes.filter(Boolean).join('; '));
}

/** Spreads the faults over the stream by what was shown of it. */
async function strikeAll(
  { times }: Kind,
  page: BenchPage,
  strike: () => Promise<void> | void,
): Promise<void> {
  for (let i = 1; i <= times; i++) {
    if (i % 3 === 0) await delay(Math.random() * AGAIN_WITHIN_MS);
    else await page.call('passes', Math.floor((i * COUNT) / (times + 1)), LIMIT_MS);
    await strike();
  }
}

/** What of the lost ones a visitor finds who goes up to where they are missing. */
async function foundAbove(page: BenchPage, { lost, gap }: Recorded): Promise<string> {
  if (gap) await page.call('goUp', COUNT, UP_MS);
  const still = await page.call('recorded', COUNT);
  const found = lost.length - still.lost.length;
  return `missing ${spans(lost)}; ${found} of them shown on the way up`;
}

/** Numbers in order, as `1-3, 7`. */
function spans(numbers: readonly number[]): string {
  const parts: [from: number, to: number][] = [];
  for (const n of numbers) {
    const last = parts.at(-1);
    if (last?.[1] === n - 1) last[1] = n;
    else parts.push([n, n]);
  }
  return parts.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}
