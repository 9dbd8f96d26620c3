import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { ServerProcess } from '../support/server.js';
import { Visitor } from '../support/visitor.js';

let browser: Browser;

before(async () => {
  browser = await launchBrowser();
});

after(async () => {
  await browser.close();
});

for (const webSocket of [true, false]) {
  const way = webSocket ? 'over WebSocket' : 'with WebSocket blocked';

  describe(`what was said ${way}`, () => {
    let dataDir: string;
    let server: ServerProcess;
    let ada: Visitor;
    let bob: Visitor;

    before(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'chat-session-e2e-'));
      server = await ServerProcess.start(dataDir);
    });

    beforeEach(async () => {
      const channel = 'messaging:demo';
      ada = await Visitor.open(browser, server.url, 'ada', { channel, webSocket });
      bob = await Visitor.open(browser, server.url, 'bob', { channel, webSocket });
    });

    afterEach(async () => {
      await ada.close();
      await bob.close();
    });

    after(async () => {
      await server.kill();
      await rm(dataDir, { recursive: true, force: true });
    });

    it('is there after a reload', async () => {
      await ada.send('Before the reload');
      await bob.sees('Before the reload');
      await bob.send('And the answer');
      await ada.sees('And the answer');

      await ada.page.reload();

      await ada.sees('Before the reload');
      await ada.sees('And the answer');
    });

    it('is there after the server was killed and started again, and goes on', async () => {
      await ada.send('Before the kill');
      await bob.sees('Before the kill');

      await server.kill();
      await server.start();
      await Promise.all([ada, bob].map((visitor) => visitor.reconnected()));
      await bob.send('After the kill');

      await ada.sees('After the kill');
      assert.equal(await ada.message('Before the kill').count(), 1);
    });

    it('is not lost when it was sent while the server was away', async () => {
      await server.kill();
      await ada.send('Into the void');
      await ada.sees('Into the void');

      await server.start();
      await ada.reconnected();
      await ada.deliver('Into the void');

      await bob.sees('Into the void');
    });

    it('is complete for whoever was away when it was said', async () => {
      await bob.page.context().setOffline(true);
      await ada.send('While you were away');
      await ada.sees('While you were away');

      await bob.page.context().setOffline(false);

      await bob.sees('While you were away');
    });
  });
}
