import { css, html, nothing, type TemplateResult } from 'lit';
import { ChannelSlice } from '../context.js';
import { readersOf } from '../protocol.js';
import { base } from '../styles/base.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { avatar, nameOf } from './parts/avatar.js';
import { isDirect } from './parts/channel-view.js';
import { fields } from './parts/fields.js';
import { ticks } from './parts/ticks.js';
import { momentOf } from './parts/time.js';

/** How many readers are pictured and named before the rest become a number. */
const FACES = 3;

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
  static override styles = [
    base,
    css`
      [part~='base'] {
        display: flex;
        align-items: center;
        justify-content: flex-end;
        gap: 5px;
        min-block-size: 18px;
        margin-block-start: 4px;
        color: var(--chat-text-3);
        font-size: var(--chat-size-sm);
        font-variant-numeric: tabular-nums;
      }
      [part~='avatars'] {
        --_s: 17px;
        display: inline-flex;
      }
      [part~='avatar'] {
        box-shadow: 0 0 0 1.5px var(--chat-surface);
        font-size: 7px;
      }
      [part~='avatar'] + [part~='avatar'] {
        margin-inline-start: -4px;
      }
      .clock .i {
        inline-size: 13px;
        block-size: 13px;
      }
    `,
  ];

  /** The id of the message. Without one: the newest of this visitor. */
  messageId: string | undefined;

  #slice = new ChannelSlice(this, fields('messages', 'reads', 'members'));

  override render(): TemplateResult | typeof nothing {
    const { terms } = this;
    const selfId = this.#slice.holder?.client.userId;
    const state = this.#slice.holder?.state.value;
    const message = state?.messages.findLast(
      ({ id, user, type }) =>
        user?.id === selfId &&
        (this.messageId ? id === this.messageId : type !== 'error' && type !== 'system'),
    );
    if (!state || !message) return nothing;
    const readers = message.status === 'sent' ? readersOf(message, Object.values(state.reads)) : [];
    const [reader] = readers;
    const receipt = reader ? 'read' : message.status;
    const direct = isDirect(state, selfId);
    const faces = direct
      ? []
      : readers.slice(0, FACES).map((user) => ({ ...user, name: nameOf(user, terms) }));
    const others = readers.length - faces.length;
    let label = terms[receipt];
    let line = receipt === 'failed' ? label : '';
    if (reader && direct)
      line = label = terms.readAt(momentOf(state.reads[reader.id]?.last_read ?? '', new Date(), terms));
    else if (reader) {
      label = terms.readBy(
        faces.map(({ name }) => name),
        others,
      );
      if (others) line = `+${others}`;
    }
    return html`<div part="base" role="img" aria-label=${label}>
      ${receipt === 'failed' ? nothing : ticks(receipt, terms)}
      ${faces.length ? html`<span part="avatars">${faces.map((user) => avatar(user, { short: true }))}</span>` : nothing}
      ${line ? html`<bdi part="line">${line}</bdi>` : nothing}
    </div>`;
  }
}

define('read-receipt', ReadReceiptElement);

declare global {
  interface HTMLElementTagNameMap {
    'read-receipt': ReadReceiptElement;
  }
}
