import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

/** How many times as fast everybody's time goes, the server's and the middlebox's too. */
const SPEED = 10;
const KILLED_AFTER_MS = 30_000 / SPEED;

const openStage = stages('shared', { pollHoldMs: 20_000 / SPEED });

/** The bench waits ten. */
const IDLE_MS = 2 * 60_000;

describe('F9 a middlebox that cuts what has been idle for 30 s', () => {
  it('finds nothing to cut', async () => {
    const stage = await openStage({
      pages: 0,
      before: (proxy) => proxy.setShape({ idleKillMs: KILLED_AFTER_MS }),
    });
    for (const on of TRANSPORTS) await stage.openPage({ on, speed: SPEED });
    const pages = stage.pages;
    const changes = pages.map((page) => page.changes.length);

    const began = pages.map(({ clock }) => clock);
    await eventually(() => pages.every(({ clock }, i) => clock - began[i]! >= IDLE_MS), 'two minutes');

    expect(pages.map((page) => page.changes.length)).to.deep.equal(changes);
    await stage.produce();
    for (const page of pages) expect(await stage.wrongs(page)).to.deep.equal(NOTHING_WRONG);
  });
});
