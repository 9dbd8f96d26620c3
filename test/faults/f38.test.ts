import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages();

/** One more than the connections that a browser has for one host. */
const TABS = 7;

describe(`F38 ${TABS} tabs on long-polling, over HTTP/1.1`, () => {
  it('have one poll between them, and all are live and can ask', async () => {
    const stage = await openStage({ on: 'longpoll', pages: TABS });
    const { pages, rig } = stage;
    const { length: since } = await rig.proxy.log();

    await stage.produce();
    for (const page of pages) expect(await stage.wrongs(page)).to.deep.equal(NOTHING_WRONG);
    const took = pages.map(async ({ client }) => {
      const began = performance.now();
      await client.queryChannels();
      return performance.now() - began;
    });
    await rig.measure('F38 a REST call', Math.max(...(await Promise.all(took))), 1_000);

    expect(pages.filter(({ client }) => client.isLive)).to.have.length(TABS);
    expect(pages.map(({ sockets }) => sockets.requests).filter(Boolean)).to.deep.equal([1]);
    const polls = await rig.proxy.log({ transport: 'longpoll', since });
    const polled = polls.map(({ path }) => new URL(path, rig.url).searchParams.get('connection_id'));
    expect(new Set(polled)).to.have.length(1);
  });
});
