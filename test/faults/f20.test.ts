import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

/** How many times as fast everybody's time goes. */
const SPEED = 10;

const openStage = stages('shared', { pollHoldMs: 20_000 / SPEED });

/** The bench waits fifteen. */
const HIDDEN_MS = 3 * 60_000;
const MINUTE_MS = 60_000;

describe('F20 a hidden tab whose timers run once a minute', () => {
  it('is not taken for dead, and counts what is unread', async () => {
    const stage = await openStage({ pages: 0 });
    for (const on of TRANSPORTS) await stage.openPage({ on, speed: SPEED });
    const { pages } = stage;
    for (const page of pages) {
      page.shows(false);
      page.throttles(MINUTE_MS);
    }
    const changes = pages.map((page) => page.changes.length);

    const [{ clock: began }] = pages as [(typeof pages)[0]];
    await eventually(() => stage.page.clock - began >= HIDDEN_MS, 'three minutes');
    await stage.produce(20);
    for (const page of pages) {
      expect(await stage.wrongs(page)).to.deep.equal(NOTHING_WRONG);
      expect(page.client.channels.find(stage.cid)?.state.value.unread).to.equal(20);
    }

    expect(pages.map((page) => page.changes.length)).to.deep.equal(changes);
  });
});
