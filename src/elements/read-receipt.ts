import { consume } from '@lit/context';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { Channel } from '../client/channel.js';
import type { LocalMessage } from '../client/state.js';
import { ChannelSlice, termsContext } from '../context.js';
import { en, type Terms } from '../locales/en.js';
import { readersOf, type User } from '../protocol.js';
import { base } from '../styles/base.js';
import { define } from './define.js';
import { avatar, nameOf } from './parts/avatar.js';
import { isDirect } from './parts/channel-view.js';
import { fields } from './parts/fields.js';
import { receiptWord, ticks, type Receipt } from './parts/ticks.js';
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
export class ReadReceiptElement extends LitElement {
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
  @property({ attribute: 'message-id' }) messageId: string | undefined;

  @consume({ context: termsContext, subscribe: true }) protected terms: Terms = en;

  #slice = new ChannelSlice(this, fields('messages', 'reads', 'members'));

  override render(): TemplateResult | typeof nothing {
    const { holder: channel, value: state } = this.#slice;
    const selfId = channel?.client.userId;
    if (!channel || !state || selfId === undefined) return nothing;
    const message = state.messages.findLast(
      ({ id, user, type }) =>
        user?.id === selfId &&
        (this.messageId ? id === this.messageId : type !== 'error' && type !== 'system'),
    );
    if (!message) return nothing;
    const readers = message.status === 'sent' ? readersOf(message, Object.values(state.reads)) : [];
    return readers.length ? this.#read(channel, readers) : this.#unread(message);
  }

  #unread({ status }: LocalMessage): TemplateResult {
    const receipt: Receipt = status;
    const word = receiptWord(receipt, this.terms);
    return html`<div part="base" role="img" aria-label=${word}>
      ${receipt === 'failed' ? html`<span part="line">${word}</span>` : ticks(receipt, this.terms)}
    </div>`;
  }

  #read(channel: Channel, readers: User[]): TemplateResult {
    const { terms } = this;
    const state = channel.state.value;
    if (isDirect(state, channel.client.userId)) {
      const at = state.reads[readers[0]?.id ?? '']?.last_read ?? '';
      const line = terms.readAt(momentOf(at, new Date(), terms));
      return html`<div part="base" role="img" aria-label=${line}>
        ${ticks('read', terms)}<span part="line">${line}</span>
      </div>`;
    }
    const shown = readers.slice(0, FACES).map((user) => ({ ...user, name: nameOf(user, terms) }));
    const others = readers.length - shown.length;
    const label = terms.readBy(
      shown.map((user) => user.name),
      others,
    );
    return html`<div part="base" role="img" aria-label=${label}>
      ${ticks('read', terms)}<span part="avatars">${shown.map((user) => avatar(user, { short: true }))}</span>
      ${others ? html`<bdi part="line">+${others}</bdi>` : nothing}
    </div>`;
  }
}

define('read-receipt', ReadReceiptElement);

declare global {
  interface HTMLElementTagNameMap {
    'read-receipt': ReadReceiptElement;
  }
}
