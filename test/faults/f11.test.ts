import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

describe('F11 a WebSocket cut off while the server holds it for connected', () => {
  it('is live again and misses nothing', async () => {
    const stage = await openStage({ on: 'websocket' });
    const { page, rig } = stage;
    await stage.produce();
    const { length: since } = await rig.proxy.log();

    const began = performance.now();
    await rig.proxy.cutClients('websocket');
    await rig.proxy.nextUpgrade({ since });
    await page.carried('websocket');

    await rig.measure('F11 websocket', performance.now() - began, 2_000);
    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    expect((await rig.proxy.counts()).servers, 'the server still has the old one').to.be.greaterThan(1);
  });
});
