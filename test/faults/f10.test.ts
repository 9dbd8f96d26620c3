import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

/** How many times as fast the page's time goes. */
const SPEED = 10;

describe('F10 a WebSocket that is half open while nothing is said', () => {
  it('is noticed, and what was said is not lost', async () => {
    const stage = await openStage({ on: 'websocket', speed: SPEED });
    const { page, rig } = stage;
    await stage.begins();
    const since = page.changes.length;

    const began = performance.now();
    await rig.proxy.setMode('blackhole');
    const dropped = await page.dropped(since);
    const shown = await page.told('reconnecting', since);
    await stage.produce();
    await rig.proxy.clear();
    await page.live('websocket', since + 1);

    await rig.measure('F10 noticed', (dropped.at - began) * SPEED, 25_000);
    await rig.measure('F10 shown', (shown.at - began) * SPEED, 27_000);
    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
  });
});
