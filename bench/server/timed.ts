import { setTimeout as delay } from 'node:timers/promises';
import { Crowd } from './crowd.js';
import type { Load } from './delays.js';
import { speaker } from './speak.js';
import { Address } from './target.js';

/** So long it speaks before anything is timed: code is compiled as it runs, and the server finds who speaks where. */
const WARM_SECONDS = 3;

/** The process of `delays`: it speaks, and says after how many milliseconds each event arrived. */
async function main(): Promise<void> {
  const { url, cids, timed, perSecond, seconds, filler } = JSON.parse(process.argv[2] ?? '') as Load;
  const target = new Address(url);
  const say = await speaker([target], cids, filler);
  const step = Math.max(1, Math.floor(cids.length / timed));
  const rooms = cids.filter((_, index) => index % step === 0);
  const crowd = await Crowd.watching([target], rooms, Math.max(1, Math.floor(timed / rooms.length)));
  const times: number[] = [];
  let from = Infinity;
  const began: number[] = [];
  for (const hearer of crowd.hearers)
    hearer.onText = (text) => {
      const at = began[Number(/"n":(\d+)/.exec(text)?.[1] ?? -1)];
      if (at !== undefined && at > from) times.push(performance.now() - at);
    };
  const start = performance.now();
  from = start + WARM_SECONDS * 1000;
  const under: Promise<unknown>[] = [];
  for (let n = 0; n < perSecond * (WARM_SECONDS + seconds); n++) {
    const due = start + (n * 1000) / perSecond;
    while (performance.now() < due) await delay(1);
    began[n] = performance.now();
    under.push(say(n % cids.length, n));
  }
  await Promise.all(under);
  await delay(500);
  crowd.close();
  process.send?.(times);
}

await main();
