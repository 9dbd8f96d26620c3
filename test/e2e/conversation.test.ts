import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { sentMark } from '../support/page.js';
import { makeChannel, startDemo, type TestServer } from '../support/server.js';
import { Visitor } from '../support/visitor.js';

let server: TestServer;
let browser: Browser;

before(async () => {
  [server, browser] = await Promise.all([startDemo(), launchBrowser()]);
});

after(async () => {
  await browser.close();
  await server.close();
});

for (const webSocket of [true, false]) {
  const way = webSocket ? 'over WebSocket' : 'with WebSocket blocked';

  describe(`two people ${way}`, () => {
    let ada: Visitor;
    let bob: Visitor;
    let channels = 0;

    beforeEach(async () => {
      const channel = await makeChannel(server, `talk-${webSocket}-${channels++}`, ['ada', 'bob']);
      ada = await Visitor.open(browser, server.url, 'ada', { channel, webSocket });
      bob = await Visitor.open(browser, server.url, 'bob', { channel, webSocket });
    });

    afterEach(async () => {
      await ada.close();
      await bob.close();
    });

    it('see each other’s messages', async () => {
      await ada.send('Is it raining?');
      await bob.sees('Is it raining?');
      await bob.send('Not here');

      await ada.sees('Not here');
    });

    it('see their own message once, and marked as sent', async () => {
      await ada.send('Only once');
      await bob.sees('Only once');

      await sentMark(ada.page, 'Only once').waitFor();

      assert.equal(await ada.message('Only once').count(), 1);
    });

    it('see each other typing, until the message lands', async () => {
      await ada.composer.pressSequentially('Hm');
      await bob.typing.waitFor();
      await ada.composer.press('Enter');
      await bob.sees('Hm');

      await bob.typing.waitFor({ state: 'hidden' });
    });

    it('see that the other has read', async () => {
      await ada.send('Read me');
      await bob.sees('Read me');

      await ada.readLine.waitFor();
    });

    it('see long and odd text as it was written', async () => {
      const odd = '<b>&amp;</b> \u202Eabc 👩‍👩‍👧 ' + 'x'.repeat(400);

      await ada.send(odd);

      await bob.sees(odd);
    });

    it('see all of a burst, in order', async () => {
      const burst = Array.from({ length: 20 }, (_, n) => `Number ${n}`);

      for (const text of burst) await ada.send(text);
      await bob.sees('Number 19');

      const seen = (await bob.texts()).filter((text) => text.startsWith('Number'));
      assert.deepEqual(seen, burst);
    });
  });
}
