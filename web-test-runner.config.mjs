import { defaultReporter } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { countReporter } from './scripts/count-reporter.mjs';
import { findChromium, findFirefox, findWebKit, wantedEngines } from './scripts/find-browsers.mjs';

const FIREFOX_PREFS = {
  'app.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

async function chromium() {
  const { path, shell, args } = await findChromium();
  return chromeLauncher({ launchOptions: { executablePath: path, headless: shell ? 'shell' : true, args } });
}

async function firefox() {
  const executablePath = findFirefox();
  const { puppeteerLauncher } = await import('@web/test-runner-puppeteer');
  return puppeteerLauncher({
    concurrency: 1,
    launchOptions: { browser: 'firefox', headless: true, executablePath, extraPrefsFirefox: FIREFOX_PREFS },
  });
}

async function webkit() {
  const { driver, browser } = findWebKit();
  const { webdriverLauncher } = await import('@web/test-runner-webdriver');
  const { startWebKitDriver } = await import('./scripts/webkit.mjs');
  return webdriverLauncher({
    protocol: 'http',
    hostname: '127.0.0.1',
    port: await startWebKitDriver(driver),
    path: '/',
    logLevel: 'error',
    capabilities: {
      browserName: 'MiniBrowser',
      // The runner hears from the page itself. A load that a test keeps from ending would hang the driver for minutes.
      pageLoadStrategy: 'none',
      'wdio:enforceWebDriverClassic': true, // without it the launch fails
      'webkitgtk:browserOptions': { args: ['--automation'], binary: browser },
    },
  });
}

const launchers = { chromium, firefox, webkit };

export default {
  files: ['test/{transport,client,elements,support}/**/*.test.ts'],
  nodeResolve: true,
  browsers: await Promise.all(wantedEngines().map((name) => launchers[name]())),
  concurrency: 1, // a page in the background draws no frames, and some tests wait for one
  concurrentBrowsers: 1,
  browserStartTimeout: 60_000,
  testsFinishTimeout: 300_000,
  testFramework: { config: { timeout: 10_000 } }, // a machine under load is slow, not wrong
  plugins: [esbuildPlugin({ ts: true, target: 'es2022', tsconfig: 'tsconfig.json' })],
  reporters: [defaultReporter({ reportTestProgress: process.stdout.isTTY }), countReporter()],
  filterBrowserLogs: ({ args }) => !args.some((arg) => String(arg).includes('Lit is in dev mode')),
  coverageConfig: { include: ['src/**/*.ts'], reporters: ['lcovonly', 'text-summary'] },
};
