import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { userToken } from '../../server/src/app.js';
import type { ChatErrorEvent } from '../../src/elements/events.js';
import { launchBrowser } from '../support/browser.js';
import { blankPage } from '../support/page.js';
import { startDemo, type TestServer } from '../support/server.js';

let server: TestServer;
let browser: Browser;
let page: Page;

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

/** Opens a page with `markup` that notes the codes of its `chat-error` events. */
async function open(markup: string): Promise<void> {
  page = await blankPage(browser, server.url);
  await page.evaluate((html) => {
    const codes: string[] = [];
    Object.assign(globalThis, { codes });
    document.addEventListener('chat-error', (event) => codes.push((event as ChatErrorEvent).error.code));
    document.body.insertAdjacentHTML('beforeend', html);
  }, markup);
}

async function errorCode(code: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => (globalThis as unknown as { codes: string[] }).codes.includes(wanted),
    code,
  );
}

function session(attributes: string): string {
  return `<chat-session ${attributes}></chat-session>`;
}

describe('a page that is set up wrongly', () => {
  it('tells a visitor with a forged token that they are signed out', async () => {
    const forged = await userToken('another secret, long enough to sign', 'ada');

    await open(session(`api-key="demo" base-url="/" user="ada" token="${forged}"`));

    await errorCode('token-rejected');
    await page.getByText('You have been signed out').first().waitFor();
  });

  it('tells a visitor whose token is of somebody else the same', async () => {
    const bobs = await userToken(server.apiSecret, 'bob');

    await open(session(`api-key="demo" base-url="/" user="ada" token="${bobs}"`));

    await errorCode('invalid-token');
  });

  it('never leaves the token in the page', async () => {
    const token = await userToken(server.apiSecret, 'ada');

    await open(session(`api-key="demo" base-url="/" user="ada" token="${token}" channel="messaging:demo"`));
    await page.locator('message-composer').getByRole('textbox').waitFor();

    assert.ok(!(await page.content()).includes(token));
  });

  it('tells the page that the key is unknown', async () => {
    await open(session('api-key="nobody" base-url="/" user="ada" token-url="/demo/token"'));

    await errorCode('unknown-key');
  });

  it('tells the page that the user is no JSON, and the visitor that chat did not start', async () => {
    await open(session(`api-key="demo" base-url="/" user='{"id":' token-url="/demo/token"`));

    await errorCode('invalid-user');
    await page.getByText('Chat did not start').waitFor();
  });

  it('tells the page that the user id has a character too many', async () => {
    await open(session(`api-key="demo" base-url="/" user="ada lovelace" token-url="/demo/token"`));

    await errorCode('invalid-user');
  });

  it('tells the visitor that a channel of others did not open', async () => {
    await open(
      session('api-key="demo" base-url="/" user="ada" token-url="/demo/token" channel="nonsense:none"'),
    );

    await page.getByText('This conversation did not open').waitFor();
  });

  it('tells the page that its channel is no cid', async () => {
    await open(session('api-key="demo" base-url="/" user="ada" token-url="/demo/token" channel="demo"'));

    await errorCode('invalid-channel');
  });
});

describe('a server that is not there', () => {
  let other: Server | undefined;

  afterEach(() => {
    other?.closeAllConnections();
    other?.close();
    other = undefined;
  });

  async function answering(status: number, type: string, body: string): Promise<string> {
    other = createServer((_request, response) => {
      response.writeHead(status, {
        'content-type': type,
        'access-control-allow-origin': '*',
        'access-control-allow-headers': '*, authorization',
      });
      response.end(body);
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  }

  it('leaves the visitor with a quiet “reconnecting” when nothing answers', async () => {
    const address = await answering(200, 'text/plain', '');
    other?.close();

    await open(session(`api-key="demo" base-url="${address}" user="ada" token-url="/demo/token"`));

    await page.getByText('Reconnecting…').filter({ visible: true }).waitFor();
  });

  it('takes a page of HTML for a server that is away', async () => {
    const address = await answering(200, 'text/html', '<!doctype html><title>Welcome</title>');

    await open(session(`api-key="demo" base-url="${address}" user="ada" token-url="/demo/token"`));

    await page.getByText('Reconnecting…').filter({ visible: true }).waitFor();
  });

  it('goes on trying when the page’s own backend answers the token with an error', async () => {
    await open(session('api-key="demo" base-url="/" user="ada" token-url="/no-such-backend"'));

    await errorCode('bad-response');
    await page.getByText('Reconnecting…').filter({ visible: true }).waitFor();
  });
});

describe('a message that cannot be sent', () => {
  it('stays in the composer when it is too long, and says so', async () => {
    await open(
      session('api-key="demo" base-url="/" user="ada" token-url="/demo/token" channel="messaging:demo"'),
    );
    const composer = page.locator('message-composer').getByRole('textbox');
    const long = 'a'.repeat(5_001);

    await composer.fill(long);
    await composer.press('Enter');

    await page.getByText(/A message can have 5,000 characters/).waitFor();
    assert.equal(await composer.inputValue(), long);
  });
});
