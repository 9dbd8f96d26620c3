import { css, html } from 'lit';
import type { Channel } from '../../../client/channel.js';
import { words } from '../../../locales/en-list.js';
import type { Keyed } from '../keyed.js';

export const gapStyles = css`
  [part='gap'] {
    display: flex;
    align-items: center;
    gap: 12px;
    margin-block: var(--chat-space-4) var(--chat-space-3);
    color: var(--chat-text-2);
    font-size: var(--chat-size-sm);
  }
  [part='gap']::before,
  [part='gap']::after {
    content: '';
    flex: 1;
    border-block-start: 1px dashed var(--chat-field-line);
  }
  [part='gap'] button {
    color: var(--chat-accent-text);
    font-weight: 500;
  }
  [part='gap'] button::after {
    content: '';
    position: absolute;
    inset: calc(-8px - var(--chat-hit)) -8px;
  }
`;

/** Where messages are missing after a long absence, and how to get them. */
export function gapRow(load: () => void): Keyed {
  return {
    key: 'gap',
    from: [],
    draw: () =>
      html`<div part="gap"><span>${words.gap}</span><button @click=${load}>${words.loadGap}</button></div>`,
  };
}

/** Gets one page of what is missing. What the network keeps from coming is got at the next try. */
export function loadGap(channel: Channel | undefined): void {
  channel?.loadGap().catch(() => undefined);
}
