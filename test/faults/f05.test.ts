import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

for (const mode of ['reset', 'hang'] as const) {
  describe(`F5 a WebSocket that worked, before every upgrade began to fail (${mode})`, () => {
    it('is followed by long-poll', async () => {
      const stage = await openStage({ on: 'websocket' });
      const { page, rig } = stage;
      await stage.produce();
      const since = page.changes.length;

      await rig.proxy.setMode(mode, { transport: 'websocket' });
      await rig.proxy.reset('websocket');
      const dropped = await page.dropped(since);
      const { at } = await page.live('longpoll', since);

      await rig.measure(`F5 ${mode}`, at - dropped.at, 3_000);
      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    });
  });
}
