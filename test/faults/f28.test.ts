import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';
import { Tokens } from './tokens.js';

const openStage = stages();

const HOUR_S = 3_600;
const HOUR_MS = HOUR_S * 1_000;
const DAY_MS = 24 * HOUR_MS;

/** What a page's clock is ahead of the server's. */
const CLOCKS = { '1 h ahead': HOUR_MS, '1 h behind': -HOUR_MS, '1 d ahead': DAY_MS, '1 d behind': -DAY_MS };

/** What a page calls the present day of the server. */
function nameOfToday(wrongBy: number): string {
  const here = new Date(Date.now() + wrongBy).toDateString();
  // What has not come yet is now.
  return wrongBy < 0 || here === new Date().toDateString() ? 'Today' : 'Yesterday';
}

for (const transport of TRANSPORTS) {
  for (const [title, wrongBy] of Object.entries(CLOCKS)) {
    describe(`F28 a clock that is ${title} (${transport})`, () => {
      it('changes neither the order of messages nor how often a token is asked for', async () => {
        let given: Tokens['given'] = [];
        const stage = await openStage({
          on: transport,
          open: (opening) => {
            const tokens = new Tokens(opening, HOUR_S);
            ({ given } = tokens);
            return { host: { clock: String(wrongBy) }, tokenProvider: tokens.provide };
          },
        });
        const { page, rig } = stage;

        await stage.produce(3);
        expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        await page.send('Mine');
        await eventually(() => page.sentMark('Mine'), 'the mark of a message that was sent');
        await stage.produce(3);
        expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        const since = page.changes.length;
        await rig.proxy.setMode('reset');
        await rig.proxy.reset();
        await page.dropped(since);
        await stage.produce(3);
        await rig.produced();
        await rig.proxy.clear();

        expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        expect(await page.texts()).to.deep.equal(await stage.stored());
        expect(given).to.have.lengthOf(1);
        const day = (await page.list()).querySelector('[part~="day-separator"]')?.textContent.trim();
        expect(day).to.equal(nameOfToday(wrongBy));
      });
    });
  }
}
