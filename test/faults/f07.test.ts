import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages } from './stage.js';

const openStage = stages('own');

describe('F7 a server that is killed and started again', () => {
  it('has every page back on WebSocket, and none remembers long-poll', async () => {
    const stage = await openStage({ on: 'websocket', pages: 3 });
    const { pages, rig } = stage;
    await stage.produce();
    const since = pages.map(({ changes }) => changes.length);

    await rig.server.kill();
    await Promise.all(pages.map((page, i) => page.dropped(since[i])));
    await rig.server.start();
    const began = performance.now();
    const lives = await Promise.all(pages.map((page, i) => page.live('websocket', since[i])));

    for (const page of pages) expect(await stage.wrongs(page)).to.deep.equal(NOTHING_WRONG);
    expect(Object.values(sessionStorage).join()).to.not.contain('longpoll');
    await rig.measure('F7 websocket', Math.max(...lives.map(({ at }) => at)) - began);
  });

  it('loses nothing on long-poll either', async () => {
    const stage = await openStage({ on: 'longpoll' });
    const { page, rig } = stage;
    await stage.produce();
    const since = page.changes.length;

    await rig.server.kill();
    await page.dropped(since);
    await rig.server.start();
    const began = performance.now();
    const { at } = await page.live('longpoll', since);

    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    await rig.measure('F7 longpoll', at - began);
  });
});
