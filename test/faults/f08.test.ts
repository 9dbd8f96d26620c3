import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

describe('F8 a proxy that holds every body until its end', () => {
  it('delays nothing on long-poll', async () => {
    const stage = await openStage({ on: 'longpoll' });
    const { page, rig } = stage;

    await rig.proxy.setMode('hold');
    await stage.produce(100, 10);
    await rig.produced();
    const began = performance.now();

    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    await rig.measure('F8 after the last', performance.now() - began, 1_000);
    expect(page.changes.at(-1)?.transport).to.equal('longpoll');
  });
});
