import { html, nothing } from 'lit';
import { ClientSlice } from '../context.js';
import { base } from '../styles/base.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { OpenChannel } from './open-channel.js';
import { states } from './parts/states.js';

/**
 * Puts one channel into context: the elements inside show it, whatever the session has open.
 *
 * It watches the channel while it is connected and there is a session around it. A channel that is not
 * there, or not for this visitor, is replaced by a calm sentence.
 *
 * @tag chat-channel
 * @slot - The elements that show the channel.
 * @event {ChatErrorEvent} chat-error - The channel could not be opened.
 * @csspart problem - What is shown in the place of a channel that cannot be shown.
 */
export class ChatChannelElement extends ChatElement {
  static override styles = [base];
  static override properties = { cid: {} };

  /** The channel, as `type:id`. */
  cid = '';

  #client = new ClientSlice(this, (state) => state);
  #opened = new OpenChannel(this);

  protected override willUpdate(): void {
    this.#opened.show(this.#client.holder, this.cid);
  }

  override render() {
    if (!this.#opened.problem) return html`<slot></slot>`;
    return states.for(this)?.channelProblem() ?? nothing;
  }
}

define('chat-channel', ChatChannelElement);

declare global {
  interface HTMLElementTagNameMap {
    'chat-channel': ChatChannelElement;
  }
}
