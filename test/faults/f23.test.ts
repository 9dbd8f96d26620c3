import { expect } from '@open-wc/testing';
import type { Page } from '../support/rig/page.js';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

const openStage = stages();

/** How many times as fast the page's time goes. */
const SPEED = 3;

/** By what a page may notice that it has moved to another network. */
const SIGNS: Record<string, (page: Page) => unknown> = {
  'the browser says that it is online': (page) => page.says('online'),
  'the visitor comes back': (page) => page.shows(true),
  'the visitor sends': (page) => page.send('Is anybody there?'),
};
if ('connection' in navigator)
  SIGNS['the browser tells of another network'] = (page) => page.changesNetwork();

for (const transport of TRANSPORTS) {
  for (const [sign, happens] of Object.entries(SIGNS)) {
    describe(`F23 from Wi-Fi to cellular, and ${sign} (${transport})`, () => {
      it('is live on the new network, and misses nothing', async () => {
        const stage = await openStage({ on: transport, speed: SPEED });
        const { page, rig } = stage;
        await stage.begins();

        await stage.strands();
        await stage.produce(20);
        await rig.produced();
        const began = performance.now();
        await happens(page);

        expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        await rig.measure(`F23 ${sign} ${transport}`, (performance.now() - began) * SPEED, 5_000);
      });
    });
  }
}
