import { html, type TemplateResult } from 'lit';
import type { Channel } from '../../../client/channel.js';
import { words } from '../../../locales/en-states.js';
import { icon } from '../icons.js';
import { ALERT, BUBBLE } from './icon-paths.js';
import { channelProblem, problem, tryAgain } from './problem.js';

/** What stands in a list without messages: why there are none. */
export function insteadOfMessages(channel: Channel, name: string): TemplateResult {
  const { phase, error } = channel.state.value;
  if (phase === 'failed') {
    if (error && !error.retryable) return channelProblem();
    // That it failed again is told by the state.
    const run = () => void channel.watch().catch(() => undefined);
    return problem(ALERT, words.loadFailed, words.loadFailedHint, tryAgain(run));
  }
  return html`<slot name="empty">
    <div class="empty">
      <span class="art">${icon(BUBBLE)}</span>
      <h2>${words.channelStart(name)}</h2>
      <p>${words.channelStartHint}</p>
    </div>
  </slot>`;
}

/** What stands in a list without channels: that it failed, or that there are none. */
export function insteadOfChannels(failed: boolean, retry: () => void): TemplateResult {
  if (failed) return problem(ALERT, words.channelsFailed, words.channelsFailedHint, tryAgain(retry));
  return html`<div class="empty">
    <span class="art plain">${icon(BUBBLE)}</span>
    <h3>${words.noChannels}</h3>
    <p>${words.noChannelsHint}</p>
  </div>`;
}

/** What stands beside a list of which no channel is open. */
export function noChannelOpen(): TemplateResult {
  return html`<div class="empty">
    <span class="art">${icon(BUBBLE)}</span>
    <p>${words.noChannelOpen}</p>
  </div>`;
}
