import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import { useFakeTimers } from 'sinon';
import { Clock } from '../src/clock.js';
import { announce } from '../src/deliver.js';
import { createOrder, type Deps } from '../src/deps.js';
import { Heads } from '../src/heads.js';
import { startHousekeeping } from '../src/housekeeping.js';
import { watch } from '../src/http/watch.js';
import { LocalConnection } from '../src/connections.js';
import { Hub } from '../src/hub.js';
import { createMetrics } from '../src/metrics.js';
import { appendEvent, findChannel, insertChannel } from '../src/store/channels.js';
import type { Store } from '../src/store/open.js';
import { eventsSince } from '../src/store/replay.js';
import type { Db } from '../src/store/schema.js';
import { PollStream } from '../src/stream.js';
import { openNew, until } from './support.js';

const DAY = 24 * 60 * 60 * 1_000_000;
const cid = 'messaging:a';

let store: Store;
let db: Db;
before(async () => {
  store = await openNew();
  db = store.db;
});
after(() => store.close());

/** As much of a server as these parts use. */
function parts(now = () => 0): Deps {
  const clock = new Clock(now);
  const hub = new Hub();
  const metrics = createMetrics({ activeUsers: () => Promise.resolve(0), connections: () => 0 });
  const some: Partial<Deps> = {
    ...{ db, hub, metrics, clock },
    heads: new Heads(90),
    inOrder: createOrder(),
    watchedBy: (channelId, userId) => hub.watchedBy(channelId, userId),
    watcherCount: (channelId) => hub.watcherCount(channelId),
    online: (userId) => hub.connected(userId),
    tell: () => Promise.resolve(),
  };
  return some as Deps;
}

async function channel(): Promise<void> {
  await db.deleteFrom('channels').execute();
  const row = { cid, type: 'messaging', id: 'a', data: {}, createdBy: 'ada' };
  await insertChannel(db, row, 0);
}

const updated = (at: number) => appendEvent(db, cid, { type: 'channel.updated', userId: 'ada' }, at);

describe('heads', () => {
  const heads = new Heads(90);
  heads.note('a:1', 7, 100);
  heads.note('a:2', 3, 150);

  it('are those of the channels asked for, whichever are fewer', () => {
    const many = new Set(Array.from({ length: 10 }, (_, n) => `a:${n}`));

    assert.deepEqual(heads.of(new Set(['a:2']), 150), { 'a:2': 3 });
    assert.deepEqual(heads.of(many, 150), { 'a:1': 7, 'a:2': 3 });
    assert.equal(heads.of(new Set(['a:3']), 150), undefined);
    assert.equal(heads.of(new Set(), 150), undefined);
  });

  it('never go back, and are forgotten one by one', () => {
    heads.note('a:2', 2, 160);

    assert.deepEqual(heads.of(new Set(['a:1', 'a:2']), 195), { 'a:2': 3 });
    assert.equal(heads.of(new Set(['a:1', 'a:2']), 260), undefined);
  });
});

describe('announce', () => {
  it('notes the number only once all is told', async () => {
    const deps = parts();
    const heads = () => deps.heads.of(new Set([cid]), 0);

    const before = await announce(deps, { cid, seq: 4 }, () => Promise.resolve(heads()));

    assert.deepEqual([before, heads()], [undefined, { [cid]: 4 }]);
  });

  it('notes it when telling failed: watchers learn that they missed something', async () => {
    const deps = parts();

    await assert.rejects(
      announce(deps, { cid, seq: 4 }, () => Promise.reject(new Error('lost'))),
      /lost/,
    );

    assert.deepEqual(deps.heads.of(new Set([cid]), 0), { [cid]: 4 });
  });
});

describe('watching', () => {
  it('answers the channels as they are once their events are heard, in the order given', async () => {
    await channel();
    const row = (await findChannel(db, cid)) ?? assert.fail();
    const gone = { ...row, cid: 'messaging:gone' };
    const deps = parts();
    const stream = new PollStream('ada', { holdMs: 1, expiryMs: 60_000 });
    deps.hub.add(stream);
    await updated(1);

    const rows = await watch(deps, new LocalConnection(deps, stream), [gone, row]);

    assert.deepEqual([row.seq, rows.map(({ seq }) => seq)], [0, [1]]);
    stream.end();
  });
});

describe('housekeeping', () => {
  let stop: () => Promise<void>;
  const timers = useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  afterEach(() => stop());
  after(() => timers.restore());

  const kept = async () => (await eventsSince(db, [cid], 0, 100)).map(({ seq }) => seq);
  const holds = (wanted: number[]) => until(async () => (await kept()).join() === wanted.join());

  it('removes what is older than 30 days, at once and once a day, and numbers go on', async () => {
    await channel();
    for (const day of [1, 2, 3]) await updated(day * DAY);
    let now = 31.5 * DAY;

    stop = startHousekeeping(parts(() => now / 1000));
    await holds([2, 3]);
    now += DAY;
    timers.tick(DAY / 1000);
    await holds([3]);
    now += DAY;
    timers.tick(DAY / 1000);
    await holds([]);

    assert.equal((await updated(now)).seq, 4);
  });

  it('reports a failure and goes on', async () => {
    await channel();
    await updated(1);
    const report = mock.fn<Deps['report']>();
    const times = [NaN, 40 * DAY];
    const clock = { now: () => times.shift() } as unknown as Clock;

    stop = startHousekeeping({ ...parts(), clock, report });
    await until(() => report.mock.callCount() === 1);
    timers.tick(DAY / 1000);
    await holds([]);

    assert.equal(report.mock.callCount(), 1);
  });
});
