import { setTimeout as delay } from 'node:timers/promises';
import { at, inParallel, summary } from '../statistics.js';
import { Crowd } from './crowd.js';
import type { Hearer } from './hearer.js';
import type { Report } from './report.js';
import { Person, Place, startBroadcaster, type Target } from './target.js';

/** Says something to everybody in a room, and resolves when the server has taken it. */
type Say = (room: number, n: number) => Promise<unknown>;

/** As long as the frames of a short message. */
const FILLER = 'x'.repeat(400);
/** Requests under way at the same time. */
const AT_ONCE = 16;

interface Shape {
  rooms: number;
  each: number;
  /** How often somebody speaks. */
  events: number;
}

const SHAPES: readonly Shape[] = [
  { rooms: 1, each: 1000, events: 600 },
  { rooms: 1000, each: 10, events: 10_000 },
];

/** Deliveries per second, when as much is said as the server takes. */
async function rate(crowd: Crowd, say: Say, { rooms, each, events }: Shape): Promise<number> {
  const once = async (count: number) => {
    crowd.forget();
    const began = performance.now();
    await inParallel(count, AT_ONCE, (n) => say(n % rooms, n));
    await crowd.heardAll(count * each);
    return (count * each * 1000) / (performance.now() - began);
  };
  await once(Math.ceil(events / 4)); // warms up
  const rates = [await once(events), await once(events), await once(events)];
  return summary(rates).median;
}

/** Of so many watchers the arrivals are timed: to time them all would be most of the work. */
const TIMED = 40;

/** From before the request to the arrival at a watcher, in milliseconds, while so many events are said a second. */
export async function delays(crowd: Crowd, say: Say, rooms: number, perSecond: number, seconds: number) {
  const times: number[] = [];
  const began: number[] = [];
  const step = Math.max(1, Math.floor(crowd.hearers.length / TIMED));
  // The last of all, too: it is served last.
  const timed = crowd.hearers.filter((_, index) => (index + 1) % step === 0);
  for (const hearer of timed)
    hearer.onText = (text) => {
      const n = /"n":(\d+)/.exec(text)?.[1];
      const at = began[Number(n ?? -1)];
      if (at !== undefined) times.push(performance.now() - at);
    };
  const rest = readNowAndThen(crowd.hearers.filter((hearer) => !timed.includes(hearer)));
  const start = performance.now();
  const under: Promise<unknown>[] = [];
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = start + (n * 1000) / perSecond;
    while (performance.now() < due) await delay(1);
    began[n] = performance.now();
    under.push(say(n % rooms, n));
  }
  await Promise.all(under);
  await delay(500);
  rest();
  for (const hearer of timed) hearer.onText = undefined;
  const sorted = times.toSorted((a, b) => a - b);
  return { p50: at(sorted, 0.5), p99: at(sorted, 0.99) };
}

/**
 * Lets connections take what came only now and then, all at once: to read each event of a thousand connections as it
 * comes costs this process more than the server, and would be what is measured.
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

/** Events of the application's own kind: they are told, and not stored. */
export async function speaking(
  targets: readonly Target[],
  rooms: number,
  filler = FILLER,
): Promise<{ cids: string[]; say: Say }> {
  const ada = await Person.of('ada');
  const [first] = targets as [Target];
  await ada.ask(first, '/users', { users: { ada: { id: 'ada' } } });
  const cids = await inParallel(rooms, AT_ONCE, async (room) => {
    await ada.ask(first, `/channels/livestream/room-${room}/query`, { state: false });
    return `livestream:room-${room}`;
  });
  const say: Say = (room, n) => {
    const target = targets[n % targets.length] as Target;
    return ada.ask(target, `/channels/livestream/room-${room}/event`, { event: { type: 'tap', n, filler } });
  };
  return { cids, say };
}

async function bare(shape: Shape): Promise<number> {
  const target = await startBroadcaster();
  const urls = Array.from(
    { length: shape.rooms * shape.each },
    (_, n) => `${target.url}/${Math.floor(n / shape.each)}`,
  );
  const crowd = await Crowd.open(urls);
  const say: Say = (room, n) =>
    target.post(`/${room}`, { type: 'tap', n, filler: FILLER + FILLER.slice(0, 250) });
  try {
    return await rate(crowd, say, shape);
  } finally {
    crowd.close();
    await target.close();
  }
}

export async function fanout(report: Report): Promise<void> {
  for (const shape of SHAPES) {
    const name = `${shape.rooms} × ${shape.each}`;
    const least = await bare(shape);
    report.say(`Fan-out ${name}, bare broadcaster`, `${Math.round(least)} deliveries/s`);
    const place = await Place.make();
    const target = await place.start();
    const { cids, say } = await speaking([target], shape.rooms);
    const crowd = await Crowd.watching([target], cids, shape.each);
    const ours = await rate(crowd, say, shape);
    report.say(`Fan-out ${name}, this server`, `${Math.round(ours)} deliveries/s`);
    report.goal(`Fan-out ${name}, this server to the bare one`, ours / least, '≥', 1, '×');
    // Near its most the server sends several events at once, which costs less than one by one: half of that is much.
    for (const [load, most] of [
      ['half load', ours],
      ["half of the bare one's load", least],
    ] as const) {
      const { p50, p99 } = await delays(crowd, say, shape.rooms, most / 2 / shape.each, 5);
      report.say(`Delivery ${name} at ${load}, p50`, `${p50.toFixed(1)} ms`);
      report.goal(`Delivery ${name} at ${load}, p99`, p99, '≤', 50, ' ms');
    }
    crowd.close();
    await target.close();
    await place.remove();
  }
}

/** How fan-out grows from one process to two, on one Postgres and Redis. */
export async function growth(report: Report, places: readonly Place[]): Promise<void> {
  const [shape] = SHAPES as [Shape];
  let one = 0;
  for (const count of [1, 2]) {
    const targets = await Promise.all(places.slice(0, count).map((place) => place.start()));
    const { cids, say } = await speaking(targets, 1);
    const crowd = await Crowd.watching(targets, cids, shape.each);
    const ours = await rate(crowd, say, shape);
    if (count === 1) one = ours;
    report.say(
      `Fan-out 1 × 1000 with Redis, ${count} process${count > 1 ? 'es' : ''}`,
      `${Math.round(ours)} deliveries/s`,
    );
    if (count === 2) report.say('Fan-out from 1 process to 2', `${(ours / one).toFixed(2)} ×`);
    crowd.close();
    await Promise.all(targets.map((target) => target.close()));
  }
}
