import { css, html, type TemplateResult } from 'lit';
import type { ChatError } from '../errors.js';
import type { Terms } from '../locales/en.js';
import { icon } from './parts/icons.js';
import { channelProblem } from './parts/problem.js';

/** Which pane is seen where only one fits. */
export type SessionView = 'list' | 'channel';

/** A session as wide as this shows both panes; the container query below has the same number. */
export const TWO_PANES_PX = 720;

export const layoutStyles = css`
  :host {
    container: chat-session / inline-size;
    contain-intrinsic-inline-size: 360px;
    block-size: 100%;
    overflow: hidden;
    font-family: var(--chat-font-family);
    font-size: var(--chat-size-lg);
    line-height: var(--chat-leading-ui);
    color: var(--chat-text);
    background: var(--chat-surface);
    accent-color: var(--chat-accent-fill);
  }
  .layout {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    contain: size; /* fills the box it is given, and has a height of its own in a page that gives none */
    contain-intrinsic-block-size: min(560px, 100dvh);
    block-size: 100%;
  }
  .list,
  .conversation {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
  }
  .conversation {
    container-type: inline-size;
    position: relative;
    background: var(--chat-surface);
  }
  channel-list,
  message-list {
    flex: 1;
    min-block-size: 0;
  }
  [data-view='channel'] > .list,
  [data-view='list'] > .conversation {
    display: none;
  }
  .moved > * {
    animation: pane var(--chat-time-3) var(--chat-ease);
  }
  .moved > .list,
  .moved:dir(rtl) > .conversation {
    --_from: -24px;
  }
  .moved:dir(rtl) > .list {
    --_from: 24px;
  }
  @keyframes pane {
    from {
      opacity: 0;
      translate: calc(var(--_from, 24px) * var(--chat-shift));
    }
  }
  @container chat-session (min-width: 720px) {
    .layout {
      grid-template-columns: var(--chat-list-pane) minmax(0, 1fr);
    }
    .layout > .list,
    .layout > .conversation {
      display: flex;
      animation: none;
    }
    .conversation {
      --_back: none;
    }
    .list {
      border-inline-end: 1px solid var(--chat-line);
    }
    .list > connection-status {
      display: none;
    }
  }
`;

/** Parts of the inner elements, handed on so that a page can style them through the session. */
const LIST_PARTS =
  'list-header,list-title,channels,channel,avatar,presence,channel-name,channel-time,channel-preview,badge,ticks,problem';
const HEADER_PARTS =
  'header,back,icon-button,avatar,presence,header-title,header-subtitle,header-actions,status-quiet';
const STATUS_PARTS = 'status-banner,spinner';
const LOG_PARTS =
  'log,message,bubble,avatar,author,text,meta,ticks,failure,avatars,line,day-separator,unread-separator,notice,jump,badge,dots,label,problem';
const COMPOSER_PARTS = 'field,input,send,composer-note,readonly';

export interface LayoutState {
  terms: Terms;
  view: SessionView;
  /** The visitor has changed the view: from then on changes slide. */
  moved: boolean;
  /** The open channel; empty when none is. */
  cid: string;
  /** Why the open channel cannot be shown. */
  problem: ChatError | undefined;
  /** There are channels to choose from. */
  choice: boolean;
}

/** The whole messenger: list and conversation, one of them hidden where both do not fit. */
export function messenger(state: LayoutState): TemplateResult {
  const { terms, view, moved } = state;
  return html`<div
    class="layout ${moved ? 'moved' : ''}"
    part="layout"
    role="region"
    aria-label=${terms.chat}
    data-view=${view}
  >
    <div class="list" part="list">
      <connection-status exportparts=${STATUS_PARTS}></connection-status>
      <channel-list exportparts=${LIST_PARTS}></channel-list>
    </div>
    <div class="conversation" part="conversation">${conversation(state)}</div>
  </div>`;
}

function conversation({ terms, cid, problem: failed, choice }: LayoutState): TemplateResult {
  const status = html`<connection-status exportparts=${STATUS_PARTS}></connection-status>`;
  if (!cid)
    return html`${status}${
      choice
        ? html`<div class="empty">
            <span class="art">${icon('bubble')}</span>
            <p>${terms.noChannelOpen}</p>
          </div>`
        : ''
    }`;
  return html`
    <channel-header back exportparts=${HEADER_PARTS}></channel-header>
    ${status}
    ${
      failed
        ? channelProblem(terms)
        : html`<message-list exportparts=${LOG_PARTS}></message-list>
            <message-composer exportparts=${COMPOSER_PARTS}></message-composer>`
    }
  `;
}
