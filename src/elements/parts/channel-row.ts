import { css, html, nothing, type TemplateResult } from 'lit';
import type { ChannelState, LocalMessage } from '../../client/state.js';
import type { Terms } from '../../locales/en.js';
import { avatar, nameOf } from './avatar.js';
import { channelFace, isDirect, lastMessage, type ChannelFace } from './channel-view.js';
import { readUntil, receiptOf, ticks } from './ticks.js';
import { listTime } from './time.js';

export const rowStyles = css`
  [part='channel'] {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    column-gap: 11px;
    inline-size: 100%;
    padding: calc(9px * var(--chat-density, 1)) 10px;
    border-radius: var(--chat-radius-control);
    transition: background var(--chat-time-1);
  }
  [part='channel']:hover {
    background: var(--chat-fill);
    --_ring: var(--chat-fill);
  }
  [part='channel'][aria-current] {
    background: var(--chat-accent-soft);
    --_ring: var(--chat-accent-soft);
  }
  [part='channel']:focus-visible {
    outline-offset: -2px;
  }
  [part='channel'] [part='avatar'] {
    --_s: var(--chat-avatar-list);
  }
  .line {
    display: flex;
    align-items: center;
    gap: 6px;
    block-size: 1.4em;
  }
  [part='channel-name'] {
    font-weight: 500;
  }
  .unread [part='channel-name'] {
    font-weight: 650;
  }
  [part='channel-time'],
  .line [part='badge'] {
    flex: none;
    margin-inline-start: auto;
  }
  [part='channel-time'] {
    font-size: var(--chat-size-sm);
    font-variant-numeric: tabular-nums;
    color: var(--chat-text-3);
  }
  .unread [part='channel-time'] {
    color: var(--chat-accent-text);
    font-weight: 500;
  }
  [part='channel-preview'] {
    font-size: var(--chat-size-md);
    color: var(--chat-text-2);
  }
  .unread [part='channel-preview'] {
    color: var(--chat-text);
  }
  [part='channel-preview'].typing {
    color: var(--chat-accent-text);
  }
  [part='channel-preview'].failed {
    color: var(--chat-danger);
  }
  .line [part='ticks'] {
    margin-inline-end: -3px;
    color: var(--chat-text-3);
  }
  .line .read {
    color: var(--chat-accent-text);
  }
  .clock .i {
    inline-size: 13px;
    block-size: 13px;
  }
  @media (forced-colors: active) {
    [part='channel'][aria-current] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;

/** What a channel's row depends on besides the state of the channel. */
export interface RowContext {
  selfId: string | undefined;
  terms: Terms;
  now: Date;
}

interface Preview {
  text: string;
  kind: 'typing' | 'failed' | '';
  /** How far the visitor's own message has come. */
  receipt?: 'sending' | 'sent' | 'read';
}

/** What stands in a channel's row: its face, its newest words, and the row's name for those who hear it. */
export function rowContent(state: ChannelState, { selfId, terms, now }: RowContext) {
  const face = channelFace(state, selfId, terms);
  const message = lastMessage(state);
  const preview = previewOf(state, message, selfId, terms);
  const time = message ? listTime(message.created_at, now, terms) : '';
  const online = face.person?.online === true;
  const words = preview.receipt ? terms.preview(terms.you, preview.text) : preview.text;
  const label = [
    face.name,
    online && terms.online.toLocaleLowerCase(terms.locale),
    state.unread > 0 && terms.unread(state.unread),
    words,
    time,
  ];
  return {
    label: label.filter(Boolean).join(', '),
    content: content(face, online, preview, time, state.unread, terms),
  };
}

function previewOf(
  state: ChannelState,
  message: LocalMessage | undefined,
  selfId: string | undefined,
  terms: Terms,
): Preview {
  const direct = isDirect(state, selfId);
  const typist = state.typing[0];
  if (typist)
    return { text: terms.typingPreview(direct ? undefined : nameOf(typist, terms)), kind: 'typing' };
  if (!message) return { text: terms.noMessages, kind: '' };
  if (message.type === 'deleted') return { text: terms.deleted, kind: '' };
  const text = message.text ?? '';
  if (message.status === 'failed') return { text: terms.notSent, kind: 'failed' };
  if (message.user?.id === selfId) {
    const receipt = receiptOf(message, readUntil(state.reads, selfId));
    return { text, kind: '', ...(receipt !== 'failed' && { receipt }) };
  }
  const alone = direct || message.type === 'system' || !message.user;
  return { text: alone ? text : terms.preview(nameOf(message.user, terms), text), kind: '' };
}

function content(
  face: ChannelFace,
  online: boolean,
  { text, kind, receipt }: Preview,
  time: string,
  unread: number,
  terms: Terms,
): TemplateResult {
  // Each text has its own direction; none fills its line, or a short one would not stand at the row's start.
  return html`${avatar(face, { square: !face.person, short: !face.person, online })}
    <span aria-hidden="true">
      <span class="line">
        <span part="channel-name" class="truncate" dir="auto">${face.name}</span>
        <time part="channel-time">${time}</time>
      </span>
      <span class="line">
        ${receipt ? ticks(receipt, terms) : nothing}
        <span part="channel-preview" class="truncate ${kind}" dir="auto">${text}</span>
        ${unread > 0 ? html`<span part="badge">${badge(unread, terms)}</span>` : nothing}
      </span>
    </span>`;
}

function badge(unread: number, terms: Terms): string {
  return unread > 99 ? '99+' : unread.toLocaleString(terms.locale);
}
