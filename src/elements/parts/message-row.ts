import { html, nothing, type TemplateResult } from 'lit';
import type { LocalMessage } from '../../client/state.js';
import type { Terms } from '../../locales/en.js';
import type * as Rich from './later/rich.js';
import type * as States from './later/states.js';
import { avatar, hue, nameOf } from './avatar.js';
import { isJumbo } from './emoji.js';
import { icon, TRASH } from './icons.js';
import type { MessageRow } from './rows.js';
import { ticks, type Receipt } from './ticks.js';
import { timeOfDay } from './time.js';

/** What a visitor can do with a message by what stands in its row. */
export interface RowActions {
  /** Sends one again that was not sent. */
  retry(id: string): void;
  /** Drops one that was not sent. */
  remove(id: string): void;
  /** Gives a reaction of this type, or takes it back. */
  react(id: string, type: string): void;
  /** Shows a message, wherever it stands. */
  jump(id: string): void;
}

export interface RowView {
  readonly terms: Terms;
  /** A conversation of two: no names, no pictures. */
  readonly direct: boolean;
  /** Of an own message; undefined for others'. */
  readonly receipt: Receipt | undefined;
  /** Whether this is the newest own message that was read: it says by whom. */
  readonly receiptLine: boolean;
  readonly selfId: string;
  /** What more than plain words needs, and a message that failed; undefined until they have come. */
  readonly rich: typeof Rich | undefined;
  readonly states: typeof States | undefined;
}

/** Longest part of a text in an accessible name; the rest can be read in the message itself. */
const NAME_LENGTH = 300;

const isDeleted = (message: LocalMessage) => message.type === 'deleted' || Boolean(message.deleted_at);

/** What is announced and shown for a message without words of its own. */
export function textOf(message: LocalMessage, terms: Terms): string {
  if (isDeleted(message)) return terms.deleted;
  return message.text || (message.attachments?.length ? terms.attachment : '');
}

/** What has a meaning beyond itself: marks, mentions and addresses that may be opened. */
const MARKUP = /[*_~`@]|https?:|mailto:/i;

/** Whether a message has more than plain words: it is drawn with `later/rich.ts`. */
export function isRich({ text, attachments, quoted_message, reaction_groups }: LocalMessage): boolean {
  const has = (list: object | null | undefined) => list && Object.keys(list).length > 0;
  return Boolean(MARKUP.test(text ?? '') || quoted_message || has(attachments) || has(reaction_groups));
}

/** One message. Depends on nothing but its arguments, so that it can be kept while these stay. */
export function messageRow(
  { message, own, first, last }: MessageRow,
  { terms, direct, receipt, receiptLine, selfId, rich: part, states }: RowView,
  actions: RowActions,
): TemplateResult {
  const { id, user, created_at } = message;
  const text = textOf(message, terms);
  const name = nameOf(user, terms);
  const author = { ...user, id: user?.id ?? '', name };
  const named = !own && !direct;
  const deleted = isDeleted(message);
  const failed = receipt === 'failed';
  const edited = !deleted && message.message_text_updated_at ? terms.edited : '';
  const rich = deleted || !isRich(message) ? undefined : part?.rich(message, selfId, terms, actions);
  const alone = !message.quoted_message && isJumbo(text);
  const kind = deleted ? 'deleted' : failed ? 'failed' : alone ? 'plain' : nothing;
  const time = timeOfDay(created_at, terms);
  const short = text.length > NAME_LENGTH ? `${text.slice(0, NAME_LENGTH)}…` : text;
  const label = [own ? terms.you : name, short, time, edited, receipt && terms[receipt]];
  const inside = last || edited;
  return html`<article
    part="message"
    class="${own ? 'own' : ''} ${first ? 'first' : ''}"
    tabindex="-1"
    data-id=${id}
    aria-label=${label.filter(Boolean).join(', ')}
  >
    ${named && last ? avatar(author) : nothing}
    <div part="bubble" class=${kind}>
      ${named && first ? html`<div part="author" .style=${hue(author.id)} dir="auto">${name}</div>` : nothing}
      ${rich?.over ?? nothing}
      <div part="text" dir="auto">
        ${deleted ? icon(TRASH, 's16') : nothing}<span class="words">${rich?.words ?? text}</span
        >${rich?.under ?? nothing}${
          failed
            ? nothing
            : html`<span part=${inside ? 'meta' : nothing} class=${inside ? nothing : 'aside'}
                >${edited}
                <time datetime=${created_at}>${time}</time
                >${receipt && inside ? ticks(receipt, terms) : nothing}</span
              >`
        }
      </div>
    </div>
    ${rich?.below ?? nothing} ${failed ? states?.failure(id, terms, actions) : nothing}
    ${receiptLine ? html`<read-receipt message-id=${id} exportparts="avatars, line"></read-receipt>` : nothing}
  </article>`;
}
