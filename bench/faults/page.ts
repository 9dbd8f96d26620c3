import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import type { Hand } from './hand.js';

/** What the page has as a global. */
declare const hand: Hand;

/** Methods that can be called from outside the page. */
type Calls = { [K in keyof Hand]: Hand[K] extends (...args: never[]) => unknown ? K : never }[keyof Hand];
type Answer<K extends Calls> = Awaited<ReturnType<Hand[K]>>;

/** Beyond the limits of the hand itself: the page is gone, or hangs. */
const CALL_LIMIT_MS = 330_000;

let script: Promise<string> | undefined;

/** The hand, as one script. */
async function handScript(): Promise<string> {
  const entryPoints = [fileURLToPath(new URL('hand.ts', import.meta.url))];
  const built = await build({ entryPoints, bundle: true, format: 'iife', target: 'es2022', write: false });
  return built.outputFiles[0]?.text ?? '';
}

/** A page with one session, driven from outside. */
export class BenchPage {
  readonly page: Page;
  #attributes: Record<string, string>;
  #cdp: CDPSession | undefined;

  private constructor(page: Page, attributes: Record<string, string>) {
    this.page = page;
    this.#attributes = attributes;
  }

  /** @param address - Of `session.html`; the session begins with `begin`. */
  static async open(
    context: BrowserContext,
    address: string,
    attributes: Record<string, string>,
  ): Promise<BenchPage> {
    const page = await context.newPage();
    await page.addInitScript(await (script ??= handScript()));
    await page.goto(address);
    const opened = new BenchPage(page, attributes);
    await opened.#defined();
    return opened;
  }

  async begin(): Promise<void> {
    await this.call('begin', this.#attributes);
  }

  /** Does something in the page. */
  async call<K extends Calls>(method: K, ...args: Parameters<Hand[K]>): Promise<Answer<K>> {
    const answer = this.page.evaluate(
      ([name, given]) => (hand[name] as (...all: unknown[]) => unknown)(...given),
      [method, args] as [Calls, unknown[]],
    );
    return within(answer, CALL_LIMIT_MS, `${method} in the page`) as Promise<Answer<K>>;
  }

  /** As a visitor does, and begins again. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#defined();
    await this.begin();
  }

  /** Kills the renderer. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash', { timeout: 10_000 });
    const cdp = await this.#session();
    cdp.send('Page.crash').catch(() => undefined); // nobody is left to answer
    await crashed;
    this.page.close().catch(() => undefined);
  }

  /** Bytes of JavaScript's heap in use, after its rubbish was collected. */
  async heap(): Promise<number> {
    const cdp = await this.#session();
    for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage');
    return (await cdp.send('Runtime.getHeapUsage')).usedSize;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  async #session(): Promise<CDPSession> {
    return (this.#cdp ??= await this.page.context().newCDPSession(this.page));
  }

  async #defined(): Promise<void> {
    const defined = this.page.evaluate(() => customElements.whenDefined('chat-session').then(() => true));
    await within(defined, 30_000, 'the widget');
  }
}

/** @throws {Error} When `promise` has not settled in time. */
async function within<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer within ${limitMs} ms.`)), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
