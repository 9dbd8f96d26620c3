import type { ChatClient } from '../src/client/client.js';
import { rollup } from 'rollup';
import type { Browser, Page } from 'playwright-core';
import { startServer, userToken } from '../server/src/app.js';
import { plugins, virtual } from '../rollup.config.mjs';
import { launchBrowser } from '../test/support/browser.js';
import { FaultProxy, type ProxyMode } from '../test/support/proxy.js';

// Prints how long it takes from `connectUser` to live, in real Chromium against the real server, with the
// WebSocket upgrade passing and failing in each way that networks have.

const RUNS = 20;
const MODES: readonly ProxyMode[] = ['pass', 'refuse', 'hang', 'swallow'];
const LABELS: Record<ProxyMode, string> = {
  pass: 'WebSocket',
  refuse: 'WebSocket refused (403)',
  hang: 'upgrade hanging',
  swallow: 'frames swallowed',
};

interface Measured {
  ms: number;
  transport: string | undefined;
}

/** What the page under measurement has as a global. */
declare const measured: { ChatClient: typeof ChatClient };

/** The client as a page's own bundler would build it: code by file name, the first file `measured.js`. */
async function clientFiles(): Promise<Map<string, string>> {
  const entry = "export { ChatClient } from './src/client/client.ts';";
  const built = await rollup({ input: 'measured', plugins: [virtual('measured', entry), ...plugins()] });
  const { output } = await built.generate({ format: 'es', entryFileNames: 'measured.js' });
  return new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file.code]] : [])));
}

async function measureOn(page: Page, apiKey: string, token: string): Promise<Measured> {
  return page.evaluate(
    async ([key, signed]) => {
      const client = new measured.ChatClient(key, { baseURL: location.origin });
      const live = new Promise<Measured>((resolve) => {
        client.state.subscribe(({ connection }) => {
          if (connection.status !== 'live') return;
          resolve({ ms: performance.now() - started, transport: connection.transport });
        });
      });
      const started = performance.now();
      void client.connectUser({ id: 'ada' }, signed);
      const result = await live;
      await client.disconnectUser();
      return result;
    },
    [apiKey, token] as const,
  );
}

/** One run, on a page of its own: a browser slows down a page whose sockets keep failing, which no visitor meets. */
async function measure(
  browser: Browser,
  url: string,
  files: ReadonlyMap<string, string>,
  who: [string, string],
): Promise<Measured> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/measured/*', (route) => {
    const body = files.get(new URL(route.request().url()).pathname.replace('/measured/', '')) ?? '';
    return route.fulfill({ contentType: 'text/javascript', body });
  });
  await page.goto(`${url}/healthz`);
  await page.evaluate(async (name) => {
    const module = (await import(name)) as typeof measured;
    Object.assign(globalThis, { measured: module });
  }, '/measured/measured.js');
  const result = await measureOn(page, ...who);
  await context.close();
  return result;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

const server = await startServer({ port: 0, dataDir: 'memory://', rateLimit: 0, userConnections: 1000 });
const proxy = await FaultProxy.start(server.port);
const browser = await launchBrowser();
try {
  const files = await clientFiles();
  const token = await userToken(server.apiSecret, 'ada');
  console.log(`From connectUser to live, ${RUNS} runs each, Chromium ${browser.version()}, in milliseconds`);
  console.log(`${''.padEnd(26)}${'median'.padStart(8)}${'p95'.padStart(8)}  carried by`);
  for (const mode of MODES) {
    proxy.mode = mode;
    const runs: Measured[] = [];
    while (runs.length < RUNS) runs.push(await measure(browser, proxy.url, files, [server.apiKey, token]));
    const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
    const figures = [at(times, 0.5), at(times, 0.95)].map((ms) => ms.toFixed(0).padStart(8)).join('');
    console.log(
      `${LABELS[mode].padEnd(26)}${figures}  ${[...new Set(runs.map((run) => run.transport))].join(', ')}`,
    );
  }
} finally {
  await browser.close();
  await proxy.close();
  await server.close();
}
