import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { sentMark } from '../support/page.js';
import { command, makeChannel, startDemo, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const WRITTEN = ['Before the crash, 1', 'Before the crash, 2', 'Before the crash, 3'];

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let channel: string;
let channels = 0;

before(async () => {
  [server, browser] = await Promise.all([startDemo(), launchBrowser()]);
});

beforeEach(async () => {
  channel = await makeChannel(server, `crash-${channels++}`, ['ada', 'bob']);
  context = await browser.newContext({ viewport: { width: 900, height: 700 } });
});

afterEach(() => context.close());

after(async () => {
  await browser.close();
  await server.close();
});

/** A page with Ada's session, in the same browser as those before. */
async function open(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${server.url}/pages/blank.html`);
  const session = `<chat-session api-key="demo" base-url="/" user="ada" token-url="/demo/token" channel="${channel}"></chat-session>`;
  await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), session);
  await page.locator('message-composer').getByRole('textbox').waitFor();
  return page;
}

/** Ends its process, as a lack of memory does: nothing runs in it any more. Then its tab is closed. */
async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  // Never answered, since who should do so is gone.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

async function write(page: Page, text: string): Promise<void> {
  const composer = page.locator('message-composer').getByRole('textbox');
  await composer.fill(text);
  await composer.press('Enter');
  await page.locator('message-list').getByText(text, { exact: true }).waitFor();
}

/** What the browser has stored of messages that were not sent, as JSON. */
function unsent(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const all = databases.map(
      ({ name = '' }) =>
        new Promise((resolve) => {
          const opening = indexedDB.open(name);
          opening.onsuccess = () => {
            const store = opening.result.transaction('messages').objectStore('messages');
            const reading = store.getAll();
            reading.onsuccess = () => {
              opening.result.close();
              resolve(reading.result);
            };
          };
        }),
    );
    return JSON.stringify(await Promise.all(all));
  });
}

async function stored(): Promise<string[]> {
  const path = `/channels/${channel.replace(':', '/')}/query`;
  const answer = await command(server, 'ada', 'POST', path, { state: true });
  return (answer as { messages: { text: string }[] }).messages.map(({ text }) => text);
}

describe('messages written offline in a page that crashes', () => {
  for (const way of ['over WebSocket', 'where there is none']) {
    it(`are sent by the next page, in order and once, ${way}`, async () => {
      if (way === 'where there is none')
        await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'WebSocket'));
      const page = await open();
      await write(page, 'Online');
      await sentMark(page, 'Online').waitFor();
      await context.setOffline(true);
      for (const text of WRITTEN) await write(page, text);
      await until(async () => {
        const kept = await unsent(page);
        return WRITTEN.every((text) => kept.includes(text));
      });

      await crash(page);
      await context.setOffline(false);
      const next = await open();
      await sentMark(next, WRITTEN.at(-1) ?? '').waitFor();

      assert.deepEqual(await stored(), ['Online', ...WRITTEN]);
      for (const text of WRITTEN)
        assert.equal(await next.locator('message-list').getByText(text, { exact: true }).count(), 1);
    });
  }
});
