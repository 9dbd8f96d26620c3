import { css } from 'lit';
import type { Terms } from '../../../locales/en.js';
import type { Message } from '../../../protocol.js';
import type { RowActions } from '../message-row.js';
import { attachmentStyles, cards, media } from './attachments.js';
import { quote, quoteStyles } from './quote.js';
import { reactions, reactionStyles } from './reactions.js';
import { richText, textStyles } from './rich-text.js';

export const styles = css`
  [part~='bubble'] {
    --_card: min(12px, calc(var(--chat-radius-bubble) * 0.67));
    --_mono: var(
      --chat-font-mono,
      ui-monospace,
      'SF Mono',
      'Cascadia Mono',
      Menlo,
      Consolas,
      'Noto Sans Mono',
      monospace
    );
    --_inset: var(--chat-other-inset, light-dark(#fff, var(--chat-sunken)));
  }
  .own > [part~='bubble'] {
    --_inset: var(--chat-own-inset, color-mix(in oklab, var(--chat-own-bg), #000 14%));
  }
  ${textStyles}
  ${quoteStyles}
  ${attachmentStyles}
  ${reactionStyles}
`;

/** What a message is drawn with when it has more than plain words. */
export interface Rich {
  readonly over: unknown;
  readonly words: unknown;
  readonly under: unknown;
  /** Below the bubble. */
  readonly below: unknown;
}

/** All of a message that is more than plain words. */
export function rich(message: Message, selfId: string, terms: Terms, actions: RowActions): Rich {
  return {
    over: [quote(message, selfId, terms, actions.jump), media(message, terms)],
    words: richText(message, selfId),
    under: cards(message),
    below: reactions(message, terms, actions.react),
  };
}
