import { expect } from '@open-wc/testing';
import type { Fault } from '../support/proxy.js';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

const POLL = { transport: 'longpoll' } as const;

/** More at a time would be a drop: two polls in a row may not fail. */
const ROUNDS = 4;

/** How a poll's answer, or the news that it arrived, gets lost. */
const FAULTS: Record<string, Fault> = {
  'lost in its midst': { ...POLL, cut: { after: 20, of: 'body' } },
  'delivered, and its acknowledgement lost': { ...POLL, mode: 'reset' },
};

for (const [how, fault] of Object.entries(FAULTS)) {
  describe(`F13 a poll's answer ${how}`, () => {
    it('is shown once', async () => {
      const stage = await openStage({ on: 'longpoll' });
      const { rig } = stage;

      for (let round = 0; round < ROUNDS; round++) {
        await stage.produce(20, 10);
        await rig.proxy.addFault(fault);
        await eventually(async () => !(await rig.proxy.state()).faults.length, 'the fault met');
        await rig.produced();
      }

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    });
  });
}
