import { css, html, nothing, type TemplateResult } from 'lit';
import type { ConnectionView } from '../client/state.js';
import { ClientSlice } from '../context.js';
import { base } from '../styles/base.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { icon } from './parts/icons.js';
import { signedOut } from './parts/problem.js';

/**
 * Says in a banner that the session is offline, reconnecting or refused; shows nothing while all is well.
 *
 * @tag connection-status
 * @csspart status-banner - The banner, while there is one.
 * @csspart spinner - Turns while reconnecting.
 */
export class ConnectionStatusElement extends ChatElement {
  static override styles = [
    base,
    css`
      [part='status-banner'] {
        display: flex;
        align-items: center;
        gap: 8px;
        min-block-size: 36px;
        padding: 6px var(--chat-space-4);
        font-size: var(--chat-size-md);
        background: var(--chat-fill);
        color: var(--chat-text-2);
        animation: rise var(--chat-time-2) var(--chat-ease);
      }
      .warning {
        background: var(--chat-warning-soft);
        color: var(--chat-text);
      }
      .warning .i {
        color: var(--chat-warning);
      }
      .words {
        flex: 1;
      }
      [part='spinner'] {
        flex: none;
        inline-size: 16px;
        block-size: 16px;
        border: 2px solid color-mix(in oklab, currentColor 25%, transparent);
        border-block-start-color: currentColor;
        border-radius: 50%;
        animation: spin 0.9s linear infinite;
      }
      .link::after {
        content: '';
        position: absolute;
        inset: calc(-8px - var(--chat-hit)) -8px;
      }
      @keyframes rise {
        from {
          opacity: 0;
          translate: 0 calc(4px * var(--chat-shift));
        }
      }
      @keyframes spin {
        to {
          rotate: 1turn;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        [part='spinner'] {
          animation: none;
        }
      }
      @media (forced-colors: active) {
        [part='status-banner'] {
          border-block-end: 1px solid CanvasText;
        }
      }
    `,
  ];

  #connection = new ClientSlice(this, (state) => state.connection);
  /** A banner was shown: its end is told to those who only hear it. */
  #troubled = false;

  // The region stays while it is empty: screen readers announce what changes inside a live region.
  override render() {
    const view = this.#connection.value;
    const banner = view && this.#banner(view);
    if (banner) this.#troubled = true;
    const back = !banner && this.#troubled && view?.status === 'live';
    return html`<div role="status">
      ${banner ?? (back ? html`<span class="sr">${this.terms.connected}</span>` : nothing)}
    </div>`;
  }

  #banner({ status, error }: ConnectionView): TemplateResult | undefined {
    const { terms } = this;
    if (status === 'offline') return banner(icon('offline', 's16'), terms.offline, true);
    if (status === 'reconnecting') {
      const spinner = html`<span part="spinner"></span>`;
      return banner(spinner, terms.reconnecting, false, terms.tryNow, this.#retry);
    }
    if (status !== 'blocked') return undefined;
    return signedOut(error)
      ? banner(icon('lock', 's16'), terms.signedOut, true, terms.reload, () => location.reload())
      : banner(icon('alert', 's16'), terms.blocked, true);
  }

  #retry = (): void => this.#connection.holder?.retryNow();
}

function banner(
  mark: TemplateResult,
  words: string,
  warning: boolean,
  label?: string,
  act?: () => void,
): TemplateResult {
  return html`<div part="status-banner" class=${warning ? 'warning' : ''}>
    ${mark}<span class="words">${words}</span>
    ${label ? html`<button class="link" @click=${act}>${label}</button>` : nothing}
  </div>`;
}

define('connection-status', ConnectionStatusElement);

declare global {
  interface HTMLElementTagNameMap {
    'connection-status': ConnectionStatusElement;
  }
}
