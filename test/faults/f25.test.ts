import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

const openStage = stages();

const HOUR_S = 3_600;

for (const transport of TRANSPORTS) {
  describe(`F25 a token that expired while the machine slept (${transport})`, () => {
    it('is renewed before anything is tried', async () => {
      /** How much had been asked of the server when a token was asked for. */
      const asked: number[] = [];
      const stage = await openStage({
        on: transport,
        open: ({ rig, reader }) => ({
          tokenProvider: async () => {
            asked.push((await rig.proxy.log()).length);
            return rig.token(reader, { expSeconds: HOUR_S });
          },
        }),
      });
      const { page, rig } = stage;
      await stage.begins();

      await stage.strands();
      await stage.produce(20);
      await rig.produced();
      const { length: known } = await rig.proxy.log();
      page.sleeps(8 * HOUR_S * 1_000);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      expect(asked.slice(1)).to.deep.equal([known]);
    });
  });
}
