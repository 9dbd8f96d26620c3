import { expect } from '@open-wc/testing';
import type { Page } from '../support/rig/page.js';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

const TABS = 3;

/** What becomes of the tab that polls. */
const ENDS: Record<string, (page: Page) => void> = {
  closed: (page) => page.close(),
  // No word to the others: the browser alone sees to it that the lock is free.
  crashed(page) {
    page.window.BroadcastChannel.prototype.postMessage = () => undefined;
    page.close();
  },
  frozen: (page) => page.freezes(true),
};

for (const [end, happens] of Object.entries(ENDS)) {
  describe(`F39 the tab that polls for others is ${end}`, () => {
    it('is followed by another, and nothing is lost', async () => {
      const stage = await openStage({ on: 'longpoll', pages: TABS });
      const { pages, rig } = stage;
      await stage.produce(5);
      for (const page of pages) await stage.wrongs(page);
      const leader = pages.find(({ sockets }) => sockets.requests);
      if (!leader) throw new Error('No tab polls.');
      const others = pages.filter((page) => page !== leader);
      const since = others.map(({ changes }) => changes.length);

      await stage.produce(20, 50);
      const began = performance.now();
      happens(leader);
      const live = [];
      for (const [at, page] of others.entries()) live.push((await page.live('longpoll', since[at])).at);

      await rig.measure(`F39 ${end}`, Math.max(...live) - began, 2_000);
      for (const page of others) expect(await stage.wrongs(page)).to.deep.equal(NOTHING_WRONG);
      expect(others.map(({ sockets }) => sockets.requests).toSorted()).to.deep.equal([0, 1]);
    });
  });
}
