import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { requestsOf, type SentRequest } from '../support/rig/requests.js';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

const openStage = stages();

/** How many times as fast a page's time goes that has to wait for its next try. */
const SPEED = 5;

const syncsIn = (sent: readonly SentRequest[]) => sent.filter(({ path }) => path === '/sync');

/** From when on the first of the channels, which is the open one, was asked for; each time but once. */
const cursorsIn = (sent: readonly SentRequest[]) => {
  const cids = (sync: SentRequest) => JSON.stringify(sync.body['channel_cids']);
  const [first, ...others] = syncsIn(sent);
  const same = others.filter((other) => first && cids(other) === cids(first));
  return new Set([first, ...same].map((sync) => sync?.body['last_sync_at']));
};

const UNAVAILABLE = { status: 503, body: '{"code":-1,"message":"Not now.","StatusCode":503}' };

for (const transport of TRANSPORTS) {
  describe(`F35 events that come while a page is recovering (${transport})`, () => {
    it('wait for what was missed before them', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      await stage.begins();
      await rig.proxy.setShape({ latencyMs: 100 }, 'http');
      const sent = requestsOf(page);
      const shown: number[] = [];
      page.client.on('message.new', () => shown.push(performance.now()));

      await stage.breaks();
      await stage.produce(29, 30);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      const [sync] = syncsIn(sent);
      expect(Math.min(...shown)).to.be.at.least(sync?.ended ?? Infinity);
    });

    it('are not shown as complete while the server cannot tell what was missed', async () => {
      const stage = await openStage({ on: transport, speed: SPEED });
      const { page, rig } = stage;
      await stage.begins();
      await rig.proxy.addFault({ path: '/sync', times: 0, answer: UNAVAILABLE });
      const sent = requestsOf(page);

      await stage.breaks();
      await stage.produce(29, 10);
      await rig.produced();
      await eventually(() => syncsIn(sent).length > 0, 'a first try');
      // What the connection before had still brought.
      const had = await page.texts();
      expect(had).to.have.length.below(30);
      // The third is asked for after an answer that came when all had been said.
      const { length: before } = syncsIn(sent);
      await eventually(() => syncsIn(sent).length > before + 1, 'another two tries');

      expect(page.client.isLive).to.equal(false);
      expect(await page.texts()).to.deep.equal(had);
      await rig.proxy.clear();
      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      expect(cursorsIn(sent)).to.have.length(1);
      await eventually(() => page.client.isLive, 'live again');
    });

    it('are not taken for the whole of a channel whose first load got lost', async () => {
      const lost = { method: 'POST', path: '/channels\\?', times: 2, cut: { after: 0 } };
      const stage = await openStage({ on: transport, before: (proxy) => proxy.addFault(lost) });

      await stage.produce(10, 10);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      expect((await stage.rig.proxy.state()).faults, 'faults left over').to.deep.equal([]);
    });

    it('are recovered on the next connection when this one breaks', async () => {
      const stage = await openStage({ on: transport, speed: SPEED });
      const { page, rig } = stage;
      await stage.begins();
      await rig.proxy.addFault({ path: '/sync', times: 3, mode: 'reset' });
      const sent = requestsOf(page);

      await stage.breaks();
      await stage.produce(29, 10);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      expect(cursorsIn(sent)).to.have.length(1);
      expect(syncsIn(sent).length).to.be.greaterThan(1);
    });
  });
}
