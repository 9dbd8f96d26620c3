import { css } from 'lit';

/** The frame of a message list: scroller, column and skeletons. */
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
  .skeletons {
    justify-content: flex-end;
    gap: 12px;
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
  @container (max-width: 419.9px) {
    .column {
      --_avatar: 28px;
      --_max: 88%;
    }
  }
`;
