import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Channel } from '../client/channel.js';
import { ChannelSlice } from '../context.js';
import type { ChatError } from '../errors.js';
import { base } from '../styles/base.js';
import { list } from '../styles/message-list.js';
import { messages } from '../styles/messages.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { ChatErrorEvent } from './events.js';
import { Announcer } from './parts/announcer.js';
import { nameOf } from './parts/avatar.js';
import { channelFace, isDirect } from './parts/channel-view.js';
import { drawDays } from './parts/draw-days.js';
import { fields } from './parts/fields.js';
import { icon } from './parts/icons.js';
import { insteadOfMessages } from './parts/list-states.js';
import { MessageKeys } from './parts/message-keys.js';
import { textOf, type RowActions } from './parts/message-row.js';
import { ReadWhenSeen } from './parts/reading.js';
import { rise } from './parts/rise.js';
import { isNotice } from './parts/rows.js';
import { Visit } from './parts/visit.js';
import './read-receipt.js';
import './typing-indicator.js';

/** How near to its end a list counts as being there (the design's figure). */
const NEAR_PX = 64;

/** Older messages are fetched when fewer screens than this are left above. */
const SCREENS_ABOVE = 1.5;

/**
 * The messages of the nearest channel: grouped, by day, oldest first, kept at the bottom while the
 * visitor is there. Loads older ones on the way up and marks the channel read once its end was in view
 * for half a second. Outside a channel it is empty.
 *
 * @tag message-list
 * @slot empty - Replaces the words in a channel without messages.
 * @slot typing - Replaces the `<typing-indicator>` under the messages.
 * @event {ChatErrorEvent} chat-error - A message could not be sent again.
 * @csspart log - The messages.
 * @csspart message - One message, with picture and what is under it.
 * @csspart bubble - Its bubble.
 * @csspart avatar - The author's picture.
 * @csspart author - The author's name.
 * @csspart text - The words.
 * @csspart meta - Time and ticks.
 * @csspart ticks - The mark of how far an own message has come.
 * @csspart failure - "Not sent", with what to do.
 * @csspart avatars - Who has read, in a group.
 * @csspart line - When it was read, in a conversation of two.
 * @csspart day-separator - The day over its messages.
 * @csspart unread-separator - Where the unread messages begin.
 * @csspart notice - A sentence of the channel itself.
 * @csspart jump - The button to the latest message.
 * @csspart badge - The number of new messages on it.
 * @csspart dots - The dots of the typing indicator.
 * @csspart label - Who is typing, in a group.
 * @csspart problem - What is said when messages did not load.
 * @cssprop [--chat-own-bg] - Bubbles of the visitor.
 * @cssprop [--chat-own-text] - Words in them.
 * @cssprop [--chat-other-bg] - Bubbles of others.
 * @cssprop [--chat-other-text] - Words in them.
 * @cssprop [--chat-radius-bubble=18px] - Corners of bubbles.
 * @cssprop [--chat-bubble-max=min(82%, 540px)] - Widest bubble.
 * @cssprop [--chat-content=760px] - Widest column.
 * @cssprop [--chat-avatar-message=30px] - Size of pictures.
 */
export class MessageListElement extends ChatElement {
  static override styles = [base, list, messages];

  #slice = new ChannelSlice(
    this,
    fields('phase', 'error', 'data', 'messages', 'hasOlder', 'olderPhase', 'members', 'reads', 'unread'),
  );
  #reading = new ReadWhenSeen(
    this,
    () => this.#stuck && Boolean(this.#slice.value?.unread),
    // What the network keeps from being marked now is marked with the next change.
    () => void this.#slice.holder?.markRead().catch(() => undefined),
  );
  #announcer = new Announcer();
  #keys = new MessageKeys(
    () => this.renderRoot,
    () => this.#toBottom(),
  );
  #channel: Channel | undefined;
  #visit = new Visit();
  /** Whether the bottom is in view and stays there. */
  #stuck = true;

  #actions: RowActions = {
    retry: (id) =>
      void this.#slice.holder
        ?.retryMessage(id)
        .catch((error: ChatError) => this.dispatchEvent(new ChatErrorEvent(error))),
    remove: (id) => {
      this.#slice.holder?.discardMessage(id);
      void this.updateComplete.then(() => this.#keys.focus());
    },
  };

  /** There since the first rendering. */
  get #scroller(): Element {
    return this.renderRoot.querySelector('.scroller') as Element;
  }

  get #selfId(): string {
    return this.#slice.holder?.client.userId ?? '';
  }

  protected override update(changed: PropertyValues): void {
    const { holder: channel, value: state } = this.#slice;
    if (channel !== this.#channel) this.#enter(channel);
    const goal = state && this.#visit.take(state, this.#selfId);
    if (goal) this.#stuck = goal === 'end';
    if (this.#stuck) this.#visit.see();
    // Its end holds still by itself. A reader further up stays at the message that they see first.
    const seen = this.#stuck ? undefined : this.#firstSeen();
    const before = seen && topOf(seen);
    super.update(changed);
    drawDays(this.renderRoot.querySelector('.days') as Element, channel?.state.value, {
      selfId: this.#selfId,
      terms: this.terms,
      actions: this.#actions,
      unread: this.#visit.unread,
    });
    if (this.#stuck) this.#scroller.scrollTop = 0;
    else if (seen?.isConnected && before !== undefined) this.#scroller.scrollTop += topOf(seen) - before;
    if (goal === 'unread') this.#toThird();
  }

  protected override updated(): void {
    this.#keys.refresh();
    this.#loadOlder();
    this.#welcome();
  }

  override render(): TemplateResult {
    const { terms } = this;
    const { holder: channel, value: state } = this.#slice;
    const name = channel ? channelFace(channel.state.value, this.#selfId, terms).name : '';
    const direct = channel && isDirect(channel.state.value, this.#selfId);
    const instead = channel && !state?.messages.length;
    return html`
      <div
        class="scroller ${this.#stuck ? '' : 'up'}"
        @scroll=${this.#onScroll}
        @keydown=${(event: KeyboardEvent) => this.#keys.onKey(event)}
        @focusin=${this.#onFocus}
      >
        <div class="column">
          ${this.#older()}
          <div
            part="log"
            class="${instead ? 'fill' : ''} ${direct ? 'direct' : ''}"
            role="log"
            aria-live="off"
            aria-label=${channel ? terms.messagesIn(name) : terms.messages}
          >
            ${instead ? insteadOfMessages(channel, name, terms) : nothing}
            <div class="days"></div>
          </div>
          <slot name="typing"><typing-indicator exportparts="dots, label"></typing-indicator></slot>
        </div>
      </div>
      ${this.#jump()}
      <div class="sr" role="status"></div>
    `;
  }

  /** Leaves the last channel for this one. */
  #enter(channel: Channel | undefined): void {
    this.#channel = channel;
    this.#visit = new Visit();
    this.#stuck = true;
    this.#reading.reset();
    this.#announcer.clear();
  }

  #onScroll(): void {
    const scroller = this.#scroller;
    if (!scroller.clientHeight) return; // hidden: nobody scrolled
    // Scrolled from its end: 0 there, and negative above it.
    const stuck = scroller.scrollTop >= -NEAR_PX;
    if (stuck !== this.#stuck) this.requestUpdate();
    this.#stuck = stuck;
    this.#loadOlder();
  }

  /** Goes to the newest message and stays there. */
  #toBottom(): void {
    this.#stuck = true;
    this.requestUpdate();
  }

  /** Puts the beginning of the unread messages a third from the top. */
  #toThird(): void {
    const separator = this.renderRoot.querySelector("[part='unread-separator']");
    if (!separator) return;
    const scroller = this.#scroller;
    scroller.scrollTop += topOf(separator) - topOf(scroller) - scroller.clientHeight / 3;
    this.#onScroll();
  }

  #firstSeen(): Element | undefined {
    const rows = [...this.renderRoot.querySelectorAll('[data-id]')];
    return rows.find((row) => row.getBoundingClientRect().bottom > topOf(this.#scroller));
  }

  #onFocus(event: FocusEvent): void {
    const { messages = [], hasOlder } = this.#slice.value ?? {};
    this.#keys.onFocus(event, hasOlder ? -1 : messages.filter((message) => !isNotice(message)).length);
  }

  #loadOlder(retry = false): void {
    const { holder: channel, value: state } = this.#slice;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (!clientHeight || !state?.hasOlder || (state.olderPhase === 'failed' && !retry)) return;
    // The state says that it failed, and the list shows it.
    if (scrollHeight + scrollTop < (1 + SCREENS_ABOVE) * clientHeight)
      channel?.loadOlder().catch(() => undefined);
  }

  /** Announces what came, and lets it rise if it came into view. */
  #welcome(): void {
    const { arrived } = this.#visit;
    if (!arrived.length || document.visibilityState !== 'visible') return;
    const { terms } = this;
    const region = this.renderRoot.querySelector('[role=status].sr') as Element;
    for (const message of arrived)
      if (message.user?.id !== this.#selfId && message.type !== 'error')
        this.#announcer.say(
          region,
          terms.preview(nameOf(message.user, terms), textOf(message, terms)),
          terms.newMessages,
        );
    if (this.#stuck) rise(this.renderRoot, arrived);
  }

  #older(): TemplateResult | typeof nothing {
    const phase = this.#slice.value?.olderPhase;
    if (phase === 'loading') return html`<div class="older skeleton"></div>`;
    if (phase !== 'failed') return nothing;
    return html`<button class="older button" @click=${() => this.#loadOlder(true)}>
      ${this.terms.loadFailed}. ${this.terms.tryAgain}
    </button>`;
  }

  #jump(): TemplateResult | typeof nothing {
    if (this.#stuck || !this.#slice.value?.messages.length) return nothing;
    const { jump, newMessages } = this.terms;
    const count = this.#visit.countUnseen(this.#selfId);
    return html`<button
      part="jump"
      aria-label=${count ? `${jump}, ${newMessages(count)}` : jump}
      @click=${() => this.#toBottom()}
    >
      ${icon('down')}${count ? html`<span part="badge">${count > 99 ? '99+' : count}</span>` : nothing}
    </button>`;
  }
}

function topOf(element: Element): number {
  return element.getBoundingClientRect().top;
}

define('message-list', MessageListElement);

declare global {
  interface HTMLElementTagNameMap {
    'message-list': MessageListElement;
  }
}
