import { css, html, nothing, type TemplateResult } from 'lit';
import type { ChatError } from '../../../errors.js';
import { words } from '../../../locales/en-states.js';
import { icon } from '../icons.js';
import { ALERT, LOCK, RETRY } from './icon-paths.js';

export const problemStyles = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 7px;
    min-block-size: 36px;
    padding: 0 16px;
    border-radius: 99px;
    background: var(--chat-fill);
    font-weight: 500;
  }
  :where(.button, [part='readonly']) {
    outline: 1px solid transparent; /* seen in forced colours, where fills vanish */
    outline-offset: -1px;
  }
  .button:hover {
    background: var(--chat-fill-hover);
  }
  .primary {
    background: var(--chat-accent-fill);
    color: var(--chat-on-accent);
  }
  .primary:hover {
    background: var(--chat-accent-fill-hover);
  }
  .empty {
    display: grid;
    flex: 1;
    place-content: center;
    justify-items: center;
    gap: 4px;
    padding: 24px;
    text-align: center;
    overflow-wrap: anywhere;
  }
  .art {
    display: grid;
    place-items: center;
    inline-size: 64px;
    block-size: 64px;
    margin-block-end: 12px;
    border-radius: 22px;
    background: var(--chat-accent-soft);
    color: var(--chat-accent-text);
  }
  .art.plain {
    background: var(--chat-fill);
    color: var(--chat-text-2);
  }
  .art .i {
    inline-size: 28px;
    block-size: 28px;
    stroke-width: 1.5;
  }
  .empty :is(h2, h3) {
    font-size: var(--chat-size-xl);
    font-weight: 600;
  }
  .empty p {
    max-inline-size: 30ch;
    color: var(--chat-text-2);
    line-height: 1.45;
    text-wrap: balance;
  }
  .empty .button {
    margin-block-start: 14px;
  }
  @media (forced-colors: active) {
    .primary {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;

/** A calm sentence in the place of what cannot be shown, with at most one button. */
export function problem(
  art: string,
  title: string,
  hint: string,
  button: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="empty" part="problem" role="status">
    <span class="art plain">${icon(art)}</span>
    <h2>${title}</h2>
    <p>${hint}</p>
    ${button}
  </div>`;
}

/** The button for what may go well another time. */
export function tryAgain(run: () => void): TemplateResult {
  return html`<button class="button" @click=${run}>${icon(RETRY, 's16')}${words.tryAgain}</button>`;
}

/** In the place of a channel that is not there, or not for this visitor. */
export function channelProblem(): TemplateResult {
  return problem(ALERT, words.channelFailed, words.channelFailedHint);
}

/** Whether the visitor's right to be here has ended, and loading the page anew may renew it. */
export function signedOut(error: ChatError | undefined): boolean {
  return error?.code.startsWith('token-') ?? false;
}

/** In the place of a session that cannot begin. What is wrong is said to the page, not to its visitor. */
export function sessionProblem(error: ChatError): TemplateResult {
  if (!signedOut(error)) return problem(ALERT, words.startFailed, words.startFailedHint);
  const reload = html`<button class="button primary" @click=${() => location.reload()}>
    ${words.reload}
  </button>`;
  return problem(LOCK, words.signedOut, words.signedOutHint, reload);
}
