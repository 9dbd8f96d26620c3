import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { makeChannel, startDemo, type TestServer } from '../support/server.js';
import { Visitor } from '../support/visitor.js';

let server: TestServer;
let browser: Browser;
let channels = 0;

before(async () => {
  [server, browser] = await Promise.all([startDemo(), launchBrowser()]);
});

after(async () => {
  await browser.close();
  await server.close();
});

for (const webSocket of [true, false]) {
  const way = webSocket ? 'over WebSocket' : 'with WebSocket blocked';

  describe(`privacy ${way}`, () => {
    let visitors: Visitor[];
    let channel: string;

    beforeEach(async () => {
      visitors = [];
      channel = await makeChannel(server, `quiet-${webSocket}-${channels++}`, ['ada', 'bob']);
    });

    afterEach(async () => {
      for (const visitor of visitors) await visitor.close();
    });

    async function open(user: string, ...off: string[]): Promise<Visitor> {
      const visitor = await Visitor.open(browser, server.url, user, { channel, webSocket, off });
      visitors.push(visitor);
      return visitor;
    }

    it('keeps typing from leaving the page of whoever withholds it', async () => {
      const ada = await open('ada', 'no-typing-indicators');
      const bob = await open('bob');
      await bob.recordTyping();

      await typeAndSend(ada, 'In silence');
      await bob.sees('In silence');

      assert.deepEqual(typingOf('ada', await bob.received()), []);
      assert.deepEqual(await bob.recordedTyping(), []);
      assert.ok(!ada.requests.some((request) => request.endsWith('/event')));
    });

    it('shows the typing of the other to whoever withholds their own', async () => {
      const ada = await open('ada', 'no-typing-indicators');
      const bob = await open('bob');

      await bob.composer.pressSequentially('Openly');

      await ada.typing.waitFor();
    });

    it('keeps reads from the others, on the wire, on the screen and after a reload', async () => {
      const ada = await open('ada');
      const bob = await open('bob', 'no-read-receipts');
      const known = (await ada.received()).length;

      await ada.send('Read this in private');
      await bob.hasRead('Read this in private');
      await bob.send('I say nothing of reading');
      await ada.sees('I say nothing of reading');
      await ada.page.reload();
      await ada.live();
      await ada.sees('I say nothing of reading');

      assert.deepEqual(readsOf('bob', (await ada.received()).slice(known)), []);
      assert.equal(await ada.readLine.count(), 0);
    });

    it('shows the reads of the other to whoever withholds their own', async () => {
      const ada = await open('ada', 'no-read-receipts');
      const bob = await open('bob');

      await ada.send('You may know');
      await bob.sees('You may know');

      await ada.readLine.waitFor();
    });

    it('stops typing at once when it is switched off while connected', async () => {
      const ada = await open('ada');
      const bob = await open('bob');
      await ada.switchOff('Shows typing');
      await bob.recordTyping();
      const known = (await bob.received()).length;

      await typeAndSend(ada, 'Now in silence');
      await bob.sees('Now in silence');

      assert.deepEqual(typingOf('ada', (await bob.received()).slice(known)), []);
      assert.deepEqual(await bob.recordedTyping(), []);
    });

    it('stops reads at once when they are switched off while connected', async () => {
      const ada = await open('ada');
      const bob = await open('bob');
      await bob.switchOff('Shows reads');
      const known = (await ada.received()).length;

      await ada.send('Read this unseen');
      await bob.hasRead('Read this unseen');
      await bob.send('Done');
      await ada.sees('Done');

      assert.deepEqual(readsOf('bob', (await ada.received()).slice(known)), []);
      assert.equal(await ada.readLine.count(), 0);
    });

    it('goes on with typing when it is switched on again', async () => {
      const ada = await open('ada', 'no-typing-indicators');
      const bob = await open('bob');
      await ada.switchOn('Shows typing');

      await ada.composer.pressSequentially('Hello again');

      await bob.typing.waitFor();
    });
  });
}

async function typeAndSend(visitor: Visitor, text: string): Promise<void> {
  await visitor.composer.pressSequentially(text);
  await visitor.composer.press('Enter');
}

/** What the wire said of the typing of `user`. */
function typingOf(user: string, received: readonly string[]): string[] {
  return objectsIn(received)
    .filter(({ type, user: who }) => /^typing\./.test(String(type)) && idOf(who) === user)
    .map((event) => JSON.stringify(event));
}

/** What the wire said of the reads of `user`: events and entries of `read` lists. */
function readsOf(user: string, received: readonly string[]): string[] {
  return objectsIn(received)
    .filter(({ type, user: who, last_read }) => idOf(who) === user && (type === 'message.read' || last_read))
    .map((entry) => JSON.stringify(entry));
}

type Fields = Record<string, unknown>;

/** Every object in every JSON text, however deep. */
function objectsIn(texts: readonly string[]): Fields[] {
  const found: Fields[] = [];
  for (const text of texts) {
    try {
      JSON.parse(text, (_key, value: unknown) => {
        if (typeof value === 'object' && value !== null) found.push(value as Fields);
        return value;
      });
    } catch {
      // Scripts and styles are no JSON.
    }
  }
  return found;
}

function idOf(user: unknown): unknown {
  return (user as Fields | undefined)?.['id'];
}
