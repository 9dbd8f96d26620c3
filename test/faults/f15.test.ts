import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages } from './stage.js';

/** How many times as fast everybody's time goes. */
const SPEED = 20;

const openStage = stages('shared', { pollHoldMs: 20_000 / SPEED });

const UNANSWERED = { transport: 'longpoll', mode: 'hang' } as const;

describe('F15 a poll that is never answered', () => {
  it('is asked again, and nobody notices', async () => {
    const stage = await openStage({ on: 'longpoll', speed: SPEED });
    const { page, rig } = stage;
    await stage.begins();
    const since = page.changes.length;

    await rig.proxy.addFault(UNANSWERED);
    await stage.produce(5); // ends the poll that is held, so that the next one comes
    const hung = await eventually(
      async () => (await rig.proxy.log()).find(({ met }) => met === 'hang'),
      'a poll that hangs',
    );
    const again = await rig.proxy.nextPoll({ since: hung.n });

    await rig.measure('F15 asked again', (again.at - hung.at) * SPEED);
    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    expect(page.changes.slice(since)).to.deep.equal([]);
  });

  it('is a loss the second time', async () => {
    const stage = await openStage({ on: 'longpoll', speed: SPEED });
    const { page, rig } = stage;
    await stage.begins();
    const since = page.changes.length;

    await rig.proxy.addFault({ ...UNANSWERED, times: 2 });
    await stage.produce(5);
    const dropped = await page.dropped(since);
    await stage.produce(5);
    const { at } = await page.live('longpoll', since + 1);

    await rig.measure('F15 live after a drop', (at - dropped.at) * SPEED);
    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
  });
});
