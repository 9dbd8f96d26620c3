import { nothing, type TemplateResult } from 'lit';
import { ChannelSlice } from '../context.js';
import { base } from '../styles/base.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { fields } from './parts/fields.js';
import { Lazy } from './parts/lazy.js';

const drawing = new Lazy(() => import('./parts/later/receipt-view.js'));

/**
 * How far an own message of the nearest channel has come: sending, sent, read, and by whom.
 *
 * Reads that a privacy setting withholds never enter the channel's state; without any, the message stays
 * at sent. Outside a channel, and for a message of somebody else, it is empty.
 *
 * @tag read-receipt
 * @csspart base - Around everything.
 * @csspart ticks - The mark: a clock, one tick, or two.
 * @csspart avatars - Pictures of the readers, in a group.
 * @csspart avatar - One of these.
 * @csspart line - The words, or the number of further readers.
 */
export class ReadReceiptElement extends ChatElement {
  static override properties = { messageId: { attribute: 'message-id' } };
  static override styles = [base];

  /** The id of the message. Without one: the newest of this visitor. */
  messageId: string | undefined;

  #slice = new ChannelSlice(this, fields('messages', 'reads', 'members'));

  override render(): TemplateResult | typeof nothing {
    const { holder: channel, value: state } = this.#slice;
    const selfId = channel?.client.userId;
    const message = state?.messages.findLast(
      ({ id, user, type }) =>
        user?.id === selfId &&
        (this.messageId ? id === this.messageId : type !== 'error' && type !== 'system'),
    );
    if (!channel || !message) return nothing;
    return drawing.for(this)?.receipt(message, channel, this.terms) ?? nothing;
  }
}

define('read-receipt', ReadReceiptElement);

declare global {
  interface HTMLElementTagNameMap {
    'read-receipt': ReadReceiptElement;
  }
}
