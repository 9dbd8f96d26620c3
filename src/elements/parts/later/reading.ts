import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** What was in view this long counts as read (the design's figure). */
const SEEN_MS = 500;

/** What may change whether somebody looks; all of it comes by the window. */
const LOOKS = ['focus', 'blur', 'visibilitychange'];

/** Calls `read` once the host was in view for 500 ms of a focused page, while `wanted` says so. */
export class ReadWhenSeen implements ReactiveController {
  #host: Element;
  #wanted: () => boolean;
  #read: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #inView = false;
  #observer = new IntersectionObserver((entries) => {
    this.#inView = entries.at(-1)?.isIntersecting ?? false;
    this.check();
  });

  constructor(host: Element & ReactiveControllerHost, wanted: () => boolean, read: () => void) {
    this.#host = host;
    this.#wanted = wanted;
    this.#read = read;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer.observe(this.#host);
    for (const type of LOOKS) addEventListener(type, this.check);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
    for (const type of LOOKS) removeEventListener(type, this.check);
    this.reset();
  }

  hostUpdated(): void {
    this.check();
  }

  /** Starts or stops the wait as things stand. */
  check = (): void => {
    // A page has the focus only while it is visible.
    if (!this.#inView || !document.hasFocus() || !this.#wanted()) return this.reset();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#read();
    }, SEEN_MS);
  };

  /** Forgets what was seen so far. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
