import { css, html, nothing, type TemplateResult } from 'lit';
import type { ConnectionStatus } from '../client/state.js';
import { ClientSlice } from '../context.js';
import { base } from '../styles/base.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { icon, type IconName } from './parts/icons.js';
import { signedOut } from './parts/problem.js';

interface Banner {
  readonly words: 'offline' | 'reconnecting' | 'blocked' | 'signedOut';
  /** Only what does not mend itself is a warning and has a picture; the rest turns. */
  readonly icon?: IconName;
  readonly action?: 'tryNow' | 'reload';
}

const SIGNED_OUT: Banner = { words: 'signedOut', icon: 'lock', action: 'reload' };
const BANNERS: Partial<Record<ConnectionStatus, Banner>> = {
  offline: { words: 'offline', icon: 'offline' },
  reconnecting: { words: 'reconnecting', action: 'tryNow' },
  blocked: { words: 'blocked', icon: 'alert' },
};

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
  override render(): TemplateResult {
    const { status = 'idle', error } = this.#connection.value ?? {};
    const banner = status === 'blocked' && signedOut(error) ? SIGNED_OUT : BANNERS[status];
    this.#troubled ||= Boolean(banner);
    const back = this.#troubled && status === 'live';
    return html`<div role="status">
      ${banner ? this.#draw(banner) : back ? html`<span class="sr">${this.terms.connected}</span>` : nothing}
    </div>`;
  }

  #draw({ words, icon: name, action }: Banner): TemplateResult {
    const { terms } = this;
    const act = () => (name ? location.reload() : this.#connection.holder?.retryNow());
    return html`<div part="status-banner" class=${name ? 'warning' : ''}>
      ${name ? icon(name, 's16') : html`<span part="spinner"></span>`}<span class="words"
        >${terms[words]}</span
      >
      ${action ? html`<button class="link" @click=${act}>${terms[action]}</button>` : nothing}
    </div>`;
  }
}

define('connection-status', ConnectionStatusElement);

declare global {
  interface HTMLElementTagNameMap {
    'connection-status': ConnectionStatusElement;
  }
}
