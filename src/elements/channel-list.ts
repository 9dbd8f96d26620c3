import { consume } from '@lit/context';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Channel } from '../client/channel.js';
import { ChannelSlice, ClientSlice, termsContext } from '../context.js';
import { en, type Terms } from '../locales/en.js';
import { base } from '../styles/base.js';
import { define } from './define.js';
import { ChatChannelSelectEvent, ChatErrorEvent } from './events.js';
import { rowContent, rowStyles } from './parts/channel-row.js';
import { icon } from './parts/icons.js';
import { asChatError, problem } from './parts/problem.js';

/**
 * The visitor's channels, newest activity first: name, last message, time, unread count.
 *
 * It asks for them itself. Choosing one fires `chat-channel-select`, and the session around opens it.
 *
 * @tag channel-list
 * @slot actions - Buttons at the end of the list's header.
 * @event {ChatChannelSelectEvent} chat-channel-select - A channel was chosen; cancelable.
 * @event {ChatErrorEvent} chat-error - The list did not load.
 * @csspart list-header - The bar over the list.
 * @csspart list-title - Its title.
 * @csspart channels - The list.
 * @csspart channel - One row.
 * @csspart avatar - The picture of a person or channel.
 * @csspart presence - The dot of a person who is online.
 * @csspart channel-name - The name in a row.
 * @csspart channel-time - The time of the last message.
 * @csspart channel-preview - The last message, or who types.
 * @csspart ticks - How far the visitor's own last message has come.
 * @csspart badge - The number of unread messages.
 * @csspart problem - What is shown in the place of a list that did not load.
 */
export class ChannelListElement extends LitElement {
  static override styles = [
    base,
    rowStyles,
    css`
      :host {
        --_ring: var(--chat-sunken);
        background: var(--chat-sunken);
      }
      nav {
        display: flex;
        flex-direction: column;
        block-size: 100%;
      }
      [part='list-header'] {
        display: flex;
        flex: none;
        align-items: center;
        gap: 4px;
        block-size: var(--chat-bar);
        padding-inline: var(--chat-space-4) var(--chat-space-3);
      }
      [part='list-title'] {
        flex: 1;
        font-size: var(--chat-size-xl);
        font-weight: 650;
      }
      [part='channels'] {
        flex: 1;
        min-block-size: 0;
        overflow: auto;
        overscroll-behavior: contain;
        padding: 2px var(--chat-space-2) var(--chat-space-2);
        list-style: none;
      }
      li + li {
        margin-block-start: 1px;
      }
      .waiting {
        display: grid;
        grid-template: 1fr 1fr / 44px 1fr;
        gap: 9px 11px;
        padding: 9px 10px;
        animation: appear 0s 300ms backwards;
      }
      .waiting .skeleton {
        inline-size: 40%;
        block-size: 12px;
        align-self: end;
      }
      .waiting .skeleton:first-child {
        grid-row: span 2;
        inline-size: 44px;
        block-size: 44px;
        border-radius: 50%;
      }
      .waiting .skeleton:last-child {
        inline-size: 70%;
        block-size: 10px;
        align-self: start;
      }
      @keyframes appear {
        from {
          visibility: hidden;
        }
      }
    `,
  ];

  @consume({ context: termsContext, subscribe: true })
  @state()
  protected terms: Terms = en;

  #channels = new ClientSlice(this, (state) => state.channels);
  #phase = new ClientSlice(this, (state) => state.channelsPhase);
  #live = new ClientSlice(this, (state) => state.connection.status === 'live');
  #self = new ClientSlice(this, (_, client) => client.userId);
  #open = new ChannelSlice(this, (state) => state.cid);
  /** The row that Tab reaches; empty until one was focused or opened. */
  #reached = '';
  #wasLive = false;
  #followed: readonly Channel[] = [];
  #unfollow: (() => void)[] = [];

  /** Focuses the row of the channel last opened or reached, else the first. */
  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector<HTMLElement>('[part="channel"][tabindex="0"]')?.focus(options);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#follow([]);
  }

  protected override willUpdate(): void {
    if (this.isConnected) this.#follow(this.#channels.value ?? []);
    if (this.#open.value) this.#reached = this.#open.value;
    const phase = this.#phase.value;
    const live = this.#live.value === true;
    const back = live && !this.#wasLive;
    this.#wasLive = live;
    if (this.#self.value && (phase === 'idle' || (phase === 'failed' && back))) this.#load();
  }

  override render() {
    const channels = this.#channels.value;
    return html`<nav aria-label=${this.terms.channels}>
      <div part="list-header">
        <h2 part="list-title">${this.terms.messages}</h2>
        <slot name="actions"></slot>
      </div>
      ${channels?.length ? this.#rows(channels) : this.#instead()}
    </nav>`;
  }

  #rows(channels: readonly Channel[]): TemplateResult {
    const selfId = this.#self.value;
    const now = new Date();
    const today = now.toDateString();
    const reached = channels.find((channel) => channel.cid === this.#reached) ?? channels[0];
    return html`<ul part="channels" @keydown=${this.#onKey}>
      ${repeat(
        channels,
        (channel) => channel.cid,
        (channel) => {
          const inputs = [
            channel.state.value,
            selfId,
            this.terms,
            today,
            reached === channel,
            this.#open.value,
          ];
          return html`<li>${guard(inputs, () => this.#row(channel, now, reached === channel))}</li>`;
        },
      )}
    </ul>`;
  }

  #row(channel: Channel, now: Date, reached: boolean): TemplateResult {
    const { cid, state } = channel;
    const { label, content } = rowContent(state.value, { selfId: this.#self.value, terms: this.terms, now });
    return html`<button
      part="channel"
      class=${state.value.unread > 0 ? 'unread' : ''}
      tabindex=${reached ? 0 : -1}
      aria-current=${cid === this.#open.value ? 'true' : nothing}
      @click=${() => this.#choose(cid)}
    >
      <span class="sr">${label}</span>${content}
    </button>`;
  }

  #instead(): TemplateResult | typeof nothing {
    const { terms } = this;
    const phase = this.#phase.value;
    if (phase === 'failed')
      return problem('alert', terms.channelsFailed, terms.channelsFailedHint, {
        label: terms.tryAgain,
        icon: 'retry',
        run: () => this.#load(),
      });
    if (phase === 'ready')
      return html`<div class="empty">
        <span class="art plain">${icon('bubble')}</span>
        <h3>${terms.noChannels}</h3>
        <p>${terms.noChannelsHint}</p>
      </div>`;
    return this.#self.value ? skeleton : nothing;
  }

  #load(): void {
    const client = this.#channels.holder;
    client?.queryChannels().catch((thrown: unknown) => {
      const error = asChatError(thrown);
      if (error.code !== 'disconnected') this.dispatchEvent(new ChatErrorEvent(error));
    });
  }

  #follow(channels: readonly Channel[]): void {
    if (channels === this.#followed) return;
    for (const undo of this.#unfollow) undo();
    this.#followed = channels;
    this.#unfollow = channels.map((channel) => channel.state.subscribe(() => this.requestUpdate()));
  }

  #choose(cid: string): void {
    this.#reach(cid);
    this.dispatchEvent(new ChatChannelSelectEvent(cid));
  }

  #reach(cid: string): void {
    this.#reached = cid;
    this.requestUpdate();
  }

  #onKey(event: KeyboardEvent): void {
    const rows = [...this.renderRoot.querySelectorAll<HTMLElement>('[part="channel"]')];
    const at = rows.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const channel = this.#channels.value?.[to];
    if (!channel) return;
    this.#reach(channel.cid);
    rows[to]?.focus();
  }
}

const skeleton = html`<div part="channels" aria-busy="true">
  ${[1, 2, 3, 4, 5].map(
    () =>
      html`<div class="waiting">
        <span class="skeleton"></span><span class="skeleton"></span><span class="skeleton"></span>
      </div>`,
  )}
</div>`;

define('channel-list', ChannelListElement);

declare global {
  interface HTMLElementTagNameMap {
    'channel-list': ChannelListElement;
  }
}
