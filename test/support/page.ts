import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

/** A page of the server's own origin that has the script tag and nothing else. */
export async function blankPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 900, height: 700 }, ...options });
  const page = await context.newPage();
  await page.goto(`${url}/pages/blank.html`);
  return page;
}

/** The mark on an own message that the server has taken. */
export function sentMark(within: Page | Locator, text: string): Locator {
  const message = within.locator('message-list').getByRole('article').filter({ hasText: text }).last();
  return message.getByRole('img', { name: /^(Sent|Read)/ }).first();
}
