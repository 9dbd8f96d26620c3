import { inParallel, summary } from '../statistics.js';
import { Crowd } from './crowd.js';
import { delays } from './delays.js';
import type { Report } from './report.js';
import { AT_ONCE, bareSpeaker, FILLER, rooms as makeRooms, speaker, type Say } from './speak.js';
import { Place, startBroadcaster, type Target } from './target.js';

/** Of so many watchers the arrivals are timed. */
const TIMED = 40;

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

async function bare(shape: Shape): Promise<number> {
  const target = await startBroadcaster();
  const urls = Array.from(
    { length: shape.rooms * shape.each },
    (_, n) => `${target.url}/${Math.floor(n / shape.each)}`,
  );
  const crowd = await Crowd.open(urls);
  const say = bareSpeaker(target);
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
    const cids = await makeRooms(target, shape.rooms);
    const say = await speaker([target], cids);
    const crowd = await Crowd.watching([target], cids, shape.each);
    const ours = await rate(crowd, say, shape);
    report.say(`Fan-out ${name}, this server`, `${Math.round(ours)} deliveries/s`);
    report.goal(`Fan-out ${name}, this server to the bare one`, ours / least, '≥', 1, '×');
    const load = { url: target.url, cids, timed: TIMED, filler: FILLER, seconds: 5 };
    const atLoad = (deliveries: number) =>
      delays({ ...load, perSecond: deliveries / shape.each }, { crowd, deliveries });
    const { p50, p99 } = await atLoad(Math.min(ours, least) / 2);
    report.say(`Delivery ${name} at half the load of the slower one, p50`, `${p50.toFixed(1)} ms`);
    report.goal(`Delivery ${name} at half the load of the slower one, p99`, p99, '≤', 50, ' ms');
    // Near its most it sends several events at once, which costs less than one by one: half of that is much.
    const most = await atLoad(ours / 2);
    report.say(`Delivery ${name} at half of its own most, p99`, `${most.p99.toFixed(1)} ms`);
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
    const cids = await makeRooms(targets[0] as Target, 1);
    const say = await speaker(targets, cids);
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
