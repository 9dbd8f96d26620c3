import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

describe('F4 a WebSocket that is slow but works', () => {
  it('is what the visitor ends on, with one switch at most', async () => {
    const stage = await openStage({
      before: (proxy) => proxy.setShape({ latencyMs: 400, bytesPerSecond: 8_000 }),
    });
    const { page, rig } = stage;

    const { at } = await page.live('websocket');
    await page.record();
    await stage.produce(8, 400);

    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    const carried = page.changes.map(({ transport }) => transport).filter(Boolean);
    const switches = carried.filter((transport, i) => i > 0 && transport !== carried[i - 1]);
    expect(switches.length).to.be.at.most(1);
    expect(page.changes.at(-1)?.transport).to.equal('websocket');
    await rig.measure('F4 to WebSocket', at - page.openedAt);
  });
});
