import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

const openStage = stages();

/**
 * Limits and waits of the page run so many times as fast. Chromium lets a page whose WebSockets fail wait up to 5 s
 * for the next one, at its own speed: the page's 15 s for a greeting must leave room for that.
 */
const SPEED = 3;

for (const transport of TRANSPORTS) {
  describe(`F17 a browser that says it is online, without a network (${transport})`, () => {
    it('is told that it reconnects, tries on, and misses nothing', async () => {
      const stage = await openStage({ on: transport, speed: SPEED });
      const { page, rig } = stage;
      const since = page.changes.length;

      await rig.proxy.setMode('blackhole');
      await rig.proxy.reset('longpoll'); // a poll that is held is only doubted after 27 s
      page.says('online');
      await page.told('reconnecting', since);
      await stage.produce();
      const { length: tried } = await rig.proxy.log();
      await eventually(async () => (await rig.proxy.log()).length > tried + 1, 'two more attempts');
      await rig.proxy.clear();
      // As a network does when it is back, for what was sent meanwhile. Chromium keeps a preflight whose request was
      // given up, and with it one of the six connections it has for a host.
      await rig.proxy.reset();
      await page.live(transport, since + 1);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      const shown = page.changes.slice(since).map(({ status }) => status);
      expect(shown).to.not.include.members(['offline', 'blocked']);
    });
  });
}
