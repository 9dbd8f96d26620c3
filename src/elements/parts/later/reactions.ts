import { css, html, nothing, type TemplateResult } from 'lit';
import { words } from '../../../locales/en-rich.js';
import type { Terms } from '../../../locales/en.js';
import type { Message } from '../../../protocol.js';
import { nameOf } from '../avatar.js';
import { emojiOf } from './reaction-types.js';

export const reactionStyles = css`
  [part~='reactions'] {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    grid-column: -2 / -1;
    margin-block: 4px 2px;
  }
  [part~='reaction'] {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    block-size: 26px;
    padding-inline: 8px;
    border-radius: 13px;
    background: var(--chat-fill);
    color: var(--chat-text-2);
    font-size: var(--chat-size-sm);
    font-weight: 500;
    font-variant-numeric: tabular-nums;
    outline: 1px solid transparent;
    outline-offset: -1px;
  }
  [part~='reaction']:hover {
    background: var(--chat-fill-hover);
  }
  [part~='reaction']::after {
    content: '';
    position: absolute;
    inset: calc(var(--chat-hit) * -1) 0;
  }
  [part~='reaction'] > span {
    font-size: 14px;
    line-height: 1;
  }
  [part~='reaction'][aria-pressed='true'] {
    background: var(--chat-accent-soft);
    box-shadow: inset 0 0 0 1px var(--chat-accent-line);
    color: var(--chat-accent-text);
  }
`;

/** Under a bubble: each kind of reaction with its number; pressed, it is given or taken back. */
export function reactions(
  { id, reaction_groups: groups, own_reactions: own = [], latest_reactions: latest = [] }: Message,
  terms: Terms,
  react: (id: string, type: string) => void,
): TemplateResult | typeof nothing {
  const held = Object.entries(groups ?? {}).filter(([, { count }]) => count > 0);
  if (!held.length) return nothing;
  return html`<div part="reactions">
    ${held.map(([type, { count }]) => {
      const { emoji, name } = emojiOf(type, latest);
      const isOwn = own.some((reaction) => reaction.type === type);
      const who = latest
        .filter((one) => one.type === type)
        .map(({ user, user_id }) => nameOf(user ?? { id: user_id }, terms));
      return html`<button
        part="reaction"
        tabindex="-1"
        aria-pressed=${isOwn}
        aria-label=${[name, count.toLocaleString(terms.locale), isOwn && words.youReacted].filter(Boolean).join(', ')}
        title=${who.join(', ')}
        @click=${() => react(id, type)}
      >
        <span aria-hidden="true">${emoji}</span>${count.toLocaleString(terms.locale)}
      </button>`;
    })}
  </div>`;
}
