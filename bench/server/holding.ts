import { setTimeout as delay } from 'node:timers/promises';
import { inParallel } from '../statistics.js';
import { Crowd } from './crowd.js';
import { delays } from './delays.js';
import { Hearer } from './hearer.js';
import type { Report } from './report.js';
import { rooms } from './speak.js';
import { Person, Place, type Target } from './target.js';

const IDLE = 10_000;
const POLLS = 2_000;
const STORM = 5_000;
const STALLED = 1_000;

async function persons(count: number): Promise<Person[]> {
  return inParallel(count, 16, (n) => Person.of(`user-${n}`));
}

/** A server that knows these users: what is stored of them is no cost of their connections. */
async function acquainted(place: Place, people: readonly Person[]): Promise<Target> {
  const target = await place.start();
  (await Crowd.open(people.map((person) => person.socketUrl(target)))).close();
  await settled(target);
  return target;
}

/** Resolves when what the process holds no longer shrinks: ends of connections are noted a few at a time. */
async function settled(target: Target): Promise<void> {
  let held = Infinity;
  for (;;) {
    await delay(3000);
    const now = await target.held();
    if (now > held * 0.995) return;
    held = now;
  }
}

/** What connections cost that only wait. */
export async function idle(report: Report): Promise<void> {
  const place = await Place.make();
  const people = await persons(IDLE);
  const target = await acquainted(place, people);
  const before = await target.held();
  const crowd = await Crowd.open(people.map((person) => person.socketUrl(target)));
  const each = ((await target.held()) - before) / IDLE;
  report.say('Idle WebSockets held', String(crowd.hearers.filter(({ ended }) => !ended).length));
  report.goal('Each idle WebSocket', each / 1024, '≤', 25, ' kB');
  report.say('The whole process then', `${((await target.memory()) / 2 ** 20).toFixed(0)} MB`);
  crowd.close();
  await target.close();
  await place.remove();
}

export async function idlePolls(report: Report): Promise<void> {
  const place = await Place.make();
  const people = await persons(POLLS);
  const target = await acquainted(place, people);
  const before = await target.held();
  const polls = await inParallel(POLLS, 16, (n) => (people[n] as Person).poll(target));
  const held = polls.map((poll) => poll());
  await delay(3000);
  const each = ((await target.held()) - before) / POLLS;
  report.say(`Each idle long-poll of ${POLLS}`, `${(each / 1024).toFixed(1)} kB`);
  await target.close();
  await Promise.all(held);
  await place.remove();
}

/** All come back at once after the server was killed. */
export async function storm(report: Report): Promise<void> {
  const place = await Place.make();
  let target = await place.start();
  const people = await persons(STORM);
  (await Crowd.open(people.map((person) => person.socketUrl(target)))).close();
  await target.close('SIGKILL');
  target = await place.start();
  const began = performance.now();
  let again = 0;
  const opened = await inParallel(STORM, STORM, async (n) => {
    for (;;) {
      try {
        return await Hearer.open((people[n] as Person).socketUrl(target));
      } catch {
        again++;
        await delay(500 + Math.random() * 1000);
      }
    }
  });
  report.goal(`Reconnect storm of ${STORM}, all live`, (performance.now() - began) / 1000, '≤', 30, ' s');
  report.say('Attempts that failed, and were made again', String(again));
  for (const [hearer] of opened) hearer.close();
  await target.close();
  await place.remove();
}

/** Watchers who take nothing any more, and what that costs the server and the others. */
export async function stalled(report: Report): Promise<void> {
  const place = await Place.make();
  const target = await place.start();
  const cids = await rooms(target, 1);
  const slow = await Crowd.watching([target], cids, STALLED);
  // Long events: short ones would fit into what the system itself keeps for each connection.
  const load = { url: target.url, cids, timed: 100, perSecond: 20, filler: 'x'.repeat(4500) };
  const calm = await delays({ ...load, seconds: 20 });
  const before = await target.memory();
  for (const hearer of slow.hearers) hearer.stall();
  let most = 0;
  let done = false;
  const looking = (async () => {
    while (!done) {
      most = Math.max(most, await target.memory());
      await delay(500);
    }
  })();
  const busy = await delays({ ...load, seconds: 60 });
  done = true;
  await looking;
  report.goal(`Memory for ${STALLED} stalled consumers`, (most - before) / 2 ** 20, '≤', 256, ' MB');
  report.say('Connections ended for taking nothing', String(await target.overflowed()));
  report.say('p99 of the others before', `${calm.p99.toFixed(1)} ms`);
  report.goal('p99 of the others meanwhile, to that before', busy.p99 / calm.p99, '≤', 1.2, ' ×');
  slow.close();
  await target.close();
  await place.remove();
}
