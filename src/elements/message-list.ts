import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Channel } from '../client/channel.js';
import { ChannelSlice } from '../context.js';
import type { ChatError } from '../errors.js';
import { base } from '../styles/base.js';
import { controls } from '../styles/controls.js';
import { list } from '../styles/message-list.js';
import { messages } from '../styles/messages.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { ChatErrorEvent } from './events.js';
import type { Listing, ListLife } from './parts/later/list-life.js';
import { channelFace, isDirect } from './parts/channel-view.js';
import { drawDays } from './parts/draw-days.js';
import { fields } from './parts/fields.js';
import { Lazy } from './parts/lazy.js';
import { isRich, type RowActions } from './parts/message-row.js';
import { states } from './parts/states.js';
import { Visit } from './parts/visit.js';
import './read-receipt.js';
import './typing-indicator.js';

const life = new Lazy(() => import('./parts/later/list-life.js'));
const rich = new Lazy(() => import('./parts/later/rich.js'));

/** How near to its end a list counts as being there (the design's figure). */
const NEAR_PX = 64;

/**
 * The messages of the nearest channel: grouped, by day, oldest first, kept at the bottom while the
 * visitor is there. Loads older ones on the way up and marks the channel read once its end was in view
 * for half a second. Outside a channel it is empty.
 *
 * @tag message-list
 * @slot empty - Replaces the words in a channel without messages.
 * @slot typing - Replaces the `<typing-indicator>` under the messages.
 * @event {ChatErrorEvent} chat-error - A message could not be sent again, or not be changed.
 * @event {ChatMessageActionEvent} chat-message-action - Before something is done with a message; `preventDefault()` keeps it.
 * @csspart log - The messages.
 * @csspart message - One message, with picture and what is under it.
 * @csspart bubble - Its bubble.
 * @csspart avatar - The author's picture.
 * @csspart author - The author's name.
 * @csspart text - The words.
 * @csspart mention - The name of somebody who was told.
 * @csspart code - A block of code.
 * @csspart quote - The message that is answered.
 * @csspart images - Pictures.
 * @csspart file - A file.
 * @csspart link-card - What a link leads to.
 * @csspart reactions - The reactions under a bubble.
 * @csspart reaction - One of them.
 * @csspart toolbar - The buttons over a message that is pointed at or has the focus.
 * @csspart menu - All that can be done with a message.
 * @csspart menu-item - One of that.
 * @csspart meta - Time and ticks.
 * @csspart ticks - The mark of how far an own message has come.
 * @csspart failure - "Not sent", with what to do.
 * @csspart avatars - Who has read, in a group.
 * @csspart line - When it was read, in a conversation of two.
 * @csspart day-separator - The day over its messages.
 * @csspart unread-separator - Where the unread messages begin.
 * @csspart gap - Where messages are missing after a long absence, with a button to load them.
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
  static override styles = [base, controls, list, messages];

  #slice = new ChannelSlice(
    this,
    fields(
      'phase',
      'error',
      'data',
      'messages',
      'hasOlder',
      'olderPhase',
      'members',
      'reads',
      'unread',
      'gap',
    ),
  );
  #life: ListLife | undefined;
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
      const gone = this.#slice.holder?.discardMessage(id);
      void gone?.then(() => this.updateComplete).then(() => this.#life?.focus());
    },
    react: (id, type) => this.#live((its) => its.react(id, type)),
    jump: (id) => this.#live((its) => its.jump(id)),
  };

  #listing: Listing = {
    host: this,
    terms: () => this.terms,
    channel: () => this.#channel,
    stuck: () => this.#stuck,
    toBottom: () => this.#toBottom(),
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
      gap: this.#its?.gap(),
      // Only what is needed is asked for; rows are drawn again when it has come.
      rich: state?.messages.some(isRich) ? rich.for(this) : undefined,
      states: state?.messages.some(({ status }) => status === 'failed') ? states.for(this) : undefined,
    });
    if (this.#stuck) this.#scroller.scrollTop = 0;
    else if (seen?.isConnected && before !== undefined) this.#scroller.scrollTop += topOf(seen) - before;
    if (goal === 'unread') this.#toThird();
  }

  protected override updated(): void {
    const { value: state } = this.#slice;
    if (!state?.messages.length) return;
    const { arrived } = this.#visit;
    const late = !life.module;
    this.#live((its) => its.updated(arrived, late));
  }

  /** Calls `act` with what the list does after it was drawn, once that is there. */
  #live(act: (its: ListLife) => void): void {
    life.run(() => act(this.#its as ListLife));
  }

  get #its(): ListLife | undefined {
    return (this.#life ??= life.module && new life.module.ListLife(this.#listing));
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
        @keydown=${this.#onKey}
        @focusin=${this.#onFocus}
      >
        <div class="column">
          ${this.#its?.older()}
          <div
            part="log"
            class="${instead ? 'fill' : ''} ${direct ? 'direct' : ''}"
            role="log"
            aria-live="off"
            aria-label=${channel ? terms.messagesIn(name) : terms.messages}
          >
            ${instead ? this.#instead(channel, name) : nothing}
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
    this.#life?.reset();
  }

  #onScroll(): void {
    const scroller = this.#scroller;
    if (!scroller.clientHeight) return; // hidden: nobody scrolled
    // Scrolled from its end: 0 there, and negative above it.
    const stuck = scroller.scrollTop >= -NEAR_PX;
    if (stuck !== this.#stuck) this.requestUpdate();
    this.#stuck = stuck;
    this.#live((its) => its.loadOlder());
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
    this.#live((its) => its.onFocus(event));
  }

  #onKey(event: KeyboardEvent): void {
    this.#live((its) => its.onKey(event));
  }

  /** What stands in the place of messages: waiting, none, or why. */
  #instead(channel: Channel, name: string): TemplateResult | undefined {
    return /idle|loading/.test(channel.state.value.phase)
      ? skeletons
      : states.for(this)?.insteadOfMessages(channel, name);
  }

  #jump(): TemplateResult | undefined {
    if (this.#stuck || !this.#slice.value?.messages.length) return undefined;
    return life.for(this)?.jump(this.#visit.countUnseen(this.#selfId), this.terms, () => this.#toBottom());
  }
}

const skeletons = html`<div class="skeletons late" aria-hidden="true">
  ${[1, 2, 3, 4].map(() => html`<div class="skeleton"></div>`)}
</div>`;

function topOf(element: Element): number {
  return element.getBoundingClientRect().top;
}

define('message-list', MessageListElement);

declare global {
  interface HTMLElementTagNameMap {
    'message-list': MessageListElement;
  }
}
