import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

const openStage = stages();

const HOUR_MS = 3_600_000;

/** The open channel and the list, and what each has missed. */
const QUERIES = 4;

for (const transport of TRANSPORTS) {
  describe(`F21 a page that is frozen, and resumed an hour later (${transport})`, () => {
    it('is live again without a burst, and misses nothing', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      await stage.begins();

      page.freezes(true);
      await eventually(() => !page.sockets.webSockets && !page.sockets.requests, 'no open socket');
      await stage.produce(20);
      await rig.produced();
      page.sleeps(HOUR_MS);
      const { length: known } = await rig.proxy.log();
      const woke = performance.now();
      page.freezes(false);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      await rig.measure(`F21 ${transport}`, performance.now() - woke, 5_000);
      const tried = await rig.proxy.log({ since: known });
      const queries = tried.filter(({ method, path }) => method === 'POST' && !path.includes('/read'));
      expect(queries.length).to.be.at.most(QUERIES);
      expect(tried.filter((each) => each.transport === 'websocket').length).to.be.at.most(1);
    });
  });
}
