import type { Browser, BrowserContext, Locator, Page, Response, WebSocket } from 'playwright-core';
import { sentMark } from './page.js';
import { until } from './until.js';

export interface VisitorOptions {
  /** Which channel is open, as `type:id`. */
  channel: string;
  /** False: the page's network refuses every upgrade. Default true. */
  webSocket?: boolean;
  /** Switches of the demo page that are off, e.g. `no-read-receipts`. */
  off?: readonly string[];
  width?: number;
  /** Where this is one more tab. Default: a browser of their own. */
  context?: BrowserContext;
}

/** Somebody with a browser of their own on the demo's page of one user. */
export class Visitor {
  readonly page: Page;
  #received: Promise<string>[] = [];
  #sent: string[] = [];
  /** Every connection that this page has been greeted on. */
  #connections = new Set<string>();
  #connectionsKnown = 0;

  constructor(page: Page) {
    this.page = page;
    page.on('websocket', (socket: WebSocket) =>
      socket.on('framereceived', ({ payload }) => this.#receive(Promise.resolve(String(payload)))),
    );
    page.on('response', (response: Response) => {
      // What a page that is being left still receives has no body to read.
      if (response.request().resourceType() !== 'document') this.#receive(response.text().catch(() => ''));
    });
    page.on('request', (request) =>
      this.#sent.push(`${request.method()} ${new URL(request.url()).pathname}`),
    );
  }

  /** Opens the page as `user` and waits until the channel's messages are there. */
  static async open(browser: Browser, url: string, user: string, options: VisitorOptions): Promise<Visitor> {
    const { channel, webSocket = true, off = [], width = 900 } = options;
    const viewport = { width, height: 700 };
    const context = options.context ?? (await browser.newContext({ viewport }));
    const visitor = new Visitor(await context.newPage());
    const query = new URLSearchParams({ user, channel });
    for (const name of [...off, ...(webSocket ? [] : ['no-websocket'])]) query.set(name, '');
    await visitor.page.goto(`${url}/side.html?${query}`);
    await visitor.live(webSocket ? 'websocket' : 'longpoll');
    return visitor;
  }

  /** Resolves when the page says that it is live over `transport`. */
  async live(transport = ''): Promise<void> {
    await this.page.locator('#status').getByText(`live over ${transport}`).waitFor({ timeout: 60_000 });
    await this.composer.waitFor();
    this.#connectionsKnown = this.#connections.size;
  }

  #receive(text: Promise<string>): void {
    this.#received.push(text);
    void text.then((body) => {
      const id = /"connection_id":"([^"]+)"/.exec(body)?.[1];
      if (id) this.#connections.add(id);
    });
  }

  /** Resolves when the page is live on another connection than before; cuts the wait for a planned attempt short. */
  async reconnected(): Promise<void> {
    const tryNow = this.page.getByRole('button', { name: 'Try now' }).first();
    const status = this.page.locator('#status');
    await until(async () => {
      if (await tryNow.isVisible()) await tryNow.click({ timeout: 1_000 }).catch(() => undefined);
      return this.#connections.size > this.#connectionsKnown && (await status.innerText()).startsWith('live');
    });
    this.#connectionsKnown = this.#connections.size;
  }

  get composer(): Locator {
    return this.page.locator('message-composer').getByRole('textbox');
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Sends a message that failed again, until the server has it. */
  async deliver(text: string): Promise<void> {
    const retry = this.page.locator('message-list').getByRole('button', { name: 'Retry' }).last();
    const sent = sentMark(this.page, text);
    await this.sees(text);
    await until(async () => {
      if (await retry.isVisible()) await retry.click({ timeout: 1_000 }).catch(() => undefined);
      return sent.isVisible();
    });
  }

  /** The message with this text in the list. */
  message(text: string): Locator {
    return this.page.locator('message-list').getByText(text, { exact: true });
  }

  async sees(text: string): Promise<void> {
    await this.message(text).waitFor();
  }

  /** Shown while somebody else types. */
  get typing(): Locator {
    return this.page.locator('message-list typing-indicator [part~="dots"]');
  }

  /** Shown while somebody else has read this visitor's newest message. */
  get readLine(): Locator {
    return this.page.locator('message-list read-receipt').getByRole('img', { name: /^Read/ });
  }

  /** The texts in the list, each of one line, from top to bottom. */
  async texts(): Promise<string[]> {
    const all = await this.page.locator('message-list [part~="text"]').allInnerTexts();
    return all.map((text) => text.split('\n')[0] ?? ''); // the time stands on the next line
  }

  /** Resolves when this page has told the server that it has read the message. */
  async hasRead(text: string): Promise<void> {
    const told = this.page.waitForResponse((response) => response.url().includes('/read?') && response.ok());
    await this.sees(text);
    await told;
  }

  async switchOff(label: string): Promise<void> {
    await this.#switched(() => this.page.getByRole('checkbox', { name: label }).uncheck());
  }

  async switchOn(label: string): Promise<void> {
    await this.#switched(() => this.page.getByRole('checkbox', { name: label }).check());
  }

  async #switched(act: () => Promise<void>): Promise<void> {
    const told = this.page.waitForResponse((response) => response.request().method() === 'PATCH');
    await act();
    await told;
  }

  /** From now on keeps every moment at which the page shows somebody typing. */
  async recordTyping(): Promise<void> {
    await this.page.locator('message-list typing-indicator').evaluate((element) => {
      const seen: string[] = [];
      Object.assign(globalThis, { typingSeen: seen });
      if (!element.shadowRoot) return;
      new MutationObserver(() => {
        if (element.shadowRoot?.querySelector('[part~="dots"]')) seen.push('dots');
      }).observe(element.shadowRoot, { childList: true, subtree: true });
    });
  }

  recordedTyping(): Promise<string[]> {
    return this.page.evaluate(() => (globalThis as unknown as { typingSeen: string[] }).typingSeen);
  }

  /** Everything that came to the page so far: WebSocket frames and bodies of answers. */
  async received(): Promise<string[]> {
    return Promise.all(this.#received);
  }

  /** `METHOD path` of every request of the page so far. */
  get requests(): readonly string[] {
    return this.#sent;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
