import { css, html, type TemplateResult } from 'lit';
import { words } from '../../locales/en-composer.js';
import type { Terms } from '../../locales/en.js';
import { nameOf } from './avatar.js';
import type { Composition } from './composition.js';
import { icon } from './icons.js';
import { CLOSE, EDIT, REPLY } from './later/icon-paths.js';
import { textOf } from './message-row.js';

export const modeStyles = css`
  [part~='field'] {
    flex-wrap: wrap;
  }
  [part~='composer-reply'] {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    flex: 1 0 100%;
    gap: 10px;
    align-items: center;
    padding-block: 6px 2px;
    padding-inline: 14px 2px;
    color: var(--chat-text-2);
    font-size: var(--chat-size-md);
  }
  [part~='composer-reply'] > .i,
  [part~='composer-reply'] b {
    color: var(--chat-accent-text);
  }
  [part~='composer-reply'] b {
    display: block;
    font-weight: 600;
  }
`;

/** Over the field: which message is answered or changed, and the way out. */
export function composerMode({ kind, message }: Composition, terms: Terms, end: () => void): TemplateResult {
  const title = kind === 'edit' ? words.editMessage : words.replyTo(nameOf(message.user, terms));
  const out = kind === 'edit' ? words.endEdit : words.endReply;
  return html`<div part="composer-reply" role="group" aria-label=${title}>
    ${icon(kind === 'edit' ? EDIT : REPLY)}
    <span class="truncate"
      ><b class="truncate" dir="auto">${title}</b><bdi>${textOf(message, terms)}</bdi></span
    >
    <button part="icon-button" aria-label=${out} @click=${end}>${icon(CLOSE)}</button>
  </div>`;
}
