import { consume } from '@lit/context';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Channel } from '../client/channel.js';
import { ChannelSlice, termsContext } from '../context.js';
import type { ChatError } from '../errors.js';
import { en, type Terms } from '../locales/en.js';
import type { Timestamp } from '../protocol.js';
import { base } from '../styles/base.js';
import { list } from '../styles/message-list.js';
import { messages } from '../styles/messages.js';
import { define } from './define.js';
import { ChatErrorEvent } from './events.js';
import { Announcer } from './parts/announcer.js';
import { nameOf } from './parts/avatar.js';
import { channelFace, isDirect } from './parts/channel-view.js';
import { fields } from './parts/fields.js';
import { icon } from './parts/icons.js';
import { insteadOfMessages } from './parts/list-states.js';
import { MessageKeys } from './parts/message-keys.js';
import { messageRow, textOf, type RowActions } from './parts/message-row.js';
import { ReadWhenSeen } from './parts/reading.js';
import { rise } from './parts/rise.js';
import { daysOf, isNotice, type Day, type Row } from './parts/rows.js';
import { Stick } from './parts/stick.js';
import { readUntil, receiptOf } from './parts/ticks.js';
import { dayLabel } from './parts/time.js';
import { Visit } from './parts/visit.js';
import './read-receipt.js';
import './typing-indicator.js';

/** Older messages are fetched when fewer screens than this are left above. */
const SCREENS_ABOVE = 1.5;

/** What all rows of one rendering share. */
interface Shared {
  selfId: string | undefined;
  direct: boolean;
  /** Until when somebody else has read. */
  until: Timestamp;
  /** The newest own message that was read. */
  receiptId: string | undefined;
}

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
export class MessageListElement extends LitElement {
  static override styles = [base, list, messages];

  @consume({ context: termsContext, subscribe: true }) protected terms: Terms = en;

  #slice = new ChannelSlice(
    this,
    fields('phase', 'error', 'data', 'messages', 'hasOlder', 'olderPhase', 'members', 'reads', 'unread'),
  );
  #stick = new Stick(this, () => this.#scroller);
  #reading = new ReadWhenSeen(
    this,
    () => this.#stick.stuck && Boolean(this.#slice.value?.unread),
    // What the network keeps from being marked now is marked with the next change.
    () => void this.#slice.holder?.markRead().catch(() => undefined),
  );
  #announcer = new Announcer(() => this.renderRoot.querySelector('[role=status].sr'));
  #keys = new MessageKeys(
    () => this.#scroller,
    () => this.#stick.toBottom(),
  );
  #channel: Channel | undefined;
  #visit = new Visit();
  #showUnread = false;

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

  get #scroller(): HTMLElement | null {
    return this.shadowRoot?.querySelector<HTMLElement>('.scroller') ?? null;
  }

  get #selfId(): string | undefined {
    return this.#slice.holder?.client.userId;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#announcer.clear();
  }

  protected override willUpdate(): void {
    const { holder: channel, value: state } = this.#slice;
    if (channel !== this.#channel) this.#enter(channel);
    if (!state) return;
    const goal = this.#visit.take(state, this.#selfId);
    this.#showUnread = goal === 'unread';
    if (goal) this.#stick.stuck = goal === 'end';
    if (this.#stick.stuck) this.#visit.see();
  }

  protected override updated(): void {
    const separator = this.#showUnread && this.renderRoot.querySelector("[part='unread-separator']");
    if (separator) this.#stick.toThird(separator);
    this.#keys.refresh();
    this.#loadOlder();
    this.#welcome();
  }

  override render(): TemplateResult {
    const { holder: channel, value: state } = this.#slice;
    const name = channel ? channelFace(channel.state.value, this.#selfId, this.terms).name : '';
    const filled = Boolean(state?.messages.length);
    return html`
      <div
        class="scroller"
        @scroll=${this.#onScroll}
        @keydown=${(event: KeyboardEvent) => this.#keys.onKey(event)}
        @focusin=${this.#onFocus}
      >
        <div class="column">
          ${this.#older()}
          <div
            part="log"
            class=${filled ? '' : 'fill'}
            role="log"
            aria-live="off"
            aria-label=${channel ? this.terms.messagesIn(name) : this.terms.messages}
          >
            ${channel ? (filled ? this.#days(channel) : insteadOfMessages(channel, name, this.terms)) : nothing}
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
    this.#stick.stuck = true;
    this.#reading.reset();
    this.#announcer.clear();
  }

  #onScroll(): void {
    this.#stick.onScroll();
    this.#reading.check();
    this.#loadOlder();
  }

  #onFocus(event: FocusEvent): void {
    const { messages = [], hasOlder } = this.#slice.value ?? {};
    this.#keys.onFocus(event, hasOlder ? -1 : messages.filter((message) => !isNotice(message)).length);
  }

  #loadOlder(retry = false): void {
    const { holder: channel, value: state } = this.#slice;
    const scroller = this.#scroller;
    if (!channel || !state?.hasOlder || !scroller?.clientHeight) return;
    if (state.olderPhase === 'failed' && !retry) return;
    // The state says that it failed, and the list shows it.
    if (scroller.scrollTop < SCREENS_ABOVE * scroller.clientHeight)
      channel.loadOlder().catch(() => undefined);
  }

  /** Announces what came, and lets it rise if it came into view. */
  #welcome(): void {
    const { arrived } = this.#visit;
    this.#visit.arrived = [];
    if (!arrived.length || document.visibilityState !== 'visible') return;
    const { terms } = this;
    for (const message of arrived)
      if (message.user?.id !== this.#selfId && message.type !== 'error')
        this.#announcer.say(
          terms.said(nameOf(message.user, terms), textOf(message, terms)),
          terms.newMessages,
        );
    if (this.#stick.stuck) rise(this.renderRoot, arrived);
  }

  #older(): TemplateResult | typeof nothing {
    const phase = this.#slice.value?.olderPhase;
    if (phase === 'loading') return html`<div class="older skeleton"></div>`;
    if (phase !== 'failed') return nothing;
    return html`<button class="older button" @click=${() => this.#loadOlder(true)}>
      ${this.terms.loadFailed}. ${this.terms.tryAgain}
    </button>`;
  }

  #days(channel: Channel): unknown {
    const state = channel.state.value;
    const selfId = this.#selfId;
    const until = readUntil(state.reads, selfId);
    const receiptId = until
      ? state.messages.findLast((m) => m.user?.id === selfId && receiptOf(m, until) === 'read')?.id
      : undefined;
    const shared: Shared = { selfId, until, receiptId, direct: isDirect(state, selfId) };
    const now = new Date();
    return repeat(
      daysOf(state.messages, selfId, this.#visit.unread),
      (day) => day.key,
      (day) => this.#day(day, now, shared),
    );
  }

  #day(day: Day, now: Date, shared: Shared): TemplateResult {
    const label = dayLabel(day.at, now, this.terms);
    return html`<div class="day ${shared.direct ? 'direct' : ''}">
      <div part="day-separator" role="separator" aria-label=${label}><bdi>${label}</bdi></div>
      ${repeat(
        day.rows,
        (row) => row.key,
        (row) => this.#row(row, shared),
      )}
    </div>`;
  }

  #row(row: Row, { until, receiptId, direct }: Shared): unknown {
    const { terms } = this;
    if (row.kind === 'unread') {
      const label = terms.newMessages(row.count);
      return html`<div part="unread-separator" role="separator" aria-label=${label}>
        <bdi>${label}</bdi>
      </div>`;
    }
    const { message } = row;
    if (row.kind === 'notice') return html`<div part="notice" dir="auto">${textOf(message, terms)}</div>`;
    const receipt = row.own ? receiptOf(message, until) : undefined;
    const receiptLine = message.id === receiptId;
    return guard([message, row.own, row.first, row.last, receipt, receiptLine, direct, terms], () =>
      messageRow(row, { terms, direct, receipt, receiptLine }, this.#actions),
    );
  }

  #jump(): TemplateResult | typeof nothing {
    const state = this.#slice.value;
    if (this.#stick.stuck || !state?.messages.length) return nothing;
    const count = this.#visit.countUnseen(this.#selfId);
    return html`<button
      part="jump"
      aria-label=${count ? this.terms.jumpUnread(count) : this.terms.jump}
      @click=${() => this.#stick.toBottom()}
    >
      ${icon('down')}${count ? html`<span part="badge">${count > 99 ? '99+' : count}</span>` : nothing}
    </button>`;
  }
}

define('message-list', MessageListElement);

declare global {
  interface HTMLElementTagNameMap {
    'message-list': MessageListElement;
  }
}
