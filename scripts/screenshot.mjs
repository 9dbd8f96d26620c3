import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { startServer } from '../server/src/app.ts';
import { findChromium } from './find-browsers.mjs';

// `npm run screenshot`: the README's picture, out of the running demo. Build first.

const DIRS = { '/': 'demo', '/dist/': 'dist' };

const server = await startServer({
  port: 0,
  dataDir: 'memory://',
  demo: true,
  apiKey: 'demo',
  staticDirs: DIRS,
});
const { path, args } = await findChromium();
const browser = await chromium.launch({ executablePath: path, args });
try {
  const page = await browser.newPage({ viewport: { width: 1120, height: 716 }, deviceScaleFactor: 2 });
  await page.goto(`${server.url}/script-tag.html`);
  await page.addStyleTag({
    content:
      'body { margin: 0; font-family: Inter, system-ui, sans-serif } chat-session { block-size: 100dvh }',
  });
  await page.getByRole('log').getByText('I will write the announcement').waitFor();
  await page.getByRole('textbox').fill('See you on Thursday');
  mkdirSync('docs', { recursive: true });
  await page.screenshot({ path: 'docs/messenger.png' });
  console.log('docs/messenger.png');
} finally {
  await browser.close();
  await server.close();
}
