import { css } from 'lit';

/** The rows of a message list: groups, bubbles, what stands in and under them. */
export const messages = css`
  article {
    --_s: var(--_avatar);
    display: grid;
    grid-template-columns: var(--_avatar) minmax(0, 1fr);
    column-gap: 8px;
    position: relative;
    margin-block-start: 2px;
    scroll-margin-block: 40px 8px;
    outline: none;
  }
  article.first {
    margin-block-start: var(--chat-space-3);
  }
  .own,
  .direct article {
    grid-template-columns: minmax(0, 1fr);
  }
  article > [part~='avatar'] {
    grid-area: 1 / 1;
    align-self: end;
  }
  [part~='bubble'],
  [part~='failure'],
  read-receipt {
    grid-column: -2 / -1;
    justify-self: start;
    max-inline-size: var(--_max);
  }
  .own > * {
    justify-self: end;
  }
  /* Its room is there before its words: a reader further up is not moved. */
  read-receipt {
    min-block-size: 22px;
  }
  read-receipt::part(ticks) {
    display: none;
  }

  [part~='bubble'] {
    --_quiet: var(--chat-text-2);
    position: relative;
    min-inline-size: 0;
    padding: calc(7px * var(--_d)) 12px calc(8px * var(--_d));
    border-radius: var(--chat-radius-bubble);
    border-end-start-radius: var(--chat-radius-joint);
    border-start-start-radius: var(--_top, var(--chat-radius-joint));
    background: var(--chat-other-bg);
    color: var(--chat-other-text);
    line-height: 1.4;
  }
  .first {
    --_top: var(--chat-radius-bubble);
  }
  .own > [part~='bubble'] {
    --_quiet: var(--chat-own-text);
    border-radius: var(--chat-radius-bubble);
    border-end-end-radius: var(--chat-radius-joint);
    border-start-end-radius: var(--_top, var(--chat-radius-joint));
    background: var(--chat-own-bg);
    color: var(--chat-own-text);
  }
  article:focus-visible > [part~='bubble'] {
    outline: 2px solid var(--chat-accent-text);
    outline-offset: 2px;
  }
  [part~='bubble'].plain {
    --_quiet: var(--chat-text-2);
    padding: 2px 0;
    outline: 0;
    background: none;
    color: inherit;
  }
  .plain .words {
    font-size: 38px;
    line-height: 1.15;
  }
  [part~='bubble'].deleted {
    --_quiet: var(--chat-text-3);
    background: none;
    box-shadow: inset 0 0 0 1px var(--chat-line);
    color: var(--chat-text-2);
  }
  .deleted [part~='text'] > .i {
    display: inline;
    margin-inline-end: 6px;
    vertical-align: -3px;
    color: var(--chat-text-3);
  }
  [part~='author'] {
    margin-block-end: 1px;
    overflow-wrap: anywhere;
    color: light-dark(oklch(0.47 0.11 var(--chat-hue)), oklch(0.8 0.1 var(--chat-hue)));
    font-size: var(--chat-size-md);
    font-weight: 600;
    line-height: 1.3;
  }
  [part~='text'] {
    display: flow-root;
    overflow-wrap: anywhere;
    text-wrap: pretty;
  }
  .words {
    white-space: pre-wrap;
    unicode-bidi: isolate;
  }
  a {
    color: inherit;
    text-decoration-thickness: 1px;
    text-underline-offset: 2px;
  }
  article:not(.own) a {
    color: var(--chat-accent-text);
  }
  [part~='meta'],
  .aside {
    color: var(--_quiet);
    font-size: var(--chat-size-xs);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  [part~='meta'] {
    float: inline-end;
    display: inline-flex;
    align-items: center;
    gap: 3px;
    position: relative;
    inset-block-start: 2px;
    block-size: 14px;
    margin-block-start: 7px;
    margin-inline-start: 10px;
    line-height: 1;
    user-select: none;
  }
  .plain [part~='meta'] {
    margin-block-start: 26px;
  }
  .aside {
    position: absolute;
    inset-block-end: 8px;
    inset-inline-start: calc(100% + 8px);
    color: var(--chat-text-2);
    opacity: 0;
    transition: opacity var(--chat-time-1);
  }
  .own .aside {
    inset-inline: auto calc(100% + 8px);
  }
  article:is(:hover, :focus-visible, :focus-within) .aside {
    opacity: 1;
  }
  /* A sent message looks sent at once; the clock is for those that take longer. */
  .clock {
    animation: late 1ms 400ms backwards;
  }
  .clock .i {
    inline-size: 12px;
    block-size: 12px;
    stroke-width: 2;
  }

  [role='separator'],
  [part~='notice'] {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 12px;
    margin-block: calc(20px * var(--_d)) var(--chat-space-3);
    color: var(--chat-text-2);
    font-size: var(--chat-size-sm);
    font-weight: 500;
    text-align: center;
    overflow-wrap: anywhere;
  }
  [part~='day-separator'] {
    position: sticky;
    inset-block-start: var(--chat-space-1);
    z-index: 1;
    pointer-events: none;
  }
  [part~='day-separator'] > bdi {
    padding: 3px 10px;
    border-radius: 11px;
    background: color-mix(in oklab, var(--chat-surface) 86%, transparent);
  }
  .day:first-child > [part~='day-separator'] {
    margin-block-start: var(--chat-space-1);
  }
  [part~='unread-separator'] {
    color: var(--chat-accent-text);
    font-weight: 600;
  }
  [part~='unread-separator']::before,
  [part~='unread-separator']::after {
    content: '';
    flex: 1;
    border-block-start: 1px solid var(--chat-accent-line);
  }
  [part~='notice'] {
    margin-block: var(--chat-space-3) var(--chat-space-1);
    font-weight: 400;
  }
  [role='separator'] + article {
    margin-block-start: 0;
  }
`;
