import { css } from 'lit';

/** The bar over a conversation. */
export const header = css`
  [part='header'] {
    display: flex;
    align-items: center;
    gap: 11px;
    block-size: var(--chat-bar);
    padding-inline: var(--chat-space-4) var(--chat-space-3);
    border-block-end: 1px solid var(--chat-line);
    background: var(--chat-surface);
  }
  [part~='back'] {
    display: var(--_back, grid); /* the session hides it where its list stands beside */
    margin-inline: -8px;
  }
  .text {
    flex: 1;
    min-inline-size: 0;
  }
  /* No wider than the words: they stand at the bar's start whatever their direction. */
  .text > .truncate {
    inline-size: fit-content;
    max-inline-size: 100%;
  }
  [part='header-title'] {
    font-size: inherit;
    font-weight: 600;
  }
  [part='header-subtitle'] {
    font-size: var(--chat-size-md);
    color: var(--chat-text-2);
  }
  [part='header-actions'] {
    display: flex;
    gap: 2px;
  }
  [part='status-quiet']::before {
    content: '';
    display: inline-block;
    inline-size: 7px;
    block-size: 7px;
    margin-inline-end: 5px;
    border: 1.5px solid;
    border-radius: 50%;
  }
  .skeleton {
    inline-size: 120px;
    block-size: 12px;
  }
  .skeleton + .skeleton {
    inline-size: 84px;
    block-size: 10px;
    margin-block-start: 8px;
  }
  @container (max-width: 419.9px) {
    [part='header'] {
      padding-inline: var(--chat-space-3) var(--chat-space-2);
    }
  }
`;
