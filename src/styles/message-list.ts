import { css } from 'lit';

/** The frame of a message list: scroller, column, skeletons and the jump button. */
export const list = css`
  :host {
    display: flex;
    flex: 1;
    position: relative;
    block-size: 100%;
    min-block-size: 0;
    overflow: hidden;
    container-type: inline-size;
  }
  /* Reversed: the browser itself keeps the end in view, whatever grows. */
  .scroller {
    display: flex;
    flex: 1;
    flex-direction: column-reverse;
    overflow: hidden auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
  }
  .column {
    --_avatar: var(--chat-avatar-message);
    --_max: var(--chat-bubble-max);
    display: flex;
    flex: 1 0 auto;
    flex-direction: column;
    justify-content: flex-end;
    inline-size: min(100%, var(--chat-content));
    margin-inline: auto;
    padding: var(--chat-space-3) min(var(--chat-space-4), 3.4%);
  }
  .fill,
  .skeletons {
    display: flex;
    flex: 1;
    flex-direction: column;
  }
  /* What comes and goes under the eyes of a reader further up must not move them. */
  .up slot[name='typing'] {
    display: block;
    block-size: 0;
    overflow: hidden;
  }
  .older {
    align-self: center;
    margin-block: 8px;
  }
  .older.skeleton {
    inline-size: 120px;
    block-size: 12px;
  }
  .skeletons {
    justify-content: flex-end;
    gap: 12px;
    animation: late 1ms 300ms backwards;
  }
  .skeletons .skeleton {
    inline-size: 44%;
    block-size: 56px;
    margin-inline-start: calc(var(--_avatar) + 8px);
    border-radius: var(--chat-radius-bubble);
  }
  .skeletons .skeleton:nth-child(even) {
    align-self: flex-end;
    inline-size: 32%;
    block-size: 36px;
  }
  .skeletons .skeleton:nth-child(3) {
    inline-size: 52%;
    block-size: 92px;
  }
  [part~='jump'] {
    position: absolute;
    inset-block-end: 14px;
    inset-inline-end: max(16px, calc((100% - var(--chat-content)) / 2 + 16px));
    z-index: 2;
    inline-size: 42px;
    block-size: 42px;
    background: var(--chat-raised);
    box-shadow: var(--chat-shadow-2);
    animation: rise var(--chat-time-2) var(--chat-ease);
  }
  [part~='jump'] [part~='badge'] {
    position: absolute;
    inset-block-start: -9px;
    box-shadow: 0 0 0 2px var(--chat-surface);
  }
  @keyframes rise {
    from {
      opacity: 0;
      translate: 0 calc(4px * var(--chat-shift));
    }
  }
  @container (max-width: 419.9px) {
    .column {
      --_avatar: 28px;
      --_max: 88%;
    }
  }
`;
