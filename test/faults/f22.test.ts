import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

const openStage = stages();

for (const transport of TRANSPORTS) {
  describe(`F22 a page that is put aside for the back button (${transport})`, () => {
    it('holds no socket and no lock, and is live again when it is back', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      await stage.begins();
      const since = page.changes.length;

      page.putsAside(true);
      await eventually(async () => {
        const { webSockets, requests, locks } = await page.holdings();
        return !webSockets && !requests && !locks;
      }, 'a page that holds nothing');
      await stage.produce();
      await rig.produced();
      const back = performance.now();
      page.putsAside(false);
      const { at } = await page.live(transport, since);

      await rig.measure(`F22 ${transport}`, at - back, 1_000);
      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    });
  });
}
