import { css, html, nothing, type TemplateResult } from 'lit';
import type { Terms } from '../../../locales/en.js';
import type { Message } from '../../../protocol.js';
import { hue, nameOf } from '../avatar.js';
import { plain } from './markdown.js';

export const quoteStyles = css`
  [part~='quote'] {
    display: block;
    inline-size: calc(100% + 8px);
    position: relative;
    margin: 2px -4px 6px;
    padding-block: 6px;
    padding-inline: 12px 10px;
    overflow: hidden;
    border-radius: var(--_card);
    background: var(--_inset);
    font-size: var(--chat-size-md);
    line-height: 1.35;
  }
  [part~='quote']::before {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    inline-size: 3px;
    background: light-dark(oklch(0.6 0.13 var(--chat-hue)), oklch(0.72 0.11 var(--chat-hue)));
  }
  .own [part~='quote']::before {
    background: currentColor;
    opacity: 0.85;
  }
  [part~='quote'] b {
    display: block;
    font-weight: 600;
  }
  article:not(.own) [part~='quote'] b {
    color: light-dark(oklch(0.47 0.11 var(--chat-hue)), oklch(0.8 0.1 var(--chat-hue)));
  }
  [part~='quote'] .clamp {
    overflow-wrap: anywhere;
  }
`;

/** The message that this one answers, in short; pressed, it is shown. */
export function quote(
  { quoted_message: quoted }: Message,
  selfId: string,
  terms: Terms,
  jump: (id: string) => void,
): TemplateResult | typeof nothing {
  if (!quoted) return nothing;
  const { id, user, type, text, attachments } = quoted;
  const name = user?.id === selfId ? terms.you : nameOf(user, terms);
  const said =
    type === 'deleted' ? terms.deleted : plain(text ?? '') || (attachments?.length ? terms.attachment : '');
  return html`<button part="quote" tabindex="-1" .style=${hue(user?.id ?? '')} @click=${() => jump(id)}>
    <b dir="auto">${name}</b><span class="clamp" dir="auto">${said}</span>
  </button>`;
}
