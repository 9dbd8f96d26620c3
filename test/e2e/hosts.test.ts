import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { sentMark } from '../support/page.js';
import { PIXEL } from '../support/pixel.js';
import { startDemo, type TestServer } from '../support/server.js';
import { Visitor } from '../support/visitor.js';

let server: TestServer;
let browser: Browser;
let page: Page;
let faults: string[];

before(async () => {
  [server, browser] = await Promise.all([startDemo(), launchBrowser()]);
});

afterEach(async () => {
  await page.context().close();
});

after(async () => {
  await browser.close();
  await server.close();
});

/** Opens a demo page and keeps whatever the browser complains of: policy, errors, missing files. */
async function open(path: string): Promise<void> {
  page = await (await browser.newContext({ viewport: { width: 1000, height: 760 } })).newPage();
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`${violatedDirective} ${blockedURI}`),
    );
  });
  await page.goto(`${server.url}/${path}`);
}

function composer() {
  return page.locator('message-composer').getByRole('textbox');
}

async function say(text: string): Promise<void> {
  await composer().fill(text);
  await composer().press('Enter');
  await sentMark(page, text).waitFor();
}

describe('the script tag', () => {
  it('fetches an element that a page places later, whose choices are stored with the user', async () => {
    await open('script-tag.html');
    await composer().waitFor();
    const place = () =>
      page.evaluate(() => {
        const session = document.querySelector('chat-session') as HTMLElement;
        const another = session.cloneNode() as HTMLElement;
        another.append(document.createElement('privacy-settings'));
        session.replaceWith(another);
      });

    await place();
    const typing = page.getByRole('switch', { name: 'Show when I am typing' });
    const stored = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await typing.uncheck();
    await stored;
    await page.reload();
    await composer().waitFor();
    await place();
    await typing.and(page.locator(':not(:checked)')).waitFor();

    await typing.check();
    assert.deepEqual(faults, []);
  });
});

describe('the demo pages', () => {
  it('show two users side by side who hear each other', async () => {
    await open('index.html');
    const [ada, bob] = ["Ada's chat", "Bob's chat"].map((title) =>
      page.frameLocator(`iframe[title="${title}"]`),
    );
    await ada?.locator('#status').getByText('live over websocket').waitFor();
    await bob?.locator('#status').getByText('live over websocket').waitFor();

    await ada?.locator('message-composer').getByRole('textbox').fill('Side by side');
    await ada?.locator('message-composer').getByRole('textbox').press('Enter');

    await bob?.locator('message-list').getByText('Side by side', { exact: true }).waitFor();
    assert.deepEqual(faults, []);
  });

  it('switch one side to polling and the other not', async () => {
    await open('index.html');
    const ada = page.frameLocator('iframe[title="Ada\'s chat"]');
    const bob = page.frameLocator('iframe[title="Bob\'s chat"]');
    await ada.locator('#status').getByText('live over websocket').waitFor();

    await ada.getByRole('checkbox', { name: 'WebSocket' }).uncheck();

    await ada.locator('#status').getByText('live over longpoll').waitFor();
    await bob.locator('#status').getByText('live over websocket').waitFor();
  });

  it('turn dark and right to left, inside as well', async () => {
    await open('index.html');
    await page.getByLabel('Theme').selectOption('dark');
    await page.getByLabel('Right to left').check();

    const side = page.frameLocator('iframe[title="Ada\'s chat"]').locator('chat-session');
    const seen = await side.evaluate((element) => {
      const { colorScheme, direction } = getComputedStyle(element);
      return { colorScheme, direction };
    });

    assert.deepEqual(seen, { colorScheme: 'dark', direction: 'rtl' });
  });

  it('need one tag and one element', async () => {
    await open('script-tag.html');
    await say('From the shortest page');

    assert.deepEqual(faults, []);
  });

  it('break no rule of a strict policy', async () => {
    await open('cms.html');
    await say('From behind a strict policy');
    await page.locator('message-composer input').setInputFiles(PIXEL);
    await page.getByText('dot.png is ready to send').waitFor({ state: 'attached' });
    await composer().press('Enter');
    await page.locator('message-list').getByRole('img', { name: PIXEL.name }).waitFor();

    assert.deepEqual(faults, []);
  });

  for (const framework of ['vue', 'svelte']) {
    describe(`in ${framework}`, () => {
      it('pass a user and a provider as properties', async () => {
        await open(`${framework}/dist/`);

        await page.locator('#status').getByText('live').waitFor();

        assert.deepEqual(faults, []);
      });

      it('hear of what was sent by an event', async () => {
        await open(`${framework}/dist/`);

        await say(`Counted in ${framework}`);

        await page.locator('#sent').getByText('1').waitFor();
      });

      it('can refuse a message', async () => {
        await open(`${framework}/dist/`);
        await composer().fill(`LISTEN, ${framework.toUpperCase()}`);
        await composer().press('Enter');

        await say(`listen, ${framework}`);

        assert.equal(
          await page
            .locator('message-list')
            .getByText(/LISTEN/)
            .count(),
          0,
        );
      });

      it('fill a slot', async () => {
        await open(`${framework}/dist/`);

        await page.locator('channel-header').getByText(`in ${framework}`, { exact: false }).waitFor();
      });

      it('withhold typing by an attribute', async () => {
        await open(`${framework}/dist/`);
        await page.locator('#status').getByText('live').waitFor();
        const channel = 'messaging:demo';
        const other = await Visitor.open(browser, server.url, 'ada', { channel });
        await other.recordTyping();
        const told = page.waitForResponse((response) => response.request().method() === 'PATCH');
        await page.getByLabel('Keep my typing to myself').check();
        await told;

        await composer().pressSequentially(`Unseen in ${framework}`);
        await composer().press('Enter');
        await other.sees(`Unseen in ${framework}`);

        assert.deepEqual(await other.recordedTyping(), []);
        await other.close();
      });
    });
  }
});
