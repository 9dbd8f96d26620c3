import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

/** How many times as fast the page's time goes. */
const SPEED = 5;

// Polls are left out: what one of them has lost is repeated by the next (F13).
describe('F37 the last event before a channel goes quiet gets lost (websocket)', () => {
  it('is noticed by the next heartbeat, and no connection is given up', async () => {
    const stage = await openStage({ on: 'websocket', speed: SPEED });
    const { page, rig } = stage;
    await stage.produce(3);
    await stage.wrongs();
    const { length: since } = page.changes;

    await rig.dropFrame('"text":"#4"');
    await stage.produce(1);
    await rig.frameDropped();
    const lost = performance.now();

    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    await rig.measure('F37 websocket', (performance.now() - lost) * SPEED, 25_000);
    expect(page.changes.slice(since)).to.deep.equal([]);
    expect((await rig.proxy.counts()).webSockets).to.equal(1);
  });
});
