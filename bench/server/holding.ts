import { setTimeout as delay } from 'node:timers/promises';
import { inParallel } from '../faults/statistics.js';
import { Crowd } from './crowd.js';
import { delays, speaking } from './fanout.js';
import { Hearer } from './hearer.js';
import type { Report } from './report.js';
import { Person, Place, type Target } from './target.js';

const IDLE = 10_000;
const POLLS = 2_000;
const STORM = 5_000;
const STALLED = 1_000;

async function persons(count: number): Promise<Person[]> {
  return inParallel(count, 16, (n) => Person.of(`user-${n}`));
}

/** The lowest of some looks: what is garbage by then is nobody's. */
async function settledMemory(target: Target): Promise<number> {
  const looks: number[] = [];
  for (let n = 0; n < 6; n++) {
    looks.push(await target.memory());
    await delay(500);
  }
  return Math.min(...looks);
}

/** What connections cost that only wait. */
export async function idle(report: Report): Promise<void> {
  const place = await Place.make();
  const target = await place.start();
  // What the code and the store need once is not the connections'.
  const early = await Crowd.open((await persons(200)).map((person) => person.socketUrl(target)));
  early.close();
  const before = await settledMemory(target);
  const people = await persons(IDLE);
  const crowd = await Crowd.open(people.map((person) => person.socketUrl(target)));
  const each = ((await settledMemory(target)) - before) / IDLE;
  report.say('Idle WebSockets held', String(crowd.hearers.filter(({ ended }) => !ended).length));
  report.goal('Each idle WebSocket', each / 1024, '≤', 25, ' kB');
  crowd.close();
  await target.close();
  await place.remove();
}

export async function idlePolls(report: Report): Promise<void> {
  const place = await Place.make();
  const target = await place.start();
  const early = await Crowd.open((await persons(200)).map((person) => person.socketUrl(target)));
  early.close();
  const before = await settledMemory(target);
  const polls = await inParallel(POLLS, 16, async (n) => (await Person.of(`user-${n}`)).poll(target));
  const held = polls.map((poll) => poll());
  await delay(3000);
  const each = ((await settledMemory(target)) - before) / POLLS;
  report.say(`Each idle long-poll of ${POLLS}`, `${(each / 1024).toFixed(0)} kB`);
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
        // As clients do, which are told to come later.
        await delay(500 + Math.random() * 1000);
      }
    }
  });
  report.goal(`Reconnect storm of ${STORM}, all live`, (performance.now() - began) / 1000, '≤', 30, ' s');
  report.say('Attempts that were told to come later', String(again));
  for (const [hearer] of opened) hearer.close();
  await target.close();
  await place.remove();
}

/** Watchers who take nothing, and what that costs the server and the others. */
export async function stalled(report: Report): Promise<void> {
  const place = await Place.make();
  const target = await place.start();
  const { cids, say } = await speaking([target], 1);
  const others = await Crowd.watching([target], cids, 100);
  const calm = await delays(others, say, 1, 20, 10);
  const before = await settledMemory(target);
  const slow = await Crowd.watching([target], cids, STALLED);
  for (const hearer of slow.hearers) hearer.stall();
  let most = 0;
  let done = false;
  const looking = (async () => {
    while (!done) {
      most = Math.max(most, await target.memory());
      await delay(200);
    }
  })();
  const busy = await delays(others, say, 1, 20, 30);
  done = true;
  await looking;
  report.goal(`Memory for ${STALLED} stalled consumers`, (most - before) / 2 ** 20, '≤', 256, ' MB');
  report.say('p99 of the others before', `${calm.p99.toFixed(1)} ms`);
  report.goal('p99 of the others meanwhile, to that before', busy.p99 / calm.p99, '≤', 1.2, ' ×');
  others.close();
  slow.close();
  await target.close();
  await place.remove();
}
