import { css, html, nothing, type TemplateResult } from 'lit';
import { ChannelSlice } from '../context.js';
import { base } from '../styles/base.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { avatar, nameOf } from './parts/avatar.js';
import { isDirect } from './parts/channel-view.js';

/** Typing is announced at most this often (the design's figure): it comes and goes. */
const ANNOUNCE_MS = 10_000;

/**
 * Shows who else is typing in the nearest channel: dots in a bubble, with names in a group.
 *
 * Typing that a privacy setting withholds never enters the channel's state, so nothing is
 * hidden here. Outside a channel it is an empty live region.
 *
 * @tag typing-indicator
 * @slot icon - Replaces the three dots.
 * @csspart base - Around everything that is seen.
 * @csspart avatar - Picture of the first who began, in a group.
 * @csspart dots - The three dots in their bubble.
 * @csspart label - The sentence, in a group.
 * @cssprop [--chat-typing-color=var(--chat-text-3)] - Colour of the dots.
 * @cssprop [--chat-typing-duration=1.3s] - Time of one wave of the dots.
 */
export class TypingIndicatorElement extends ChatElement {
  static override properties = { max: { type: Number } };
  static override styles = [
    base,
    css`
      :host {
        position: relative;
        color: var(--chat-text-2);
        font-size: var(--chat-size-sm);
      }
      [part~='base'] {
        --_s: var(--_avatar, var(--chat-avatar-message));
        display: flex;
        align-items: center;
        gap: 8px;
        margin-block-start: var(--chat-space-3);
      }
      [part~='label'] {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      [part~='dots'] {
        display: inline-flex;
        flex: none;
        align-items: center;
        gap: 4px;
        block-size: 34px;
        padding-inline: 13px;
        border-radius: var(--chat-radius-bubble);
        border-end-start-radius: var(--chat-radius-joint);
        background: var(--chat-other-bg, #eee);
      }
      i {
        border: 3px solid var(--chat-typing-color, var(--chat-text-3));
        border-radius: 50%;
        animation: breathe var(--chat-typing-duration, 1.3s) ease-in-out infinite;
      }
      i:nth-child(2) {
        animation-delay: 0.16s;
      }
      i:nth-child(3) {
        animation-delay: 0.32s;
      }
      @keyframes breathe {
        0%,
        60%,
        100% {
          opacity: 0.35;
        }
        30% {
          opacity: 1;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        i {
          animation: none;
        }
      }
    `,
  ];

  /** How many users to name before only their number is told. */
  max = 2;

  #typing = new ChannelSlice(this, (state) => state.typing);
  #spoken = '';
  #spokenAt = -Infinity;

  // The region stays while it is empty: screen readers announce what changes inside a live region,
  // not one that arrives together with its text.
  override render(): TemplateResult {
    const users = this.#typing.value ?? [];
    const names = users.map((user) => nameOf(user, this.terms));
    const sentence = names.length
      ? this.terms.typing(names.slice(0, this.max), Math.max(0, names.length - this.max))
      : '';
    return html`
      ${users.length ? this.#bubble(sentence) : nothing}
      <div class="sr" role="status">${this.#speak(sentence)}</div>
    `;
  }

  #bubble(sentence: string): TemplateResult {
    const { holder: channel, value: [first] = [] } = this.#typing;
    const group = channel && !isDirect(channel.state.value, channel.client.userId);
    return html`<div part="base" aria-hidden="true">
      ${group && first ? avatar({ ...first, name: nameOf(first, this.terms) }) : nothing}
      <slot name="icon"
        ><span part="dots"><i></i><i></i><i></i></span
      ></slot>
      ${group ? html`<span part="label">${sentence}</span>` : nothing}
    </div>`;
  }

  #speak(sentence: string): string {
    if (!sentence) return (this.#spoken = '');
    if (Date.now() - this.#spokenAt < ANNOUNCE_MS) return this.#spoken;
    this.#spokenAt = Date.now();
    return (this.#spoken = sentence);
  }
}

define('typing-indicator', TypingIndicatorElement);

declare global {
  interface HTMLElementTagNameMap {
    'typing-indicator': TypingIndicatorElement;
  }
}
