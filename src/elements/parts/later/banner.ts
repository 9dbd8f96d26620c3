import { css, html, nothing, type ReactiveElement, type TemplateResult } from 'lit';
import type { ChatClient } from '../../../client/client.js';
import type { ConnectionStatus, ConnectionView } from '../../../client/state.js';
import { words } from '../../../locales/en-states.js';
import { icon } from '../icons.js';
import { ALERT, LOCK, OFFLINE } from './icon-paths.js';
import { signedOut } from './problem.js';

export const bannerStyles = css`
  [part='status-banner'] {
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: 36px;
    padding: 6px var(--chat-space-4);
    font-size: var(--chat-size-md);
    background: var(--chat-fill);
    color: var(--chat-text-2);
    animation: banner var(--chat-time-2) var(--chat-ease);
  }
  .warning {
    background: var(--chat-warning-soft);
    color: var(--chat-text);
  }
  .warning .i {
    color: var(--chat-warning);
  }
  .said {
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
  .link {
    color: var(--chat-accent-text);
    font-weight: 500;
  }
  .link:hover {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .link::after {
    content: '';
    position: absolute;
    inset: calc(-8px - var(--chat-hit)) -8px;
  }
  @keyframes banner {
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
`;

interface Banner {
  readonly said: 'offline' | 'reconnecting' | 'blocked' | 'signedOut';
  /** Only what does not mend itself is a warning and has a picture; the rest turns. */
  readonly picture?: string;
  readonly action?: 'tryNow' | 'reload';
}

const SIGNED_OUT: Banner = { said: 'signedOut', picture: LOCK, action: 'reload' };
const BANNERS: Partial<Record<ConnectionStatus, Banner>> = {
  offline: { said: 'offline', picture: OFFLINE },
  reconnecting: { said: 'reconnecting', action: 'tryNow' },
  blocked: { said: 'blocked', picture: ALERT },
};

/** A wait this short is not counted down. */
const COUNTED_S = 3;

/** Says what is wrong with a connection; once that is over, only to those who hear it. */
export function banner(
  host: ReactiveElement,
  { status, error, retryAt }: ConnectionView,
  client: ChatClient | undefined,
): TemplateResult | typeof nothing {
  if (status === 'live') return html`<span class="sr">${words.connected}</span>`;
  const shown = status === 'blocked' && signedOut(error) ? SIGNED_OUT : BANNERS[status];
  if (!shown) return nothing;
  const { said, picture, action } = shown;
  const kept = client?.state.value.keepsUnsent !== false;
  const sentence = said === 'offline' && !kept ? words.offlineUnkept : words[said];
  const tryNow = () => client?.retryNow();
  return html`<div part="status-banner" class=${picture ? 'warning' : ''}>
    ${picture ? icon(picture, 's16') : html`<span part="spinner"></span>`}<span class="said"
      >${sentence}${action === 'tryNow' && client ? countdown(host, client, retryAt) : nothing}</span
    >
    ${
      action
        ? html`<button class="link" @click=${action === 'tryNow' ? tryNow : () => location.reload()}>
            ${words[action]}
          </button>`
        : nothing
    }
  </div>`;
}

const timers = new WeakMap<ReactiveElement, ReturnType<typeof setTimeout>>();

/** How long until the next try, every second anew; not spoken, since it would never end. */
function countdown(
  host: ReactiveElement,
  client: ChatClient,
  retryAt: number | undefined,
): TemplateResult | typeof nothing {
  const seconds = Math.ceil(((retryAt ?? 0) - client.host.now()) / 1000);
  if (seconds < COUNTED_S) return nothing;
  clearTimeout(timers.get(host));
  timers.set(
    host,
    setTimeout(() => host.requestUpdate(), 1000),
  );
  return html`<span aria-hidden="true"> ${words.nextTry(seconds)}</span>`;
}
