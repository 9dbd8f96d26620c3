/** The hand that `pages/session.js` and the scripts beside it hold out. */
interface Hand {
  online: boolean;
  visible: boolean;
  clockMs: number;
  errors: string[];
  webSockets: Set<WebSocket>;
  requests: Set<XMLHttpRequest>;
  timers: Map<number, unknown>;
  listeners: readonly { target: EventTarget; type: string }[];
  pace(speed: number): void;
  sleep(ms: number): void;
  throttle(ms: number): void;
  freeze(on: boolean): void;
}

export type PageWindow = Window & typeof globalThis & { page: Hand };

/** What a page has open, or waits for. */
export interface Holdings {
  webSockets: number;
  /** Polls. */
  requests: number;
  timers: number;
  /** On window, document and what hangs on them. */
  listeners: number;
  /** Web Locks, of all pages together. */
  locks: number;
}

/** The browser around a page: what it tells the page, and what it sees of it. */
export abstract class PageBrowser {
  abstract get window(): PageWindow;

  /** The browser says so; the network itself stays as it is. */
  says(network: 'online' | 'offline'): void {
    this.window.page.online = network === 'online';
    this.window.dispatchEvent(new this.window.Event(network));
  }

  shows(visible: boolean): void {
    this.window.page.visible = visible;
    this.#tellDocument('visibilitychange');
  }

  /** Another way out, where browsers tell. */
  changesNetwork(): void {
    const { connection } = this.window.navigator as { connection?: EventTarget };
    connection?.dispatchEvent(new this.window.Event('change'));
  }

  /** Freezes the page, once it was told; `false` wakes it. Its sockets' own events would still come. */
  freezes(frozen: boolean): void {
    if (frozen) this.#tellDocument('freeze');
    this.window.page.freeze(frozen);
    if (!frozen) this.#tellDocument('resume');
  }

  /** Puts the page aside for the back button, or has it back. */
  putsAside(aside: boolean): void {
    const type = aside ? 'pagehide' : 'pageshow';
    this.window.dispatchEvent(new this.window.PageTransitionEvent(type, { persisted: true }));
  }

  /** Its clock and timers run so many times as fast from now on. */
  paces(speed: number): void {
    this.window.page.pace(speed);
  }

  /** The machine was asleep for so long: what came due meanwhile runs now. */
  sleeps(ms: number): void {
    this.window.page.sleep(ms);
  }

  /** Timers run at multiples of so many milliseconds alone; 0 ends it. */
  throttles(everyMs: number): void {
    this.window.page.throttle(everyMs);
  }

  /** Puts the page's clock forward, or back. */
  shiftClock(ms: number): void {
    this.window.page.clockMs += ms;
  }

  /** The page's own time, in ms since 1970. */
  get clock(): number {
    return this.window.Date.now();
  }

  /** Errors of the page that nobody caught. */
  get errors(): readonly string[] {
    return this.window.page.errors;
  }

  /** What is open in the page now. */
  get sockets(): Pick<Holdings, 'webSockets' | 'requests'> {
    const { webSockets, requests } = this.window.page;
    return { webSockets: webSockets.size, requests: requests.size };
  }

  async holdings(): Promise<Holdings> {
    const { timers, listeners } = this.window.page;
    const { held = [] } = await this.window.navigator.locks.query();
    return {
      ...this.sockets,
      timers: timers.size,
      listeners: listeners.length,
      locks: held.length,
    };
  }

  /** Whether the page waits for such an event of what outlives the widget. */
  listensTo(type: string): boolean {
    return this.window.page.listeners.some((one) => one.type === type);
  }

  #tellDocument(type: string): void {
    const { document, Event } = this.window;
    document.dispatchEvent(new Event(type, { bubbles: true }));
  }
}
