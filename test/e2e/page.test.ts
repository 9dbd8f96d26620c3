import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { blankPage, sentMark } from '../support/page.js';
import { makeChannel, startDemo, type TestServer } from '../support/server.js';

let server: TestServer;
let browser: Browser;
let page: Page;
let sockets: number;
let channel: string;
let channels = 0;

before(async () => {
  [server, browser] = await Promise.all([startDemo(), launchBrowser()]);
});

beforeEach(async () => {
  channel = await makeChannel(server, `page-${channels++}`, ['ada', 'bob']);
});

afterEach(async () => {
  await page.context().close();
});

after(async () => {
  await browser.close();
  await server.close();
});

async function open(markup: string, width = 900): Promise<void> {
  page = await blankPage(browser, server.url, { viewport: { width, height: 700 } });
  sockets = 0;
  page.on('websocket', () => sockets++);
  await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), markup);
}

function session(user: string, more = ''): string {
  return `<chat-session id="${user}" api-key="demo" base-url="/" user="${user}" token-url="/demo/token" ${more}></chat-session>`;
}

function composer(within = 'body'): Locator {
  return page.locator(within).locator('message-composer').getByRole('textbox');
}

function message(text: string, within = 'body'): Locator {
  return page.locator(within).locator('message-list').getByText(text, { exact: true });
}

describe('an element that moves in the page', () => {
  it('stays connected', async () => {
    await open(`${session('ada', `channel="${channel}"`)}<section></section>`);
    await composer().fill('Before the move');
    await composer().press('Enter');
    await message('Before the move').waitFor();

    await page.evaluate(() =>
      document.querySelector('section')?.append(document.querySelector('#ada') ?? ''),
    );
    await composer().fill('After the move');
    await composer().press('Enter');
    await message('After the move').waitFor();

    assert.equal(sockets, 1);
  });

  it('disconnects when it is removed', async () => {
    await open(session('ada', `channel="${channel}"`));
    const socket = await page.waitForEvent('websocket');
    await composer().waitFor();

    const closed = socket.waitForEvent('close');
    await page.evaluate(() => document.querySelector('#ada')?.remove());

    await closed;
  });
});

describe('two sessions on one page', () => {
  it('are two people', async () => {
    await open(session('ada', `channel="${channel}"`) + session('bob', `channel="${channel}"`));
    await composer('#bob').waitFor();

    await composer('#ada').fill('From the one to the other');
    await composer('#ada').press('Enter');

    await message('From the one to the other', '#bob').waitFor();
    assert.equal(sockets, 2);
  });

  it('do not end with each other', async () => {
    await open(session('ada', `channel="${channel}"`) + session('bob', `channel="${channel}"`));
    await composer('#ada').waitFor();
    await composer('#bob').waitFor();

    await page.evaluate(() => document.querySelector('#ada')?.remove());
    await composer('#bob').fill('Alone');
    await composer('#bob').press('Enter');

    await sentMark(page.locator('#bob'), 'Alone').waitFor();
  });
});

describe('a session whose user changes', () => {
  it('goes on as the other', async () => {
    await open(session('ada', `channel="${channel}"`));
    await composer().waitFor();

    await page.evaluate(() => document.querySelector('#ada')?.setAttribute('user', 'bob'));
    await page.waitForFunction(() => {
      const element = document.querySelector('chat-session');
      return element?.client?.state.value.user?.id === 'bob';
    });
    await composer().fill('As Bob');
    await composer().press('Enter');

    await sentMark(page, 'As Bob').waitFor();
  });
});

describe('a narrow session', () => {
  it('shows the list, then the channel, then the list again', async () => {
    await open(session('ada'), 360);
    const row = page
      .locator('channel-list')
      .getByRole('button', { name: new RegExp('page-') })
      .first();
    await row.click();
    await composer().waitFor();

    await page.getByRole('button', { name: 'Back to channels' }).click();

    await row.waitFor();
    await composer().waitFor({ state: 'hidden' });
  });

  it('does not scroll sideways', async () => {
    await open(session('ada', `channel="${channel}"`), 320);
    await composer().fill('w'.repeat(300));
    await composer().press('Enter');
    await message('w'.repeat(300)).waitFor();

    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

    assert.ok(overflow <= 0);
  });
});

describe('the keyboard alone', () => {
  it('opens a channel, writes, sends and goes back', async () => {
    await open(session('ada'), 360);
    await page.locator('channel-list').getByRole('button').first().waitFor();

    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await composer().waitFor();
    await page.waitForFunction(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      return active?.tagName === 'TEXTAREA';
    });
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('alone');
    await page.keyboard.press('Enter');
    await page
      .locator('message-list')
      .getByText(/By keyboard\s+alone/)
      .waitFor();
    const back = page.getByRole('button', { name: 'Back to channels' });
    while (!(await back.evaluate((button) => button.matches(':focus'))))
      await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');

    await composer().waitFor({ state: 'hidden' });
  });
});
