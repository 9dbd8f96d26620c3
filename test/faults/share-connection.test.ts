import { expect } from '@open-wc/testing';
import { Page } from '../support/rig/page.js';
import { NOTHING_WRONG, stages, type Stage } from './stage.js';

const openStage = stages();
const TABS = 3;

async function openTabs(stage: Stage): Promise<Page[]> {
  const tabs: Page[] = [];
  for (let i = 0; i < TABS; i++) {
    const tab = await Page.open(stage.rig, {
      user: stage.reader,
      channel: stage.cid,
      attributes: { 'share-connection': '' },
    });
    stage.pages.push(tab);
    tabs.push(tab);
    await tab.live('websocket');
    await tab.record();
  }
  return tabs;
}

const sockets = (tabs: readonly Page[]) =>
  tabs.reduce((sum, tab) => sum + (tab.window ? tab.sockets.webSockets : 0), 0);

describe('tabs that share a connection', () => {
  it('have one WebSocket between them, and miss nothing', async () => {
    const stage = await openStage({ pages: 0 });
    const tabs = await openTabs(stage);

    await stage.produce();

    for (const tab of tabs) expect(await stage.wrongs(tab)).to.deep.equal(NOTHING_WRONG);
    expect(sockets(tabs)).to.equal(1);
    expect((await stage.rig.proxy.counts()).webSockets).to.equal(1);
  });

  it('go on when the one that had it is closed', async () => {
    const stage = await openStage({ pages: 0 });
    const [first, ...others] = await openTabs(stage);
    const since = others.map(({ changes }) => changes.length);
    await stage.produce();
    const began = performance.now();

    first?.close();
    for (const [i, tab] of others.entries()) await tab.live('websocket', since[i]);
    await stage.rig.measure('share-connection take-over', performance.now() - began, 2_000);
    await stage.produce();

    for (const tab of others) expect(await stage.wrongs(tab)).to.deep.equal(NOTHING_WRONG);
    expect(sockets(others)).to.equal(1);
  });
});
