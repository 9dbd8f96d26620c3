import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const PAGE = `<!doctype html>
<html lang="en">
  <title>A page</title>
  <script src="/dist/chat-session.js"></script>
  <link rel="icon" href="data:," />
  <body></body>
</html>`;

/** A page of the server's own origin that has the script tag and nothing else. */
export async function blankPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await (
    await browser.newContext({ viewport: { width: 900, height: 700 }, ...options })
  ).newPage();
  await page.route('**/blank.html', (route) => route.fulfill({ contentType: 'text/html', body: PAGE }));
  await page.goto(`${url}/blank.html`);
  return page;
}
