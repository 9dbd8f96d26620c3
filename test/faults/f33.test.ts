import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages, TRANSPORTS, type Stage } from './stage.js';

/** Two pages and a bit more than the newest one. */
const MISSED = 75;

/** Why a server does not tell what was missed. Real ones would take long to bring about. */
const REASONS = {
  'too much was said': 'Too many events to sync, please use a more recent last_sync_at',
  'it was too long ago': 'last_sync_at may lie 30 days back',
};

/** Where the list says that messages are missing. */
const gapOf = async ({ page }: Stage): Promise<Element | null> =>
  (await page.list()).querySelector('[part~="gap"]');

describe('F33 where the server cannot tell what was missed', () => {
  const openStage = stages();

  for (const transport of TRANSPORTS) {
    for (const [why, message] of Object.entries(REASONS)) {
      it(`because ${why}, a page shows the newest and a gap, and fills it when asked (${transport})`, async () => {
        const stage = await openStage({ on: transport });
        const { page, rig } = stage;
        await stage.produce(5);
        expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        const since = page.changes.length;

        await rig.proxy.setMode('reset');
        await rig.proxy.reset();
        await page.dropped(since);
        await stage.produce(MISSED, 1);
        await rig.produced();
        const body = JSON.stringify({
          code: 4,
          StatusCode: 400,
          message: `Sync failed with error: "${message}"`,
        });
        await rig.proxy.addFault({ method: 'POST', path: '^/sync', answer: { status: 400, body }, times: 0 });
        await rig.proxy.setMode('pass');
        await page.live(transport, since);
        const gap = await eventually(() => gapOf(stage), 'the mark of a gap');
        expect(gap.textContent).to.contain('Some messages are missing here');
        expect(await page.texts()).to.include('#80');

        await eventually(async () => {
          const left = await gapOf(stage);
          left?.querySelector('button')?.click();
          return !left;
        }, 'the end of the gap');
        expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        expect(await page.texts()).to.deep.equal(await stage.stored());
      });
    }
  }
});

describe('F33 a server that was put back from a copy', () => {
  const openStage = stages('own');

  for (const transport of TRANSPORTS) {
    it(`has the page forget what is no more, and go on (${transport})`, async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      const again = async (restart: () => Promise<void>) => {
        const since = page.changes.length;
        await restart();
        await page.live(transport, since);
        await stage.produce(5);
        expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      };

      await stage.produce(5);
      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      await again(() => rig.copyStore());
      await again(() => rig.restoreStore());

      const stored = await stage.stored();
      expect(stored).to.have.lengthOf(10);
      expect(await page.texts()).to.deep.equal(stored);
    });
  }
});
