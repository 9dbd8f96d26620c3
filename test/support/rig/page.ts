import type { ChatClient } from '../../../src/client/client.js';
import type { ConnectionStatus } from '../../../src/client/state.js';
import type { ChatSessionElement } from '../../../src/elements/chat-session.js';
import type { ChatErrorCode } from '../../../src/errors.js';
import type { TransportName } from '../../../src/transport/transport.js';
import { PageBrowser, type PageWindow } from './page-browser.js';
import { eventually } from './eventually.js';
import { Recorder, textsIn, type Wrongs } from './recorder.js';
import type { Rig } from './rig.js';

export interface PageOptions {
  user: string;
  /** Its cid. */
  channel: string;
  /** More attributes of the session. */
  attributes?: Record<string, string>;
  /** Switches of the page itself: `no-websocket`, `speed` (see `pages/session.js`). */
  host?: Record<string, string>;
  /** Where tokens come from. Default: the rig, and they never end. */
  tokenProvider?: () => Promise<string>;
}

/** What the session told of its connection, and when (by the test's `performance.now()`). */
export interface Change {
  status: ConnectionStatus;
  transport: TransportName | undefined;
  at: number;
}

/** A page with one session, in a frame of the test's own. */
export class Page extends PageBrowser {
  /** Since the page was opened, over every reload. */
  readonly changes: Change[] = [];
  /** Codes of the errors that the session told the page. */
  readonly chatErrors: ChatErrorCode[] = [];
  /** When the session was put into the page, the last time. */
  openedAt = 0;
  #rig: Rig;
  #options: PageOptions;
  #frame = document.createElement('iframe');
  #recorder = new Recorder();
  #session: ChatSessionElement | undefined;

  private constructor(rig: Rig, options: PageOptions) {
    super();
    this.#rig = rig;
    this.#options = options;
  }

  /** Resolves when the page has its session, which then begins to connect. */
  static async open(rig: Rig, options: PageOptions): Promise<Page> {
    const page = new Page(rig, options);
    const query = new URLSearchParams(options.host);
    const frame = page.#frame;
    frame.src = `/test/support/pages/session.html?${query}`;
    // In view, since a list draws and loads by need; seven of them fit.
    frame.style.cssText = 'inline-size: 250px; block-size: 190px; border: 0;';
    await page.#loading(() => document.body.append(frame));
    return page;
  }

  get window(): PageWindow {
    return this.#frame.contentWindow as PageWindow;
  }

  get session(): ChatSessionElement {
    if (!this.#session) throw new Error('The page has no session now: it is being loaded, or was closed.');
    return this.#session;
  }

  get client(): ChatClient {
    const { client } = this.session;
    if (!client) throw new Error('The session has no client now: it has not begun, or could not.');
    return client;
  }

  /** As a visitor does. */
  async reload(): Promise<void> {
    await this.#loading(() => this.window.location.reload());
  }

  /** As a closed tab. */
  close(): void {
    this.#recorder.stop();
    this.#session = undefined;
    this.#frame.remove();
  }

  /** Resolves when it is live on `transport`, at the earliest by a change after number `since`. */
  async live(transport?: TransportName, since = 0): Promise<Change> {
    const isThat = ({ status, transport: carries }: Change) =>
      status === 'live' && carries !== undefined && (!transport || carries === transport);
    const what = `live over ${transport ?? 'anything'} after change ${since}`;
    return this.#waiting(() => this.changes.slice(since).find(isThat), what);
  }

  /** Resolves when it tells that of its connection, at the earliest by a change after number `since`. */
  async told(status: ConnectionStatus, since = 0): Promise<Change> {
    return this.#waiting(
      () => this.changes.slice(since).find((change) => change.status === status),
      `status ${status} after change ${since}`,
    );
  }

  /** Resolves when nothing carries its events, at the earliest by a change after number `since`. */
  async dropped(since = 0): Promise<Change> {
    return this.#waiting(
      () => this.changes.slice(since).find(({ transport }) => !transport),
      `a drop after change ${since}`,
    );
  }

  /** Resolves when `transport` carries its events now. */
  async carried(transport: TransportName): Promise<Change> {
    const now = () => {
      const last = this.changes.at(-1);
      return last?.transport === transport ? last : undefined;
    };
    return this.#waiting(now, `carried by ${transport}`);
  }

  /** The rendered list of messages. */
  async list(): Promise<ShadowRoot> {
    return this.#waiting(() => this.#find('message-list')?.shadowRoot, 'a message list');
  }

  async texts(): Promise<string[]> {
    return textsIn(await this.list());
  }

  /** Reads what the list shows from now on. Again after a reload. */
  async record(): Promise<void> {
    this.#recorder.watch(await this.list());
  }

  /** Waits until 1 to `count` have been shown, or the time is over. @returns What was wrong. */
  async recorded(count: number, limitMs = 30_000): Promise<Wrongs> {
    await eventually(() => this.#recorder.has(count), `#1 to #${count}`, limitMs).catch(() => undefined);
    return this.#recorder.wrongs(count);
  }

  /** Writes and sends a message, as a visitor does. */
  async send(text: string): Promise<void> {
    const composer = await this.#waiting(
      () => this.#find('message-composer')?.shadowRoot?.querySelector('textarea'),
      'a composer',
    );
    composer.value = text;
    composer.dispatchEvent(new this.window.Event('input', { bubbles: true }));
    const { KeyboardEvent } = this.window;
    composer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  }

  /** Whether an own message is marked as taken by the server. */
  sentMark(text: string): boolean {
    const messages = this.#find('message-list')?.shadowRoot?.querySelectorAll('[part~="message"]') ?? [];
    const [message] = [...messages].filter((each) => textsIn(each)[0] === text);
    return /^(Sent|Read)/.test(message?.querySelector('[role="img"]')?.getAttribute('aria-label') ?? '');
  }

  /** What the visitor reads about the connection; empty while all is well. */
  statusText(): string {
    const banner = this.#find('connection-status')?.shadowRoot?.querySelector('[role="status"]');
    return (banner?.textContent ?? '').replace(/\s+/g, ' ').trim();
  }

  /** What became of its connection, for errors. */
  get history(): string {
    const seen = this.changes.map(({ status, transport }) => `${status} ${transport ?? '-'}`);
    return seen.join(', ') || 'no change';
  }

  /** All text of the page, shadow roots included. */
  get words(): string {
    const within = (root: Element | ShadowRoot): string =>
      [...root.querySelectorAll('*')].reduce(
        (words, { shadowRoot }) => (shadowRoot ? `${words} ${within(shadowRoot)}` : words),
        root.textContent ?? '',
      );
    return within(this.window.document.body);
  }

  async #loading(start: () => void): Promise<void> {
    this.#session = undefined;
    const loaded = new Promise((resolve) => this.#frame.addEventListener('load', resolve, { once: true }));
    start();
    await loaded;
    this.#begin();
  }

  #begin(): void {
    const { user, channel, attributes = {}, tokenProvider } = this.#options;
    const session = this.window.document.createElement('chat-session');
    const all = { 'api-key': this.#rig.apiKey, 'base-url': this.#rig.url, user, channel, ...attributes };
    for (const [name, value] of Object.entries(all)) session.setAttribute(name, value);
    session.tokenProvider = tokenProvider ?? (() => this.#rig.token(user));
    session.addEventListener('chat-connection-change', ({ status, transport }) =>
      this.changes.push({ status, transport, at: performance.now() }),
    );
    session.addEventListener('chat-error', ({ error }) => this.chatErrors.push(error.code));
    this.openedAt = performance.now();
    this.window.document.body.append(session);
    this.#session = session;
  }

  /** An element anywhere in the page's open shadow roots. */
  #find(tag: string): Element | undefined {
    const within = (root: ParentNode): Element | undefined => {
      const found = root.querySelector(tag);
      if (found) return found;
      for (const { shadowRoot } of root.querySelectorAll('*')) {
        const deeper = shadowRoot && within(shadowRoot);
        if (deeper) return deeper;
      }
      return undefined;
    };
    return within(this.window.document);
  }

  /** As `eventually`, and says how the page stood when it never was. */
  async #waiting<T>(look: () => T, what: string): Promise<NonNullable<T>> {
    return eventually(look, what).catch((error: unknown) => {
      throw new Error(`${String(error)}. Its connection: ${this.history}.`, { cause: error });
    });
  }
}
