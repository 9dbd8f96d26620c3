import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

/** The bench does all 23. */
const RESETS = 8;

describe('F12 a WebSocket that is reset again and again', () => {
  it('misses nothing', async () => {
    const stage = await openStage({ on: 'websocket' });
    const { page, rig } = stage;

    for (let i = 0; i < RESETS; i++) {
      await stage.produce(15);
      const { length: since } = await rig.proxy.log();
      const began = performance.now();
      await rig.proxy.reset('websocket');
      await rig.proxy.nextUpgrade({ since });
      await page.carried('websocket');
      await rig.measure('F12 websocket', performance.now() - began, 1_500);
      expect(await stage.wrongs(), `after reset ${i + 1}`).to.deep.equal(NOTHING_WRONG);
    }
  });

  it('opens the channel all the same when the first reset comes before its answer', async () => {
    // The watch reaches the server when its connection is gone.
    const stage = await openStage({
      on: 'websocket',
      before: (proxy) => proxy.setShape({ latencyMs: 300 }, 'http'),
    });
    const { page, rig } = stage;
    const since = page.changes.length;

    await rig.proxy.reset('websocket');
    await page.live('websocket', since + 1);
    await stage.produce(5);

    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
  });
});
