import type { Browser, Locator, Page, Response, WebSocket } from 'playwright-core';

export interface VisitorOptions {
  /** Which channel is open, as `type:id`. */
  channel: string;
  /** False: the page's network refuses every upgrade. Default true. */
  webSocket?: boolean;
  /** Switches of the demo page that are off, e.g. `no-read-receipts`. */
  off?: readonly string[];
  width?: number;
}

/** Somebody with a browser of their own on the demo's page of one user. */
export class Visitor {
  readonly page: Page;
  #received: Promise<string>[] = [];
  #sent: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('websocket', (socket: WebSocket) =>
      socket.on('framereceived', ({ payload }) => this.#received.push(Promise.resolve(String(payload)))),
    );
    page.on('response', (response: Response) => {
      // What a page that is being left still receives has no body to read.
      if (response.request().resourceType() !== 'document')
        this.#received.push(response.text().catch(() => ''));
    });
    page.on('request', (request) =>
      this.#sent.push(`${request.method()} ${new URL(request.url()).pathname}`),
    );
  }

  /** Opens the page as `user` and waits until the channel's messages are there. */
  static async open(browser: Browser, url: string, user: string, options: VisitorOptions): Promise<Visitor> {
    const { channel, webSocket = true, off = [], width = 900 } = options;
    const context = await browser.newContext({ viewport: { width, height: 700 } });
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
  }

  get composer(): Locator {
    return this.page.locator('message-composer').getByRole('textbox');
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** The message with this text in the list. */
  message(text: string): Locator {
    return this.page.locator('message-list').getByText(text, { exact: true });
  }

  async sees(text: string): Promise<void> {
    await this.message(text).waitFor();
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
