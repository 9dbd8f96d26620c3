import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

const openStage = stages();

for (const transport of TRANSPORTS) {
  describe(`F16 a browser that says it is offline, then online (${transport})`, () => {
    it('is told so, tries nothing meanwhile and misses nothing', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      await stage.begins();
      const since = page.changes.length;

      const left = performance.now();
      page.says('offline');
      const { at: toldAt } = await page.told('offline', since);
      const { length: known } = await rig.proxy.log();
      await stage.produce();
      await rig.produced();
      // A poll's end is told to the server, as far as that is still possible.
      const tried = (await rig.proxy.log({ since: known })).filter(({ path }) => !path.includes('close='));
      const back = performance.now();
      page.says('online');
      const { at } = await page.live(transport, since + 1);

      expect(tried).to.deep.equal([]);
      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      await rig.measure(`F16 offline ${transport}`, toldAt - left, 200);
      await rig.measure(`F16 online ${transport}`, at - back, 1_000);
    });
  });
}
