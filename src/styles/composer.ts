import { css } from 'lit';

/** The composer: a field that grows, its buttons, and the note under it. */
export const composer = css`
  :host {
    flex: none;
    position: relative;
    inline-size: min(100%, var(--chat-content, 760px));
    margin-inline: auto;
    padding: 2px var(--chat-space-4, 16px) var(--chat-space-4, 16px);
    container-type: inline-size;
  }
  [part~='field'] {
    display: flex;
    align-items: flex-end;
    gap: 2px;
    padding: 4px;
    border-radius: var(--chat-radius-field, 22px);
    background: light-dark(var(--chat-surface, Field), var(--chat-raised, Field));
    box-shadow: inset 0 0 0 1px
      light-dark(oklch(from var(--chat-line, #ccc) 0.86 c h), oklch(from var(--chat-line, #555) 0.35 c h));
    transition: box-shadow var(--chat-time-1);
  }
  [part~='field']:focus-within {
    box-shadow:
      inset 0 0 0 1.5px var(--chat-accent-text, Highlight),
      0 0 0 3px var(--chat-accent-soft, transparent);
  }
  [part~='field'].invalid {
    box-shadow: inset 0 0 0 1.5px var(--chat-danger, #b3261e);
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    min-block-size: var(--chat-control, 36px);
    /* Eight lines, then it scrolls. */
    max-block-size: 176px;
    margin: 0;
    padding: calc((var(--chat-control, 36px) - 20px) / 2) 6px;
    padding-inline-start: 12px;
    border: 0;
    outline: 0;
    background: none;
    color: var(--chat-text);
    font: inherit;
    line-height: 20px;
    overflow-wrap: anywhere;
    resize: none;
    field-sizing: content;
    overscroll-behavior: contain;
  }
  textarea::placeholder {
    color: var(--chat-text-3);
    opacity: 1;
  }
  /* Under 16 px, phones zoom into a field that takes the focus. */
  @media (pointer: coarse) {
    textarea {
      font-size: max(16px, 1em);
    }
  }
  [part~='send'] {
    display: grid;
    flex: none;
    place-items: center;
    inline-size: var(--chat-control, 36px);
    block-size: var(--chat-control, 36px);
    border-radius: 50%;
    background: var(--chat-accent-fill, #2d5bd7);
    color: var(--chat-on-accent, #fff);
    transition: background var(--chat-time-1);
  }
  [part~='send']:hover {
    background: var(--chat-accent-fill-hover);
  }
  [part~='send']:disabled {
    background: var(--chat-fill-hover, #ddd);
    color: var(--chat-text-3, #555);
    cursor: default;
  }
  [part~='send'] .i {
    stroke-width: 1.9;
  }
  [part~='composer-note'] {
    padding: 6px 14px 0;
    color: var(--chat-text-2);
    font-size: var(--chat-size-sm, 12px);
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  [part~='composer-note'].invalid {
    color: var(--chat-danger, #b3261e);
    text-align: start;
  }
  [part~='readonly'] {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-block-size: 44px;
    padding-inline: 14px;
    border-radius: var(--chat-radius-field, 22px);
    background: var(--chat-fill, #eee);
    color: var(--chat-text-2);
    font-size: var(--chat-size-md, 13px);
    text-align: center;
  }
  @container (max-width: 391.9px) {
    [part~='field'],
    [part~='readonly'],
    [part~='composer-note'] {
      margin-inline: calc(-1 * var(--chat-space-1, 4px));
    }
  }
  @media (prefers-contrast: more) {
    [part~='field'] {
      box-shadow: inset 0 0 0 1px var(--chat-line-strong, #888);
    }
  }
  @media (forced-colors: active) {
    [part~='field'],
    [part~='send'],
    [part~='readonly'] {
      border: 1px solid CanvasText;
    }
    [part~='field']:focus-within {
      outline: 2px solid Highlight;
    }
    [part~='send']:enabled {
      forced-color-adjust: none;
      border-color: Highlight;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
