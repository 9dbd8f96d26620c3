import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import type { CDPSession } from 'playwright-core';
import { PlainBrowser } from '../support/plain-browser.js';
import { FaultProxy } from '../support/proxy.js';
import { command, makeChannel, startDemo } from '../support/server.js';
import { until } from '../support/until.js';
import { Visitor } from '../support/visitor.js';

/** Left in a page: what the browser has told it. */
type Told = Window & { told: { type: string; persisted: boolean | undefined; at: number }[] };

const [server, browser] = await Promise.all([startDemo(), PlainBrowser.start()]);
const { context } = browser;
const keepsPages = await keepsAPage();

let proxy: FaultProxy;
let channel: string;
let channels = 0;
let said: string[];

beforeEach(async () => {
  proxy = await FaultProxy.start(Number(new URL(server.url).port));
  channel = await makeChannel(server, `lifecycle-${channels++}`, ['ada', 'bob']);
  said = [];
});

afterEach(async () => {
  for (const page of context.pages().slice(1)) await page.close();
  await proxy.close();
});

after(async () => {
  await browser.close();
  await server.close();
});

/** A tab of Ada's. */
async function open(webSocket: boolean): Promise<Visitor> {
  const ada = await Visitor.open(browser.browser, proxy.url, 'ada', { channel, webSocket, context });
  await ada.page.evaluate(() => {
    const told: Told['told'] = ((window as unknown as Told).told = []);
    for (const type of ['pagehide', 'pageshow', 'freeze', 'resume'])
      addEventListener(
        type,
        (event) => {
          const { persisted } = event as PageTransitionEvent;
          told.push({ type, persisted, at: performance.now() });
        },
        true,
      );
  });
  return ada;
}

async function told({ page }: Visitor): Promise<string[]> {
  const events = await page.evaluate(() => (window as unknown as Told).told);
  return events.map(({ type, persisted }) => (persisted ? `${type} persisted` : type));
}

/** Bob says something more. */
async function say(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const text = `Message ${said.length + 1}`;
    const path = `/channels/${channel.replace(':', '/')}/message`;
    await command(server, 'bob', 'POST', path, { message: { text } });
    said.push(text);
  }
}

/** Waits for the newest, and looks whether each is there once and in order. */
async function showsAll(visitor: Visitor): Promise<void> {
  await visitor.sees(said.at(-1) ?? '');
  assert.deepEqual(await visitor.texts(), said);
}

/** How many polls there were so far; one that ends a connection is none. */
const polls = () =>
  proxy.log({ transport: 'longpoll' }).filter(({ path }) => !path.includes('close=')).length;

/** Bob says something while the page is away, which lets go of its WebSocket and asks for nothing. */
async function sayMeanwhile(): Promise<void> {
  await until(() => proxy.counts.webSockets === 0);
  const before = polls();
  await say(3);
  assert.equal(polls(), before);
}

/** From when the browser told the page that it was back, until what was said meanwhile was shown. */
async function lateMs({ page }: Visitor, type: string): Promise<number> {
  return page.evaluate((of) => {
    const back = (window as unknown as Told).told.findLast((event) => event.type === of);
    return performance.now() - (back?.at ?? 0);
  }, type);
}

/** Goes back as a visitor does; Playwright's own `goBack` waits for a load, of which there is none. */
async function goBack(tab: CDPSession): Promise<void> {
  const { entries, currentIndex } = await tab.send('Page.getNavigationHistory');
  const { id: entryId = 0 } = entries[currentIndex - 1] ?? {};
  const back = new Promise((resolve) => tab.once('Page.frameNavigated', resolve));
  await tab.send('Page.navigateToHistoryEntry', { entryId });
  await back;
}

/** The visitor comes back to a page that was frozen. */
async function thaw({ page }: Visitor, tab: CDPSession): Promise<void> {
  await tab.send('Page.setWebLifecycleState', { state: 'active' });
  await page.bringToFront();
}

/** Whether this browser keeps pages at all. The headless shell of old does not. */
async function keepsAPage(): Promise<boolean> {
  const page = await context.newPage();
  const tab = await context.newCDPSession(page);
  await tab.send('Page.enable');
  await page.goto(`${server.url}/pages/blank.html`);
  await page.evaluate(() => document.body.setAttribute('data-kept', ''));
  await page.goto(`${server.url}/healthz`);
  await goBack(tab);
  const { result } = await tab.send('Runtime.evaluate', { expression: "'kept' in document.body.dataset" });
  await page.close();
  return result.value === true;
}

for (const webSocket of [true, false]) {
  const way = webSocket ? 'over WebSocket' : 'on long-polling';

  if (keepsPages)
    describe(`a page that is left and come back to, ${way}`, () => {
      it('is kept, lets go of its connection and has it again, each time', async (test) => {
        const ada = await open(webSocket);
        const tab = await context.newCDPSession(ada.page);
        await tab.send('Page.enable');
        await say(3);
        await showsAll(ada);

        for (const time of [1, 2]) {
          await ada.page.goto(`${proxy.url}/healthz`);
          await sayMeanwhile();
          await goBack(tab);

          await showsAll(ada);
          test.diagnostic(`back ${time}: all is shown after ${Math.round(await lateMs(ada, 'pageshow'))} ms`);
          await ada.live(webSocket ? 'websocket' : 'longpoll');
          await say(1);
          await showsAll(ada);
        }

        const once = ['pagehide persisted', 'freeze', 'resume', 'pageshow persisted'];
        assert.deepEqual(await told(ada), [...once, ...once]);
      });
    });

  describe(`a page that the browser freezes, ${way}`, () => {
    it('lets go of its connection, and has it again when it is resumed', async (test) => {
      const ada = await open(webSocket);
      const tab = await context.newCDPSession(ada.page);
      await say(3);
      await showsAll(ada);

      await tab.send('Page.setWebLifecycleState', { state: 'frozen' });
      await until(async () => (await told(ada)).includes('freeze'));
      await sayMeanwhile();
      await thaw(ada, tab);

      await showsAll(ada);
      test.diagnostic(`all is shown after ${Math.round(await lateMs(ada, 'resume'))} ms`);
      await ada.live(webSocket ? 'websocket' : 'longpoll');
      await say(1);
      await showsAll(ada);
      assert.deepEqual(await told(ada), ['freeze', 'resume']);
    });
  });
}

describe('the tab that polls for others', () => {
  /** Two tabs, the one that polls first. */
  async function openTabs(): Promise<[Visitor, Visitor]> {
    const leader = await open(false);
    const follower = await open(false);
    await say(3);
    await showsAll(leader);
    await showsAll(follower);
    return [leader, follower];
  }

  it('is followed by the next when it crashes', async (test) => {
    const [leader, follower] = await openTabs();
    const tab = await context.newCDPSession(leader.page);
    const crashed = leader.page.waitForEvent('crash');

    tab.send('Page.crash').catch(() => undefined); // never answered
    await crashed;
    const began = performance.now();
    await say(3);

    await showsAll(follower);
    test.diagnostic(`all is shown after ${Math.round(performance.now() - began)} ms`);
  });

  it('is followed by the next when it is frozen', async (test) => {
    const [leader, follower] = await openTabs();
    const tab = await context.newCDPSession(leader.page);

    await tab.send('Page.setWebLifecycleState', { state: 'frozen' });
    const began = performance.now();
    await say(3);

    await showsAll(follower);
    test.diagnostic(`all is shown after ${Math.round(performance.now() - began)} ms`);
    await thaw(leader, tab);
    await showsAll(leader);
  });
});
