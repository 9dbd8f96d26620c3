import { html, type TemplateResult } from 'lit';
import type { Channel } from '../../client/channel.js';
import type { Terms } from '../../locales/en.js';
import { icon } from './icons.js';
import { channelProblem, problem, tryAgain } from './problem.js';

/** What stands in a list without messages: why there are none, or that they are on their way. */
export function insteadOfMessages(channel: Channel, name: string, terms: Terms): TemplateResult {
  const { phase, error } = channel.state.value;
  if (phase === 'failed') {
    if (error && !error.retryable) return channelProblem(terms);
    // That it failed again is told by the state.
    const run = () => void channel.watch().catch(() => undefined);
    return problem('alert', terms.loadFailed, terms.loadFailedHint, tryAgain(terms, run));
  }
  if (phase !== 'ready')
    return html`<div class="skeletons" aria-hidden="true">
      ${[1, 2, 3, 4].map(() => html`<div class="skeleton"></div>`)}
    </div>`;
  return html`<slot name="empty">
    <div class="empty">
      <span class="art">${icon('bubble')}</span>
      <h2>${terms.channelStart(name)}</h2>
      <p>${terms.channelStartHint}</p>
    </div>
  </slot>`;
}
