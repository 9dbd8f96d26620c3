import type { ConnectionStatus } from '../../src/client/state.js';
import type { ChatSessionElement } from '../../src/elements/chat-session.js';
import type { TransportName } from '../../src/transport/transport.js';
import { PageBrowser, type PageWindow } from '../../test/support/rig/page-browser.js';
import { Recorder, textsIn, type Wrongs } from '../../test/support/rig/recorder.js';

// Runs in the page, before everything else there.

/** What the session told of its connection, and when. */
export interface Change {
  status: ConnectionStatus;
  transport: TransportName | undefined;
  at: number;
}

/** Wrongs, and whether the list ever showed that some messages are missing. */
export interface Recorded extends Wrongs {
  gap: boolean;
}

// The page's own are put in the hand of the test later, and would be counted.
const realTimeout = setTimeout.bind(window);
const realInterval = setInterval.bind(window);
const SOMETIMES_MS = 100;
const LIMIT_MS = 60_000;

/** In ms since 1970, as fine as `performance.now()`; the same in every process of this machine. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** What the bench holds a page by. Whatever it returns goes over a wire. */
export class Hand extends PageBrowser {
  #changes: Change[] = [];
  #beganAt = 0;
  #session: ChatSessionElement | undefined;
  #recorder = new Recorder();
  #list: ShadowRoot | undefined;
  #gap = false;
  /** Of the numbers that stood last in the list. */
  #greatest = 0;
  /** Texts that came as events, and when a text was first shown. */
  #told = new Set<string>();
  #shownAt = new Map<string, number>();
  #waiting = new Set<() => void>();
  #observer = new MutationObserver(() => this.#look());

  constructor() {
    super();
    realInterval(() => this.#stir(), SOMETIMES_MS);
  }

  override get window(): PageWindow {
    return window as PageWindow;
  }

  /** Puts a session into the page, which then begins to connect. */
  begin(attributes: Record<string, string>): void {
    this.#changes = [];
    const session = document.createElement('chat-session');
    for (const [name, value] of Object.entries(attributes)) session.setAttribute(name, value);
    session.addEventListener('chat-connection-change', ({ status, transport }) => {
      this.#changes.push({ status, transport, at: now() });
      this.#stir();
    });
    session.addEventListener('chat-message-new', ({ message }) => this.#told.add(message.text ?? ''));
    this.#beganAt = now();
    document.body.append(session);
    this.#session = session;
  }

  /** Takes it out again. */
  end(): void {
    this.#observer.disconnect();
    this.#recorder.stop();
    this.#list = undefined;
    this.#session?.remove();
    this.#session = undefined;
  }

  /** Puts it elsewhere in the page, and back. */
  move(): void {
    if (!this.#session) return;
    const place = document.createElement('div');
    document.body.append(place);
    place.append(this.#session);
    document.body.append(this.#session);
    place.remove();
  }

  time(): number {
    return now();
  }

  began(): number {
    return this.#beganAt;
  }

  changed(): number {
    return this.#changes.length;
  }

  /** Forgets the changes so far, which a thousand rounds would pile up. */
  forget(): void {
    this.#changes = [];
  }

  /** Resolves when it is live on `transport`, at the earliest by a change after number `since`. */
  live(transport?: TransportName, since = 0, limitMs = LIMIT_MS): Promise<Change> {
    const isThat = (change: Change) =>
      change.status === 'live' && change.transport && (!transport || change.transport === transport);
    return this.#until(() => this.#changes.slice(since).find(isThat), `live on ${transport}`, limitMs);
  }

  /** Resolves when nothing carries its events, at the earliest by a change after number `since`. */
  dropped(since = 0, limitMs = LIMIT_MS): Promise<Change> {
    return this.#until(
      () => this.#changes.slice(since).find(({ transport }) => !transport),
      'a drop',
      limitMs,
    );
  }

  /** Resolves when something carries its events now. */
  carried(limitMs = LIMIT_MS): Promise<Change> {
    const last = () => (this.#changes.at(-1)?.transport ? this.#changes.at(-1) : undefined);
    return this.#until(last, 'carried by anything', limitMs);
  }

  /** Cuts the wait for a planned attempt short, as a visitor does. */
  retry(): void {
    this.#session?.retry();
  }

  /** Whether what keeps the connection is there, which knows what browsers tell. */
  ready(): Promise<true> {
    return this.#until(() => this.#session?.client?.isLive || undefined, 'what keeps the connection');
  }

  /** Whether messages that wait are stored from now on: that store is held by a lock. */
  keeps(): Promise<true> {
    let held = false;
    const look = () => {
      void navigator.locks.query().then((locks) => (held = Boolean(locks.held?.length)));
      return held || undefined;
    };
    return this.#until(look, 'a lock on what is stored');
  }

  /** Reads from now on what the list shows. */
  async record(): Promise<void> {
    this.#list = await this.#until(() => this.#find('message-list')?.shadowRoot, 'a message list');
    this.#recorder.watch(this.#list);
    const all = { childList: true, subtree: true, characterData: true, attributes: true };
    this.#observer.observe(this.#list, all);
    this.#look();
  }

  /** Resolves when so many of the numbered messages have been shown, or the time is over. */
  async reaches(count: number, limitMs: number): Promise<boolean> {
    const there = this.#until(() => this.#recorder.has(count) || undefined, `#1 to #${count}`, limitMs);
    return there.catch(() => false);
  }

  /** Resolves when a number as great as that has been shown. */
  passes(n: number, limitMs: number): Promise<number> {
    return this.#until(() => (this.#greatest >= n ? n : undefined), `#${n} or later`, limitMs);
  }

  recorded(count: number): Recorded {
    return { ...this.#recorder.wrongs(count), gap: this.#gap };
  }

  /** Goes up to where messages are missing, as a visitor may, again and again until 1 to `count` have been shown. */
  async goUp(count: number, limitMs: number): Promise<void> {
    const top = () =>
      this.#list?.querySelector("[part='gap']") ?? this.#list?.querySelector('[part~="text"]');
    const scroll = realInterval(() => top()?.scrollIntoView({ block: 'center' }), SOMETIMES_MS);
    await this.reaches(count, limitMs);
    clearInterval(scroll);
  }

  /** When the first message was shown that came as an event. */
  firstEvent(limitMs = LIMIT_MS): Promise<number> {
    const first = () => [...this.#told].map((text) => this.#shownAt.get(text)).find(Boolean);
    return this.#until(first, 'a message that came as an event', limitMs);
  }

  /** When the last of these texts came into view. */
  async shown(texts: string[], limitMs = LIMIT_MS): Promise<number> {
    const all = () => texts.every((text) => this.#shownAt.has(text)) || undefined;
    await this.#until(all, `${texts.length} messages up to ${texts.at(-1)}`, limitMs);
    return Math.max(...texts.map((text) => this.#shownAt.get(text) ?? 0));
  }

  texts(): string[] {
    return this.#list ? textsIn(this.#list) : [];
  }

  /** Writes and sends a message, as a visitor does. */
  async send(text: string): Promise<void> {
    const field = () => this.#find('message-composer')?.shadowRoot?.querySelector('textarea');
    const composer = await this.#until(field, 'a composer');
    composer.value = text;
    composer.dispatchEvent(new Event('input', { bubbles: true }));
    composer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  }

  /** Resolves when an own message is marked as taken by the server. */
  sent(text: string, limitMs = LIMIT_MS): Promise<true> {
    return this.#until(() => this.#isSent(text) || undefined, `"${text}" marked as sent`, limitMs);
  }

  #isSent(text: string): boolean {
    const messages = this.#list?.querySelectorAll('[part~="message"]') ?? [];
    const message = [...messages].findLast((each) => textsIn(each)[0] === text);
    return /^(Sent|Read)/.test(message?.querySelector('[role="img"]')?.getAttribute('aria-label') ?? '');
  }

  #look(): void {
    const at = now();
    const newest = this.texts().slice(-100);
    for (const text of newest) if (!this.#shownAt.has(text)) this.#shownAt.set(text, at);
    this.#greatest = Math.max(this.#greatest, Number(/^#(\d+)$/.exec(newest.at(-1) ?? '')?.[1] ?? 0));
    this.#gap ||= Boolean(this.#list?.querySelector("[part='gap']"));
    this.#stir();
  }

  #stir(): void {
    for (const look of this.#waiting) look();
  }

  /** @throws {Error} When there is none within the time; says how the page stood. */
  #until<T>(look: () => T, what: string, limitMs = LIMIT_MS): Promise<NonNullable<T>> {
    return new Promise((resolve, reject) => {
      let over = false;
      const end = () => {
        over = true;
        this.#waiting.delete(again);
      };
      const again = () => {
        const found = look();
        if (over || found === undefined || found === null) return;
        end();
        resolve(found);
      };
      this.#waiting.add(again);
      realTimeout(() => {
        if (over) return;
        end();
        const seen = this.#changes.slice(-8).map(({ status, transport }) => `${status} ${transport ?? '-'}`);
        reject(new Error(`Within ${limitMs} ms there never was: ${what}. Connection: ${seen.join(', ')}.`));
      }, limitMs);
      again();
    });
  }

  /** An element anywhere in the page's open shadow roots. */
  #find(tag: string, root: ParentNode = document): Element | undefined {
    const found = root.querySelector(tag);
    if (found) return found;
    for (const { shadowRoot } of root.querySelectorAll('*')) {
      const deeper = shadowRoot && this.#find(tag, shadowRoot);
      if (deeper) return deeper;
    }
    return undefined;
  }
}

Object.assign(window, { hand: new Hand() });
