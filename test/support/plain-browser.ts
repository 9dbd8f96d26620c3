import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { findChromium } from '../../scripts/find-browsers.mjs';

/**
 * Chromium as a visitor has it: it keeps pages that are left, and hides and freezes those in the background. The one
 * that Playwright starts is told to do none of it.
 */
export class PlainBrowser {
  readonly browser: Browser;
  /** The only one in which that is so. */
  readonly context: BrowserContext;
  #child: ChildProcess;
  #profile: string;

  private constructor(browser: Browser, context: BrowserContext, child: ChildProcess, profile: string) {
    this.browser = browser;
    this.context = context;
    this.#child = child;
    this.#profile = profile;
  }

  static async start(): Promise<PlainBrowser> {
    const { path, args } = await findChromium();
    const profile = await mkdtemp(join(tmpdir(), 'chat-session-profile-'));
    const own = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
    const child = spawn(path, [...own, ...args, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
    process.once('exit', () => child.kill('SIGKILL'));
    const browser = await chromium.connectOverCDP(await addressOf(child), { noDefaults: true });
    const [context] = browser.contexts();
    if (!context) throw new Error('The browser has no context of its own.');
    return new PlainBrowser(browser, context, child, profile);
  }

  async close(): Promise<void> {
    await this.browser.close();
    if (this.#child.exitCode === null && this.#child.kill()) await once(this.#child, 'exit');
    // Its children may still be writing.
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Where it can be talked to, which it says once it is ready. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stderr! })) {
    const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address) {
      stderr!.resume();
      return address;
    }
    lines.push(line);
  }
  throw new Error(`The browser ended before it could be talked to: ${lines.join('\n')}`);
}
