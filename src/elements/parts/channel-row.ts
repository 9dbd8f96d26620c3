import { html, nothing, type TemplateResult } from 'lit';
import type { ChannelState } from '../../client/state.js';
import type { Terms } from '../../locales/en.js';
import { avatar, nameOf } from './avatar.js';
import { channelFace, isDirect, lastMessage } from './channel-view.js';
import { textOf } from './message-row.js';
import { readUntil, receiptOf, ticks } from './ticks.js';
import { listTime } from './time.js';

/** What a channel's row depends on besides the state of the channel. */
export interface RowContext {
  readonly selfId: string | undefined;
  readonly terms: Terms;
  readonly now: Date;
  readonly isOpen: boolean;
  /** Tab reaches this row; the others are reached from it by arrow keys. */
  readonly isReached: boolean;
  readonly choose: () => void;
}

/** One row: its face, its newest words, and one sentence of all that for those who hear it. */
export function channelRow(state: ChannelState, context: RowContext): TemplateResult {
  const { selfId, terms, now, isOpen, isReached, choose } = context;
  const { unread } = state;
  const { person, ...face } = channelFace(state, selfId, terms);
  const { text, kind, receipt } = previewOf(state, selfId, terms);
  const at = lastMessage(state)?.created_at;
  const time = at ? listTime(at, now, terms) : '';
  const online = person?.online === true;
  const sentence = [
    face.name,
    online && terms.online.toLocaleLowerCase(terms.locale),
    unread > 0 && terms.unread(unread),
    receipt ? terms.preview(terms.you, text) : text,
    time,
  ];
  // Each text has its own direction; none fills its line, or a short one would not stand at the row's start.
  return html`<li>
    <button
      part="channel"
      class=${unread > 0 ? 'unread' : ''}
      tabindex=${isReached ? 0 : -1}
      aria-current=${isOpen ? 'true' : nothing}
      @click=${choose}
    >
      <span class="sr">${sentence.filter(Boolean).join(', ')}</span>
      ${avatar(face, { square: !person, short: !person, online })}
      <span aria-hidden="true">
        <span class="line">
          <span part="channel-name" class="truncate" dir="auto">${face.name}</span>
          <time part="channel-time">${time}</time>
        </span>
        <span class="line">
          ${receipt ? ticks(receipt, terms) : nothing}
          <span part="channel-preview" class="truncate ${kind}" dir="auto">${text}</span>
          ${unread > 0 ? html`<span part="badge">${unread > 99 ? '99+' : unread.toLocaleString(terms.locale)}</span>` : nothing}
        </span>
      </span>
    </button>
  </li>`;
}

interface Preview {
  text: string;
  kind?: 'typing' | 'failed';
  /** How far the visitor's own message has come. */
  receipt?: 'sending' | 'sent' | 'read';
}

function previewOf(state: ChannelState, selfId: string | undefined, terms: Terms): Preview {
  const direct = isDirect(state, selfId);
  const [typist] = state.typing;
  if (typist)
    return { text: terms.typingPreview(direct ? undefined : nameOf(typist, terms)), kind: 'typing' };
  const message = lastMessage(state);
  if (!message) return { text: terms.noMessages };
  const text = textOf(message, terms);
  const { type, user } = message;
  if (user?.id === selfId && type !== 'deleted') {
    const receipt = receiptOf(message, readUntil(state.reads, selfId));
    return receipt === 'failed' ? { text: terms.failed, kind: receipt } : { text, receipt };
  }
  if (direct || type === 'deleted' || type === 'system' || !user) return { text };
  return { text: terms.preview(nameOf(user, terms), text) };
}
