import { expect } from '@open-wc/testing';
import { GIVEN_UP, NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

const openStage = stages();

/** How many times as fast the page's time goes. */
const SPEED = 4;

const NAPS = { '1 min': 60_000, '1 h': 3_600_000, '8 h': 8 * 3_600_000 };

for (const transport of TRANSPORTS) {
  for (const [nap, ms] of Object.entries(NAPS)) {
    describe(`F19 a laptop that slept for ${nap} (${transport})`, () => {
      it('shows what was said meanwhile', async () => {
        const stage = await openStage({ on: transport, speed: SPEED });
        const { page, rig } = stage;
        await stage.begins();

        await stage.strands();
        await stage.produce(20);
        await rig.produced();
        if (ms > 60_000) await rig.proxy.addFault(GIVEN_UP);
        const woke = performance.now();
        page.sleeps(ms);

        expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        await rig.measure(`F19 ${nap} ${transport}`, (performance.now() - woke) * SPEED, 5_000);
        await page.carried(transport);
        expect(page.changes.map(({ status }) => status)).to.not.include('blocked');
      });
    });
  }
}
