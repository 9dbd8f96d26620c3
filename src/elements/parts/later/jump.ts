import { css, html, nothing, type TemplateResult } from 'lit';
import { words } from '../../../locales/en-list.js';
import type { Terms } from '../../../locales/en.js';
import { icon } from '../icons.js';

const DOWN = 'M10 4v11.6M5 10.8l5 5 5-5';

export const styles = css`
  [part~='jump'] {
    position: absolute;
    inset-block-end: 14px;
    inset-inline-end: max(16px, calc((100% - var(--chat-content)) / 2 + 16px));
    z-index: 2;
    inline-size: 42px;
    block-size: 42px;
    background: var(--chat-raised);
    box-shadow: var(--chat-shadow-2);
    animation: rise var(--chat-time-2) var(--chat-ease);
  }
  [part~='jump'] [part~='badge'] {
    position: absolute;
    inset-block-start: -9px;
    box-shadow: 0 0 0 2px var(--chat-surface);
  }
  @keyframes rise {
    from {
      opacity: 0;
      translate: 0 calc(4px * var(--chat-shift));
    }
  }
  .older {
    align-self: center;
    inline-size: 120px;
    block-size: 12px;
    margin-block: 8px;
  }
`;

/** The way back to the newest message; `count` messages came since the reader left it. */
export function jump(count: number, terms: Terms, run: () => void): TemplateResult {
  const label = count ? `${words.jump}, ${terms.newMessages(count)}` : words.jump;
  return html`<button part="jump" aria-label=${label} @click=${run}>
    ${icon(DOWN)}${count ? html`<span part="badge">${count > 99 ? '99+' : count}</span>` : nothing}
  </button>`;
}

/** Over the messages, while those before them are on their way. */
export function older(): TemplateResult {
  return html`<div class="older skeleton"></div>`;
}
