import { html, nothing, type TemplateResult } from 'lit';
import type { Channel } from '../client/channel.js';
import { ChannelSlice, ClientSlice } from '../context.js';
import { base } from '../styles/base.js';
import { list } from '../styles/channel-list.js';
import { controls } from '../styles/controls.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { ChatChannelSelectEvent, ChatErrorEvent } from './events.js';
import { channelRow } from './parts/channel-row.js';
import { asChatError } from './parts/errors.js';
import { renderKeyed, type Keyed } from './parts/keyed.js';
import { states } from './parts/states.js';

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
export class ChannelListElement extends ChatElement {
  static override styles = [base, controls, list];

  #client = new ClientSlice(this, (state) => state);
  #open = new ChannelSlice(this, (state) => state.cid);
  /** The row that Tab reaches; empty until one was focused or opened. */
  #reached = '';
  #followed: readonly Channel[] = [];
  #unfollow: (() => void)[] = [];

  /** Focuses the row of the channel last opened or reached, else the first. */
  override focus(options?: FocusOptions): void {
    this.#rows.find((row) => row.tabIndex === 0)?.focus(options);
  }

  get #channels(): readonly Channel[] {
    return this.#client.value?.channels ?? [];
  }

  get #rows(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[part="channel"]')];
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
    if (this.isConnected) this.#follow(this.#channels);
    if (this.#open.value) this.#reached = this.#open.value;
    const { holder, value } = this.#client;
    if (holder?.userId && value?.channelsPhase === 'idle') this.#load();
  }

  override render(): TemplateResult {
    return html`<nav aria-label=${this.terms.channels}>
      <div part="list-header">
        <h2 part="list-title">${this.terms.messages}</h2>
        <slot name="actions"></slot>
      </div>
      ${this.#channels.length ? html`<ul part="channels" @keydown=${this.#onKey}></ul>` : this.#instead()}
    </nav>`;
  }

  protected override updated(): void {
    const list = this.renderRoot.querySelector('ul');
    if (!list) return;
    const channels = this.#channels;
    const reached = channels.find(({ cid }) => cid === this.#reached) ?? channels[0];
    const now = new Date();
    renderKeyed(
      list,
      channels.map((channel) => this.#row(channel, channel === reached, now)),
    );
  }

  #row({ cid, state }: Channel, isReached: boolean, now: Date): Keyed {
    const { terms } = this;
    const selfId = this.#client.holder?.userId;
    const isOpen = cid === this.#open.value;
    const choose = () => {
      this.#reach(cid);
      this.dispatchEvent(new ChatChannelSelectEvent(cid));
    };
    return {
      key: cid,
      from: [state.value, selfId, terms, isOpen, isReached, now.toDateString()],
      draw: () => channelRow(state.value, { selfId, terms, now, isOpen, isReached, choose }),
    };
  }

  #instead(): TemplateResult | typeof nothing {
    const { holder, value } = this.#client;
    const failed = value?.channelsPhase === 'failed';
    if (failed || value?.channelsPhase === 'ready')
      return states.for(this)?.insteadOfChannels(failed, () => this.#load()) ?? nothing;
    return holder?.userId ? skeleton : nothing;
  }

  #load(): void {
    this.#client.holder?.queryChannels().catch((thrown: unknown) => {
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

  #reach(cid: string): void {
    this.#reached = cid;
    this.requestUpdate();
  }

  #onKey(event: KeyboardEvent): void {
    const rows = this.#rows;
    const at = rows.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const channel = this.#channels[to];
    if (!channel) return;
    this.#reach(channel.cid);
    rows[to]?.focus();
  }
}

const skeleton = html`<div part="channels" aria-busy="true">
  ${[1, 2, 3, 4, 5].map(
    () =>
      html`<div class="waiting late">
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
