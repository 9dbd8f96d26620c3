import { css, html, nothing, type TemplateResult } from 'lit';
import type { Terms } from '../../../locales/en.js';
import { words } from '../../../locales/en-states.js';
import { icon } from '../icons.js';
import type { RowActions } from '../message-row.js';
import { ALERT, LOCK } from './icon-paths.js';

export const refusedStyles = css`
  [part~='bubble'].failed {
    background: var(--chat-danger-soft);
    box-shadow: inset 0 0 0 1px color-mix(in oklab, var(--chat-danger) 35%, transparent);
    color: var(--chat-text);
  }
  [part~='field'].invalid {
    box-shadow: inset 0 0 0 1.5px var(--chat-danger);
  }
  [part~='failure'] {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    margin-block-start: 4px;
    color: var(--chat-danger);
    font-size: var(--chat-size-md);
  }
  [part~='failure'] button {
    font-weight: 600;
    text-decoration: underline 1px;
    text-underline-offset: 3px;
  }
  [part~='failure'] button::after {
    content: '';
    position: absolute;
    inset: calc(var(--chat-hit) * -1);
  }
  [part~='composer-note'] {
    padding: 6px 14px 0;
    color: var(--chat-text-2);
    font-size: var(--chat-size-sm);
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  [part~='composer-note'].invalid {
    color: var(--chat-danger);
    text-align: start;
  }
  [part~='readonly'] {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-block-size: 44px;
    border-radius: var(--chat-radius-field);
    background: var(--chat-fill);
    color: var(--chat-text-2);
    font-size: var(--chat-size-md);
  }
  .older.button {
    align-self: center;
    margin-block: 8px;
  }
`;

/** In the place of a composer, for those who may not write. */
export function readOnly(): TemplateResult {
  return html`${icon(LOCK, 's16')}${words.readOnly}`;
}

/** Under a message that was not sent: what can be done with it. */
export function failure(id: string, terms: Terms, actions: RowActions): TemplateResult {
  return html`<div part="failure">
    ${icon(ALERT, 's16')}<span role="alert">${terms.failed}</span> ·
    <button @click=${() => actions.retry(id)}>${words.retry}</button> ·
    <button @click=${() => actions.remove(id)}>${words.remove}</button>
  </div>`;
}

/** Over the messages, when those before them did not load. */
export function olderFailed(retry: () => void): TemplateResult {
  return html`<button class="older button" @click=${retry}>${words.loadFailed}. ${words.tryAgain}</button>`;
}

/**
 * Under the composer: how many characters are left of `limit`, or that there are too many. Spoken when it
 * was `refused`, not with every further character.
 */
export function note(length: number, limit: number, refused: boolean): TemplateResult {
  const left = limit - length;
  const said = left < 0 ? words.tooLong(limit, length) : words.charactersLeft(left);
  return html`<div id="note" part="composer-note" class=${left < 0 ? 'invalid' : nothing}>
    ${refused ? html`<span role="alert">${said}</span>` : said}
  </div>`;
}
