import type { ReactiveElement, TemplateResult } from 'lit';
import type { Channel } from '../../../client/channel.js';
import type { LocalMessage } from '../../../client/state.js';
import type { Terms } from '../../../locales/en.js';
import { nameOf } from '../avatar.js';
import type { Keyed } from '../keyed.js';
import { textOf } from '../message-row.js';
import { isNotice } from '../rows.js';
import { adopt } from '../lazy.js';
import { states } from '../states.js';
import { Announcer } from './announcer.js';
import { gapRow, gapStyles, loadGap } from './gap.js';
import { older, styles } from './jump.js';
import { showMessage } from './jump-to.js';
import { goal } from './message-keys.js';
import { menuStyles } from './message-menu.js';
import { MessageTools } from './message-tools.js';
import { ReadWhenSeen } from './reading.js';
import { rise } from './rise.js';
import { rowOf, TabStop } from './tab-stop.js';
import { toolbarStyles } from './toolbar.js';

export { jump } from './jump.js';

/** Older messages are fetched when fewer screens than this are left above. */
const SCREENS_ABOVE = 1.5;

/** What a message list tells of itself. */
export interface Listing {
  readonly host: ReactiveElement;
  terms(): Terms;
  channel(): Channel | undefined;
  /** Whether the end is in view, and stays there. */
  stuck(): boolean;
  toBottom(): void;
}

/** What happens in a message list after it was drawn: it is read, walked through by keys, and grows. */
export class ListLife {
  #listing: Listing;
  #announcer = new Announcer();
  #tabStop: TabStop;
  #tools: MessageTools;
  /** Made when there is something unread. */
  #reading: ReadWhenSeen | undefined;
  #gap: Keyed | undefined;

  constructor(listing: Listing) {
    this.#listing = listing;
    this.#tabStop = new TabStop(() => listing.host.renderRoot);
    const root = listing.host.renderRoot as ShadowRoot;
    this.#tools = new MessageTools(listing.host, root, () => listing.channel());
    for (const sheet of [styles, gapStyles, toolbarStyles, menuStyles]) adopt(root, sheet);
  }

  /**
   * To be called after each drawing.
   *
   * @param arrived - What came with it.
   * @param late - This was not there yet: what came stands in its place already.
   */
  updated(arrived: readonly LocalMessage[], late: boolean): void {
    this.#tabStop.refresh();
    this.#tools.refresh();
    this.loadOlder();
    if (this.#listing.channel()?.state.value.unread) this.#read();
    if (arrived.length && document.visibilityState === 'visible') this.#welcome(arrived, late);
  }

  /** Fetches the next older messages when their place comes near, and what is missing when its place is seen. */
  loadOlder(retry = false): void {
    const channel = this.#listing.channel();
    if (channel?.state.value.gap && this.#seesGap()) loadGap(channel);
    const { hasOlder, olderPhase } = channel?.state.value ?? {};
    if (!hasOlder || (olderPhase === 'failed' && !retry)) return;
    const scroller = this.#listing.host.renderRoot.querySelector('.scroller') as Element;
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    // The state says that it failed, and the list shows it.
    if (clientHeight && scrollHeight + scrollTop < (1 + SCREENS_ABOVE) * clientHeight)
      channel?.loadOlder().catch(() => undefined);
  }

  #seesGap(): boolean {
    const { renderRoot } = this.#listing.host;
    const gap = renderRoot.querySelector("[part='gap']")?.getBoundingClientRect();
    const frame = renderRoot.querySelector('.scroller')?.getBoundingClientRect();
    return Boolean(gap && frame?.height && gap.bottom > frame.top && gap.top < frame.bottom);
  }

  /** What stands over the messages, while older ones are on their way or did not come. */
  older(): TemplateResult | undefined {
    const { host } = this.#listing;
    const phase = this.#listing.channel()?.state.value.olderPhase;
    if (phase === 'loading') return older();
    return phase === 'failed' ? states.for(host)?.olderFailed(() => this.loadOlder(true)) : undefined;
  }

  /** What stands where messages are missing. */
  gap(): Keyed {
    return (this.#gap ??= gapRow(() => loadGap(this.#listing.channel())));
  }

  /** Another channel is shown. */
  reset(): void {
    this.#tools.reset();
    this.#reading?.reset();
    this.#announcer.clear();
  }

  onFocus(event: Event): void {
    const { messages = [], hasOlder } = this.#listing.channel()?.state.value ?? {};
    this.#tools.focused(event.target);
    this.#tabStop.onFocus(event, hasOlder ? -1 : messages.filter((message) => !isNotice(message)).length);
  }

  onKey(event: KeyboardEvent): void {
    if (this.#tools.onKey(event)) return event.preventDefault();
    const to = goal(event, this.#tabStop.rows);
    if (!to) return;
    event.preventDefault();
    if (event.altKey || event.key === 'End') this.#listing.toBottom();
    this.#tabStop.move(rowOf(to));
    to.focus();
  }

  /** Gives a reaction of this type, or takes it back. */
  react(id: string, type: string): void {
    this.#tools.react(id, type);
  }

  /** Brings a message into view, also one further up than what is loaded. */
  jump(id: string): void {
    void showMessage(this.#listing, id);
  }

  /** Gives the focus to a message, after the one that had it was removed. */
  focus(): void {
    this.#tabStop.focus();
  }

  #read(): void {
    const { host } = this.#listing;
    const wanted = () => this.#listing.stuck() && Boolean(this.#listing.channel()?.state.value.unread);
    // What the network keeps from being marked now is marked with the next change.
    const mark = () =>
      void this.#listing
        .channel()
        ?.markRead()
        .catch(() => undefined);
    this.#reading ??= new ReadWhenSeen(host, wanted, mark);
  }

  /** Announces what came, and lets it rise if it came into view. */
  #welcome(arrived: readonly LocalMessage[], late: boolean): void {
    const { host } = this.#listing;
    const terms = this.#listing.terms();
    if (this.#listing.stuck() && !late) rise(host.renderRoot, arrived);
    const region = host.renderRoot.querySelector('[role=status].sr') as Element;
    for (const message of arrived)
      if (message.user?.id !== this.#listing.channel()?.client.userId && message.type !== 'error') {
        const sentence = terms.preview(nameOf(message.user, terms), textOf(message, terms));
        this.#announcer.say(region, sentence, terms.newMessages);
      }
  }
}
