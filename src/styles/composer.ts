import { css } from 'lit';

/** The composer: a field that grows, and its buttons. */
export const composer = css`
  :host {
    flex: none;
    position: relative;
    inline-size: min(100%, var(--chat-content));
    margin-inline: auto;
    /* 12 px in a pane of 360, as the column of messages above. */
    padding: 2px min(var(--chat-space-4), 3.4%) min(var(--chat-space-4), 3.4%);
  }
  [part~='field'] {
    display: flex;
    align-items: flex-end;
    gap: 2px;
    padding: 4px;
    border-radius: var(--chat-radius-field);
    background: light-dark(var(--chat-surface), var(--chat-raised));
    box-shadow: inset 0 0 0 1px var(--chat-field-line);
    transition: box-shadow var(--chat-time-1);
  }
  [part~='field']:focus-within {
    box-shadow:
      inset 0 0 0 1.5px var(--chat-accent-text),
      0 0 0 3px var(--chat-accent-soft);
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    min-block-size: var(--chat-control);
    /* Eight lines, then it scrolls. */
    max-block-size: 176px;
    padding: calc((var(--chat-control) - 20px) / 2) 6px;
    padding-inline-start: 12px;
    border: 0;
    outline: 0 !important; /* the field shows the focus */
    background: none;
    color: inherit;
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
    background: var(--chat-accent-fill);
    color: var(--chat-on-accent);
  }
  [part~='send']:hover {
    background: var(--chat-accent-fill-hover);
  }
  [part~='send']:disabled {
    background: var(--chat-fill-hover);
    color: var(--chat-text-3);
    cursor: default;
  }
  [part~='send'] .i {
    stroke-width: 1.9;
  }
  [part~='readonly'] {
    min-block-size: 44px; /* before its words are there */
  }
`;
