import { html, nothing, type TemplateResult } from 'lit';
import type { LocalMessage } from '../../client/state.js';
import type { Terms } from '../../locales/en.js';
import { avatar, hueClass, nameOf } from './avatar.js';
import { icon } from './icons.js';
import { isJumbo, linkedText } from './links.js';
import type { MessageRow } from './rows.js';
import { receiptWord, ticks, type Receipt } from './ticks.js';
import { timeOfDay } from './time.js';

/** What a visitor can do to a message that was not sent. */
export interface RowActions {
  retry(id: string): void;
  remove(id: string): void;
}

export interface RowView {
  readonly terms: Terms;
  /** A conversation of two: no names, no pictures. */
  readonly direct: boolean;
  /** Of an own message; undefined for others'. */
  readonly receipt: Receipt | undefined;
  /** Whether this is the newest own message that was read: it says by whom. */
  readonly receiptLine: boolean;
}

/** Longest part of a text in an accessible name; the rest can be read in the message itself. */
const NAME_LENGTH = 300;

const isDeleted = (message: LocalMessage) => message.type === 'deleted' || Boolean(message.deleted_at);

/** What is announced and shown for a message without words of its own. */
export function textOf(message: LocalMessage, terms: Terms): string {
  if (isDeleted(message)) return terms.deleted;
  return message.text || (message['attachments'] ? terms.attachment : '');
}

function label({ message, own }: MessageRow, { terms, receipt }: RowView): string {
  const text = textOf(message, terms);
  return [
    own ? terms.you : nameOf(message.user, terms),
    text.length > NAME_LENGTH ? `${text.slice(0, NAME_LENGTH)}…` : text,
    timeOfDay(message.created_at, terms),
    message.message_text_updated_at && !isDeleted(message) ? terms.edited : '',
    receipt ? receiptWord(receipt, terms) : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function meta({ message, last }: MessageRow, { terms, receipt }: RowView) {
  if (receipt === 'failed') return nothing;
  const edited = message.message_text_updated_at && !isDeleted(message);
  const time = html`<time datetime=${message.created_at}>${timeOfDay(message.created_at, terms)}</time>`;
  if (!last && !edited) return html`<span class="aside">${time}</span>`;
  return html`<span part="meta"
    >${edited ? terms.edited : nothing} ${time}${receipt ? ticks(receipt, terms) : nothing}</span
  >`;
}

function failure({ message }: MessageRow, terms: Terms, actions: RowActions) {
  return html`<div part="failure" class="below">
    ${icon('alert', 's16')}<span role="alert">${terms.notSent}</span> ·
    <button @click=${() => actions.retry(message.id)}>${terms.retry}</button> ·
    <button @click=${() => actions.remove(message.id)}>${terms.remove}</button>
  </div>`;
}

/** One message. Depends on nothing but its arguments, so that it can be kept while these stay. */
export function messageRow(row: MessageRow, view: RowView, actions: RowActions): TemplateResult {
  const { message, own, first, last } = row;
  const { terms, direct, receipt } = view;
  const deleted = isDeleted(message);
  const text = textOf(message, terms);
  const jumbo = !deleted && receipt !== 'failed' && isJumbo(text);
  const named = !own && !direct;
  const author = { ...message.user, id: message.user?.id ?? '', name: nameOf(message.user, terms) };
  const bubble = deleted ? 'deleted' : receipt === 'failed' ? 'failed' : jumbo ? 'plain' : '';
  return html`<div
    part="message"
    class="${own ? 'own' : ''} ${first ? 'first' : ''} ${last ? 'last' : ''}"
    role="article"
    tabindex="-1"
    data-id=${message.id}
    aria-label=${label(row, view)}
  >
    ${named && last ? avatar(author) : nothing}
    <div part="bubble" class=${bubble || nothing}>
      ${named && first ? html`<div part="author" class=${hueClass(author.id)} dir="auto">${author.name}</div>` : nothing}
      <div part="text" dir="auto">
        ${deleted ? icon('trash', 's16') : nothing}<span class="words ${jumbo ? 'jumbo' : ''}"
          >${deleted ? text : linkedText(text)}</span
        >${meta(row, view)}
      </div>
    </div>
    ${receipt === 'failed' ? failure(row, terms, actions) : nothing}
    ${
      view.receiptLine
        ? html`<read-receipt
            class="below"
            message-id=${message.id}
            exportparts="avatars, line"
          ></read-receipt>`
        : nothing
    }
  </div>`;
}
