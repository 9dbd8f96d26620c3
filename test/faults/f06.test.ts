import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages, type Stage } from './stage.js';

const openStage = stages();

/** How many times as fast the page's timers run where the bound is a minute. */
const SPEED = 10;

/** On long-poll, since upgrades fail in this way. */
async function onLongPoll(mode: 'hang' | 'refuse', speed = 1): Promise<Stage> {
  const stage = await openStage({
    speed,
    before: (proxy) => proxy.setMode(mode, { transport: 'websocket' }),
  });
  await stage.page.live('longpoll');
  await stage.page.record();
  return stage;
}

async function upgrades(stage: Stage, began: number): Promise<number> {
  const { page } = stage;
  const { at } = await page.live('websocket');
  await stage.produce();
  expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
  // From the first link on there was always one.
  const carried = page.changes.map(({ transport }) => transport ?? 'nothing');
  expect(carried.join(), 'make before break').to.match(/^(nothing,)*(longpoll,)+websocket$/);
  return at - began;
}

describe('F6 a WebSocket that becomes possible while on long-poll', () => {
  it('is found by itself', async () => {
    const stage = await onLongPoll('hang', SPEED);
    const began = performance.now();
    await stage.rig.proxy.setMode('pass');
    await stage.produce();

    const ms = await upgrades(stage, began);

    await stage.rig.measure('F6 by itself', ms * SPEED, 60_000);
  });

  for (const signal of ['online', 'visible'] as const)
    it(`is tried at once when the page is ${signal}`, async () => {
      const stage = await onLongPoll('refuse');
      await stage.rig.proxy.setMode('pass');
      await stage.produce();
      const began = performance.now();

      if (signal === 'online') stage.page.says('online');
      else stage.page.shows(true);
      const ms = await upgrades(stage, began);

      await stage.rig.measure(`F6 ${signal}`, ms, 2_000);
    });
});
