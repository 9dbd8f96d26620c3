import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** How near to its end a scroller counts as being there (the design's figure). */
const NEAR_PX = 64;

/**
 * Keeps a scroller where the reader is: at the bottom while they are there, else at the message that
 * they see first, whatever comes above it. The scroller has `overflow-anchor: none`, so that the browser
 * does not correct a second time.
 */
export class Stick implements ReactiveController {
  /** Whether the bottom is in view and stays there. */
  stuck = true;
  #host: ReactiveControllerHost;
  #scroller: () => HTMLElement | null;
  #resize = new ResizeObserver(() => this.#pin());
  #observed: Element | undefined;
  #top = 0;
  #anchor: { element: Element; top: number } | undefined;

  /** `scroller` has one child, which holds all; what can be an anchor carries `data-id`. */
  constructor(host: ReactiveControllerHost, scroller: () => HTMLElement | null) {
    this.#host = host;
    this.#scroller = scroller;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observe();
  }

  hostDisconnected(): void {
    this.#resize.disconnect();
    this.#observed = undefined;
  }

  hostUpdate(): void {
    const scroller = this.#scroller();
    this.#anchor = scroller && !this.stuck ? firstSeen(scroller) : undefined;
  }

  hostUpdated(): void {
    const scroller = this.#scroller();
    if (scroller && this.#anchor?.element.isConnected)
      scroller.scrollTop += this.#anchor.element.getBoundingClientRect().top - this.#anchor.top;
    this.#observe();
    this.#pin();
  }

  /** Goes to the newest message and stays there. */
  toBottom(): void {
    this.#anchor = undefined;
    this.stuck = true;
    this.#pin();
    this.#host.requestUpdate();
  }

  /** Puts `element` a third from the top. */
  toThird(element: Element): void {
    const scroller = this.#scroller();
    if (!scroller) return;
    const from = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += from - scroller.clientHeight / 3;
    this.#top = scroller.scrollTop;
    this.#setStuck(distance(scroller) <= NEAR_PX);
  }

  /** To be called on every scroll event. */
  onScroll = (): void => {
    const scroller = this.#scroller();
    if (!scroller?.clientHeight) return; // hidden: nobody scrolled
    // Only a way up leaves the bottom: when content grows, the event of our own last pin comes late.
    const up = scroller.scrollTop < this.#top - 1;
    this.#top = scroller.scrollTop;
    if (up || !this.stuck) this.#setStuck(distance(scroller) <= NEAR_PX);
  };

  #setStuck(stuck: boolean): void {
    if (stuck === this.stuck) return;
    this.stuck = stuck;
    this.#host.requestUpdate();
  }

  #pin(): void {
    const scroller = this.#scroller();
    if (!this.stuck || !scroller) return;
    scroller.scrollTop = scroller.scrollHeight;
    this.#top = scroller.scrollTop;
  }

  #observe(): void {
    const scroller = this.#scroller();
    if (!scroller || scroller === this.#observed) return;
    this.#observed = scroller;
    this.#resize.observe(scroller);
    if (scroller.firstElementChild) this.#resize.observe(scroller.firstElementChild);
  }
}

function distance(scroller: Element): number {
  return scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
}

/** The first message that is in view, by bisection: a list may be long and each step measures. */
function firstSeen(scroller: Element): { element: Element; top: number } | undefined {
  const edge = scroller.getBoundingClientRect().top;
  const rows = scroller.querySelectorAll('[data-id]');
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) <= edge) low = middle + 1;
    else high = middle;
  }
  const element = rows[low];
  return element && { element, top: element.getBoundingClientRect().top };
}
