import { css, html, type TemplateResult } from 'lit';
import { words } from '../../../locales/en-rich.js';
import type { Message } from '../../../protocol.js';
import { parse, type Block, type Piece } from './markdown.js';

export const textStyles = css`
  .words code {
    padding: 1px 4px;
    border-radius: 5px;
    background: var(--_inset);
    font: var(--chat-size-md) / 1.3 var(--_mono);
    unicode-bidi: isolate;
  }
  [part~='code'] {
    display: block;
    margin: 6px -6px 2px;
    border-radius: var(--_card);
    background: var(--_inset);
    overflow: hidden;
    direction: ltr;
    text-align: left;
    white-space: normal;
  }
  .code-head {
    display: flex;
    justify-content: space-between;
    padding: 6px 6px 0 12px;
    color: var(--_quiet);
    font-size: var(--chat-size-sm);
  }
  .code-head button {
    padding: 2px 6px;
  }
  pre {
    margin: 0;
    padding: 4px 12px 10px;
    overflow-x: auto;
    font: var(--chat-size-md) / 1.55 var(--_mono);
    overflow-wrap: normal;
  }
  [part~='mention'] {
    color: var(--chat-accent-text);
    font-weight: 500;
    unicode-bidi: isolate;
  }
  [part~='mention'].me {
    padding: 1px 4px;
    border-radius: 5px;
    background: var(--chat-accent-soft);
  }
  .own [part~='mention'] {
    color: inherit;
    font-weight: 650;
  }
`;

/** A message's text with all that its marks mean. Strangers' text is bound as text, never as markup. */
export function richText({ text = '', mentioned_users: people = [] }: Message, selfId: string): unknown[] {
  const mentioned = new Map(people.flatMap(({ id, name }) => [[name || id, id] as const]));
  return parse(text, mentioned).map((piece) => drawn(piece, selfId));
}

function drawn(piece: Piece, selfId: string): unknown {
  if (typeof piece === 'string') return piece;
  if (piece.kind === 'mention')
    return html`<span part="mention" class=${piece.id === selfId ? 'me' : ''}>${piece.text}</span>`;
  if (piece.kind === 'block') return block(piece);
  if (piece.kind === 'code') return html`<code dir="ltr">${piece.text}</code>`;
  const inside = piece.inside.map((part) => drawn(part, selfId));
  switch (piece.kind) {
    case 'strong':
      return html`<strong>${inside}</strong>`;
    case 'em':
      return html`<em>${inside}</em>`;
    case 'del':
      return html`<del>${inside}</del>`;
    case 'link':
      return html`<a href=${piece.href} target="_blank" rel="noopener noreferrer nofollow" tabindex="-1"
        >${inside}</a
      >`;
  }
}

function block({ text, language }: Block): TemplateResult {
  const copy = ({ currentTarget }: Event) => {
    const button = currentTarget as HTMLElement;
    void navigator.clipboard.writeText(text).then(
      () => (button.textContent = words.copied),
      () => (button.textContent = words.notCopied),
    );
  };
  return html`<span part="code"
    ><span class="code-head">${language}<button tabindex="-1" @click=${copy}>${words.copy}</button></span>
    <pre>${text}</pre>
  </span>`;
}
