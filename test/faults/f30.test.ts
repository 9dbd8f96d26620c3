import { expect } from '@open-wc/testing';
import type { Page } from '../support/rig/page.js';
import { eventually } from '../support/rig/eventually.js';
import { textsIn } from '../support/rig/recorder.js';
import { NOTHING_WRONG, stages, TRANSPORTS, type Stage } from './stage.js';
import { unsent } from './unsent.js';

const openStage = stages();

/** What was written offline, in the words of the recorder. */
const WRITTEN = ['#1', '#2', '#3'];

/** Writes a message. @returns How long it took to be shown. */
async function write(page: Page, text: string): Promise<number> {
  const list = await page.list();
  let seen = 0;
  const observer = new MutationObserver(() => {
    if (textsIn(list).includes(text)) seen ||= performance.now();
  });
  observer.observe(list, { childList: true, subtree: true });
  const began = performance.now();
  await page.send(text);
  await eventually(() => seen > 0, `${text} in the list`);
  observer.disconnect();
  return seen - began;
}

/** How an own message stands, as the list says it. */
const standing = (list: ShadowRoot): string[] =>
  [...list.querySelectorAll('[part~="message"] [role="img"]')].map(
    (mark) => mark.getAttribute('aria-label') ?? '',
  );

/** Resolves when the browser has stored what was written. */
async function stored({ page, rig, cid }: Stage): Promise<void> {
  const began = performance.now();
  const all = async () => {
    const kept = (await unsent(page)).filter(({ message }) => message.cid === cid);
    return kept.length === WRITTEN.length;
  };
  await eventually(all, 'what was written in the storage');
  await rig.measure('F30 stored after it was shown', performance.now() - began);
}

/** Three messages, written while there was no network. */
async function writtenOffline(stage: Stage): Promise<void> {
  const { page, rig } = stage;
  const since = page.changes.length;
  await rig.proxy.setMode('reset');
  await rig.proxy.reset();
  page.says('offline');
  await page.told('offline', since);
  const waits = [];
  for (const text of WRITTEN) waits.push(await write(page, text));
  await rig.measure('F30 shown', Math.max(...waits), 50);
  expect(await page.texts()).to.deep.equal(WRITTEN);
  expect(standing(await page.list())).to.include('Sending');
  await stored(stage);
}

/** Sent in order, once each, whichever page has done it. */
async function arrive(stage: Stage, page: Page): Promise<void> {
  await page.record();
  expect(await page.recorded(WRITTEN.length)).to.deep.equal(NOTHING_WRONG);
  // The newest of a group has the mark for all.
  await eventually(() => page.sentMark(WRITTEN.at(-1) ?? ''), 'the mark of messages that were sent');
  expect(await stage.stored()).to.deep.equal(WRITTEN);
  expect(await page.texts()).to.deep.equal(WRITTEN);
}

for (const transport of TRANSPORTS) {
  describe(`F30 messages written offline (${transport})`, () => {
    it('are sent by the page that was reloaded', async () => {
      const stage = await openStage({ on: transport });
      await writtenOffline(stage);

      const { page } = stage;
      await page.reload();
      const shown = async () => (await page.texts()).join() === WRITTEN.join();
      await eventually(shown, 'what waits, though there is no network');
      await stage.rig.proxy.clear();

      await arrive(stage, page);
    });

    it('are sent by the next page, once theirs was closed', async () => {
      const stage = await openStage({ on: transport });
      await writtenOffline(stage);

      stage.page.close();
      await stage.rig.proxy.clear();

      await arrive(stage, await stage.openPage({ on: transport }));
    });

    it('are sent once where the server had the first of them already', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      // The server takes it, and nobody hears of that.
      await rig.proxy.setMode('swallow', { transport, to: 'existing' });
      await rig.proxy.addFault({ method: 'POST', path: '/message\\?', mode: 'swallow' });
      await page.send('#1');
      await eventually(async () => (await stage.stored()).length > 0, 'the first message');
      await page.send('#2');
      await page.send('#3');
      await stored(stage);

      await page.reload();
      await rig.proxy.clear();

      await arrive(stage, page);
    });
  });
}
