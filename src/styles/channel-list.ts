import { css } from 'lit';

/** The list of channels and its rows. */
export const list = css`
  :host {
    --_ring: var(--chat-sunken);
    background: var(--chat-sunken);
  }
  nav {
    display: flex;
    flex-direction: column;
    block-size: 100%;
  }
  [part='list-header'] {
    display: flex;
    flex: none;
    align-items: center;
    gap: 4px;
    block-size: var(--chat-bar);
    padding-inline: var(--chat-space-4) var(--chat-space-3);
  }
  [part='list-title'] {
    flex: 1;
    font-size: var(--chat-size-xl);
    font-weight: 650;
  }
  [part='channels'] {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    overscroll-behavior: contain;
    padding: 2px var(--chat-space-2) var(--chat-space-2);
    list-style: none;
  }
  li + li {
    margin-block-start: 1px;
  }
  .waiting {
    display: grid;
    grid-template: 1fr 1fr / 44px 1fr;
    gap: 9px 11px;
    padding: 9px 10px;
  }
  .skeleton {
    inline-size: 40%;
    block-size: 12px;
    align-self: end;
  }
  .skeleton:first-child {
    grid-row: span 2;
    inline-size: 44px;
    block-size: 44px;
    border-radius: 50%;
  }
  .skeleton:last-child {
    inline-size: 70%;
    block-size: 10px;
    align-self: start;
  }
  [part='channel'] {
    --_s: var(--chat-avatar-list);
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    column-gap: 11px;
    inline-size: 100%;
    padding: calc(9px * var(--chat-density, 1)) 10px;
    border-radius: var(--chat-radius-control);
    background: var(--_ring);
    transition: background var(--chat-time-1);
  }
  [part='channel']:hover {
    --_ring: var(--chat-fill);
  }
  [part='channel'][aria-current] {
    --_ring: var(--chat-accent-soft);
  }
  [part='channel']:focus-visible {
    outline-offset: -2px;
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
  .line .read,
  .line .typing {
    color: var(--chat-accent-text);
  }
  .line .failed {
    color: var(--chat-danger);
  }
  [part='ticks'] {
    margin-inline-end: -3px;
    color: var(--chat-text-3);
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
