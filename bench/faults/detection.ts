import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, OpenOptions } from './bench.js';
import type { BenchPage } from './page.js';
import { inParallel } from '../statistics.js';
import { timeRow, type Row } from './table.js';

/** Pages that open at the same time: more of them would only wait for each other. */
const OPEN_AT_ONCE = 5;

/** Silence after which a client asks for proof of life. */
const PING_MS = 20_000;

/** For what is bound to happen, and when it does not. */
const LIMIT_MS = 150_000;

/** A page, and what it alone has. */
type Placed = Omit<OpenOptions, 'on'> & { page: BenchPage };

/** As many pages as there are runs, each with a network of its own. */
async function places(bench: Bench, before: (placed: Placed) => Promise<unknown>): Promise<Placed[]> {
  return inParallel(bench.runs, OPEN_AT_ONCE, async () => {
    const options = { room: await bench.room(), proxy: await bench.proxy() };
    const placed = { ...options, page: await bench.open(options) };
    await before(placed);
    return placed;
  });
}

/** How long it takes until a client knows that its WebSocket is half open. */
export async function halfOpen(bench: Bench): Promise<Row[]> {
  const all = await places(bench, ({ page }) => bench.begin(page, 'websocket'));
  const times = await Promise.all(
    all.map(async ({ page, proxy, room }, i) => {
      await bench.post(room, 'The last word');
      await page.call('shown', ['The last word']);
      await delay((PING_MS * i) / all.length);
      const since = await page.call('changed');
      const began = await page.call('time');
      proxy.setMode('blackhole');
      return (await page.call('dropped', since, LIMIT_MS)).at - began;
    }),
  );
  const note = `${all.length} pages at once, cut off 0 to ${PING_MS / 1000} s after their last event`;
  return [timeRow('half-open WebSocket detected', times, 25_000, note)];
}

/** How long it takes until a client is back on WebSocket, once upgrades pass again. */
export async function upgrade(bench: Bench): Promise<Row[]> {
  const all = await places(bench, async ({ page, proxy }) => {
    proxy.setMode('hang', { transport: 'websocket' });
    await bench.begin(page, 'longpoll');
  });
  const times = await Promise.all(
    all.map(async ({ page, proxy }) => {
      const since = await page.call('changed');
      const began = await page.call('time');
      proxy.setMode('pass', { transport: 'websocket', to: 'new' });
      return (await page.call('live', 'websocket', since, LIMIT_MS)).at - began;
    }),
  );
  return [timeRow('back on WebSocket', times, 60_000, `${all.length} pages at once`)];
}
