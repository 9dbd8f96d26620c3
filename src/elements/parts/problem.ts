import { html, nothing, type TemplateResult } from 'lit';
import { ChatError } from '../../errors.js';
import type { Terms } from '../../locales/en.js';
import { icon, type IconName } from './icons.js';

/** Whatever was thrown, as the one error that this library tells of. */
export function asChatError(thrown: unknown): ChatError {
  return thrown instanceof ChatError ? thrown : new ChatError('refused', String(thrown), { cause: thrown });
}

/** A calm sentence in the place of what cannot be shown, with at most one button. */
export function problem(
  art: IconName,
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
export function tryAgain(terms: Terms, run: () => void): TemplateResult {
  return html`<button class="button" @click=${run}>${icon('retry', 's16')}${terms.tryAgain}</button>`;
}

/** In the place of a channel that is not there, or not for this visitor. */
export function channelProblem(terms: Terms): TemplateResult {
  return problem('alert', terms.channelFailed, terms.channelFailedHint);
}

/** Whether the visitor's right to be here has ended, and loading the page anew may renew it. */
export function signedOut(error: ChatError | undefined): boolean {
  return error?.code.startsWith('token-') ?? false;
}

/** In the place of a session that cannot begin. What is wrong is said to the page, not to its visitor. */
export function sessionProblem(error: ChatError, terms: Terms): TemplateResult {
  if (!signedOut(error)) return problem('alert', terms.startFailed, terms.startFailedHint);
  const reload = html`<button class="button primary" @click=${() => location.reload()}>
    ${terms.reload}
  </button>`;
  return problem('lock', terms.signedOut, terms.signedOutHint, reload);
}
