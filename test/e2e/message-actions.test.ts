import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { PIXEL } from '../support/pixel.js';
import { makeChannel, startDemo, type TestServer } from '../support/server.js';
import { Visitor } from '../support/visitor.js';

let server: TestServer;
let browser: Browser;
let ada: Visitor;
let bob: Visitor;
let channels = 0;

before(async () => {
  [server, browser] = await Promise.all([startDemo(), launchBrowser()]);
});

after(async () => {
  await browser.close();
  await server.close();
});

beforeEach(async () => {
  const channel = await makeChannel(server, `actions-${channels++}`, ['ada', 'bob']);
  ada = await Visitor.open(browser, server.url, 'ada', { channel });
  bob = await Visitor.open(browser, server.url, 'bob', { channel });
  await bob.send('Lunch?');
  await ada.sees('Lunch?');
});

afterEach(async () => {
  await ada.close();
  await bob.close();
});

const list = ({ page }: Visitor): Locator => page.locator('message-list');
const reaction = (who: Visitor, name: string | RegExp): Locator =>
  list(who).locator('[part~="reaction"]').and(who.page.getByRole('button', { name }));

describe('somebody', () => {
  it('is named behind an @, and told', async () => {
    await ada.composer.pressSequentially('Ask @bo');
    await ada.page.getByRole('option', { name: 'Bob' }).waitFor();
    await ada.page.keyboard.press('Enter');
    await ada.page.keyboard.type('about it');
    await ada.page.keyboard.press('Enter');

    await list(bob).locator('[part~="mention"].me').getByText('@Bob').waitFor();
    assert.equal(
      await list(bob)
        .getByRole('article', { name: /Ask @Bob about it/ })
        .count(),
      1,
    );
  });
});

describe('files', () => {
  it('are chosen, uploaded, sent, and seen by the other', async () => {
    const chooser = ada.page.waitForEvent('filechooser');
    await ada.page.getByRole('button', { name: 'Attach files' }).click();
    await (
      await chooser
    ).setFiles([PIXEL, { name: 'notes.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') }]);
    await ada.page.getByText('notes.csv is ready to send').or(ada.page.getByText('dot.png is ready to send')).waitFor({ state: 'attached' }); // prettier-ignore
    await ada.page.locator('message-composer progress').first().waitFor({ state: 'detached' });
    await ada.send('Both');

    const picture = list(bob).getByRole('img', { name: 'dot.png' });
    await picture.waitFor();
    const drawn = await picture.evaluate(async (img: HTMLImageElement) => {
      await img.decode();
      return img.naturalWidth;
    });
    const { href } = await list(bob)
      .locator('[part~="file"]')
      .evaluate((link: HTMLAnchorElement) => ({ href: link.href }));
    assert.deepEqual([drawn, await (await fetch(href)).text()], [1, 'a,b\n1,2\n']);
  });
});

describe('a message', () => {
  it('is reacted to, answered, changed and deleted by pointer', async () => {
    await ada.message('Lunch?').hover();
    await ada.page.getByRole('button', { name: 'Add a reaction' }).click();
    await ada.page.getByRole('menuitemcheckbox', { name: 'Thumbs up' }).click();
    await reaction(bob, 'Thumbs up, 1').waitFor();
    await reaction(ada, 'Thumbs up, 1, you reacted').waitFor();
    await reaction(bob, 'Thumbs up, 1').click();
    await reaction(ada, 'Thumbs up, 2, you reacted').click();
    await reaction(bob, 'Thumbs up, 1, you reacted').waitFor();

    await ada.message('Lunch?').hover();
    await ada.page.getByRole('button', { name: 'Reply', exact: true }).click();
    await ada.page.keyboard.type('At noon');
    await ada.page.keyboard.press('Enter');
    await bob.sees('At noon');
    assert.equal((await list(bob).locator('[part~="quote"]').innerText()).replace(/\s+/g, ' '), 'You Lunch?');

    await ada.message('At noon').hover();
    await ada.page.getByRole('button', { name: 'More actions' }).click();
    await ada.page.getByRole('menuitem', { name: 'Edit' }).click();
    await ada.composer.fill('At one');
    await ada.page.getByRole('button', { name: 'Save' }).click();
    await bob.sees('At one');
    await list(bob).getByText('Edited').waitFor();

    await ada.message('At one').hover();
    await ada.page.getByRole('button', { name: 'More actions' }).click();
    await ada.page.getByRole('menuitem', { name: 'Delete' }).click();
    await ada.page.getByText('Delete this message for everyone?').waitFor();
    await ada.page.getByRole('menuitem', { name: 'Delete' }).click();
    await bob.sees('Message deleted');
    assert.equal(await bob.message('At one').count(), 0);
  });

  it('is reacted to, answered, changed and deleted by keys alone', async () => {
    const { keyboard } = ada.page;
    await list(ada).getByRole('article', { name: /Lunch/ }).focus();
    await keyboard.press('+');
    await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    await reaction(bob, 'Heart, 1').waitFor();

    await keyboard.press('r');
    await keyboard.type('At noon');
    await keyboard.press('Enter');
    await bob.sees('At noon');
    await ada.page.locator('message-list [part~="ticks"]:not(.clock)').last().waitFor();

    await keyboard.press('ArrowUp');
    await keyboard.press('End');
    await keyboard.type(' sharp');
    await keyboard.press('Enter');
    await bob.sees('At noon sharp');

    await list(ada)
      .getByRole('article', { name: /At noon sharp/ })
      .focus();
    await keyboard.press('Delete');
    await keyboard.press('Enter');
    await bob.sees('Message deleted');
  });
});
