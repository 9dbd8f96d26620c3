import { css, html, nothing, type TemplateResult } from 'lit';
import { ChannelSlice } from '../context.js';
import { base } from '../styles/base.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import type { Speech } from './parts/later/typing-view.js';
import { Lazy } from './parts/lazy.js';

const drawing = new Lazy(() => import('./parts/later/typing-view.js'));

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
    `,
  ];

  /** How many users to name before only their number is told. */
  max = 2;

  #typing = new ChannelSlice(this, (state) => state.typing);
  #speech: Speech | undefined;

  // The region stays while it is empty: screen readers announce what changes inside a live region,
  // not one that arrives together with its text.
  override render(): TemplateResult {
    const { holder: channel, value: users = [] } = this.#typing;
    const [first] = users;
    const view = first && drawing.for(this);
    const sentence = view?.sentenceOf(users, this.max, this.terms) ?? '';
    if (view) this.#speech ??= new view.Speech();
    return html`
      ${channel && first ? view?.bubble(channel, first, sentence, this.terms) : nothing}
      <div class="sr" role="status">${this.#speech?.say(sentence)}</div>
    `;
  }
}

define('typing-indicator', TypingIndicatorElement);

declare global {
  interface HTMLElementTagNameMap {
    'typing-indicator': TypingIndicatorElement;
  }
}
