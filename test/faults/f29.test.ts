import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { stages, TRANSPORTS } from './stage.js';

const openStage = stages();

for (const transport of TRANSPORTS) {
  describe(`F29 a message that was stored, and the reply lost (${transport})`, () => {
    it('is stored once, shown once and marked as sent', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      await rig.proxy.addFault({ method: 'POST', path: '/message\\?', cut: { after: 0 } });

      const began = performance.now();
      await page.send('Once and only once');
      await eventually(() => page.sentMark('Once and only once'), 'the mark of a message that was sent');
      await rig.measure(`F29 ${transport}`, performance.now() - began, 5_000);

      expect(await stage.stored()).to.deep.equal(['Once and only once']);
      expect(await page.texts()).to.deep.equal(['Once and only once']);
      expect((await rig.proxy.state()).faults, 'faults left over').to.deep.equal([]);
    });
  });
}
