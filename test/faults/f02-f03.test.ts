import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

const FAULTS = [
  { mode: 'hang', title: 'F2 an upgrade that hangs' },
  { mode: 'swallow', title: 'F3 an upgrade that is accepted and its frames swallowed' },
] as const;

for (const { mode, title } of FAULTS) {
  describe(title, () => {
    it('leaves the visitor live on long-poll', async () => {
      const stage = await openStage({ before: (proxy) => proxy.setMode(mode, { transport: 'websocket' }) });
      const { page, rig } = stage;

      const { at } = await page.live('longpoll');
      await page.record();
      await stage.produce();

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      // "Open" alone never counts as working.
      expect(page.changes.map(({ transport }) => transport)).to.not.include('websocket');
      await rig.measure(title.slice(0, 2), at - page.openedAt, 2_000);
    });
  });
}
