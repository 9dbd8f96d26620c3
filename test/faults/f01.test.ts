import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

for (const mode of ['refuse', 'reset'] as const) {
  describe(`F1 a WebSocket refused at once (${mode})`, () => {
    it('leaves the visitor live on long-poll, with no word about it', async () => {
      const stage = await openStage({ before: (proxy) => proxy.setMode(mode, { transport: 'websocket' }) });
      const { page, rig } = stage;

      const { at } = await page.live('longpoll');
      await page.record();
      await stage.produce();

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      expect(page.changes.map(({ status }) => status)).to.not.include('reconnecting');
      expect(page.statusText()).to.equal('');
      await rig.measure(`F1 ${mode}`, at - page.openedAt, 500);
    });
  });
}
