import { fanout, growth } from './server/fanout.js';
import { idle, idlePolls, stalled, storm } from './server/holding.js';
import { Report } from './server/report.js';
import { Place } from './server/target.js';
import { writes } from './server/writes.js';
import { startCluster, type Cluster } from '../server/test/cluster.js';
import { Redis } from '../server/test/redis.js';

// Measures the built server (`npm run build`) beside a bare broadcaster, one after the other on the same cores, and
// prints a table. Times depend on the machine; what is to be reached is marked with "!" where it was not.

process.setMaxListeners(0); // each server that it starts ends with it

async function withPostgres<T>(run: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const cluster: Cluster = await startCluster('on');
  const redis = await Redis.start();
  try {
    return await run({ DATABASE_URL: await cluster.database(), REDIS_URL: redis.url });
  } finally {
    await redis.stop();
    await cluster.stop();
  }
}

const CASES: Readonly<Record<string, (report: Report) => Promise<unknown>>> = {
  fanout,
  async writes(report) {
    const place = await Place.make();
    await writes(report, 'embedded store', [place]);
    await place.remove();
    await withPostgres(async (env) => {
      const places = [await Place.make(env), await Place.make(env)];
      const one = await writes(report, 'Postgres and Redis, 1 process', places.slice(0, 1));
      const two = await writes(report, 'Postgres and Redis, 2 processes', places);
      report.say('Messages from 1 process to 2', `${(two / one).toFixed(2)} ×`);
      for (const each of places) await each.remove();
    });
  },
  growth: (report) =>
    withPostgres(async (env) => {
      const places = [await Place.make(env), await Place.make(env)];
      await growth(report, places);
      for (const each of places) await each.remove();
    }),
  idle,
  polls: idlePolls,
  storm,
  stalled,
};

async function main(): Promise<void> {
  const [arg = `--only=${Object.keys(CASES).join(',')}`] = process.argv.slice(2);
  const [, names] = /^--only=(.+)$/.exec(arg) ?? [];
  if (!names)
    throw new Error(`${arg} is not understood. Take --only= with ${Object.keys(CASES).join(', ')}.`);
  const report = new Report();
  for (const name of names.split(',')) {
    const run = CASES[name];
    if (!run) throw new Error(`There is no case "${name}"; there are ${Object.keys(CASES).join(', ')}.`);
    await run(report);
  }
  console.log(report.toString());
  if (report.missed) console.log(`\n${report.missed} goals were not reached.`);
}

await main();
