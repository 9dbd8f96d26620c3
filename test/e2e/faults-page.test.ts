import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { sentMark } from '../support/page.js';
import { FaultProxy } from '../support/proxy.js';
import { ProxyControl } from '../support/proxy/control.js';
import { startDemo, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let server: TestServer;
let browser: Browser;
let proxy: FaultProxy;
let control: ProxyControl;
let page: Page;

before(async () => {
  [server, browser] = await Promise.all([startDemo(), launchBrowser()]);
});

beforeEach(async () => {
  const target = Number(new URL(server.url).port);
  proxy = await FaultProxy.start(target);
  control = await ProxyControl.start(proxy, { target });
  page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
});

afterEach(async () => {
  await page.context().close();
  await control.close();
  await proxy.close();
});

after(async () => {
  await browser.close();
  await server.close();
});

async function open(port = control.port): Promise<void> {
  const query = `proxy=${new URL(proxy.url).port}&control=${port}`;
  await page.goto(`${server.url}/faults.html?${query}`);
}

async function says(text: string): Promise<void> {
  await page.locator('#status').getByText(text, { exact: true }).waitFor();
}

function of(transport: string): Locator {
  return page.getByRole('group', { name: transport });
}

describe("the demo's page of faults", () => {
  it('sees its chat go to polling and come back to WebSocket', async () => {
    await open();
    await says('live over websocket');

    await of('WebSocket').getByRole('button', { name: 'refuse' }).click();
    await of('WebSocket').getByRole('button', { name: 'Reset now' }).click();
    await says('live over longpoll');
    await page.getByRole('button', { name: 'All faults off' }).click();

    await says('live over websocket');
    await page.getByRole('cell', { name: 'refuse' }).first().waitFor();
    await page.getByRole('cell', { name: 'widget: live over longpoll' }).waitFor();
  });

  it('shows what the proxy does, whoever told it to', async () => {
    await open();
    await says('live over websocket');

    proxy.setMode('hang', { transport: 'longpoll' });
    proxy.setShape({ latencyMs: 100 });

    const hang = of('Long-poll').getByRole('button', { name: 'hang' });
    await until(async () => (await hang.getAttribute('aria-pressed')) === 'true');
    await until(async () => (await page.getByLabel('Latency').inputValue()) === '100');
  });

  it('sends a message whose reply it loses once', async () => {
    await open();
    await says('live over websocket');
    await page.getByRole('button', { name: 'Lose the reply' }).click();
    await until(() => proxy.state.faults.length === 1);

    const composer = page.locator('message-composer').getByRole('textbox');
    await composer.fill('Once, in spite of all');
    await composer.press('Enter');
    await sentMark(page, 'Once, in spite of all').waitFor();

    const sent = proxy.log({ method: 'POST', path: '/message' });
    assert.deepEqual(
      sent.map(({ met }) => met),
      ['cut', 'pass'],
    );
    const list = page.locator('message-list');
    assert.equal(await list.getByText('Once, in spite of all', { exact: true }).count(), 1);
  });

  it('says what to run where there is no proxy, and begins when it is there', async () => {
    const { port } = control;
    await control.close();
    await open(port);
    await page.getByText('The fault proxy is not running').waitFor();
    await page.getByText(`npm run proxy -- --port ${new URL(proxy.url).port} --control ${port}`).waitFor();

    const target = Number(new URL(server.url).port);
    control = await ProxyControl.start(proxy, { target, port });

    await says('live over websocket');
    assert.equal(await page.locator('#absent').isVisible(), false);
  });
});
