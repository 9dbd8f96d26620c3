import { css } from 'lit';

/** Pictures of people and channels, in the hues that tell them apart (`hue` in parts/avatar.ts). */
export const people = css`
  [part~='avatar'] {
    --_size: var(--_s, 36px);
    display: grid;
    flex: none;
    place-items: center;
    position: relative;
    inline-size: var(--_size);
    block-size: var(--_size);
    border-radius: 50%;
    outline: 1px solid transparent; /* seen in forced colours, where fills vanish */
    outline-offset: -1px;
    font-size: calc(var(--_size) * 0.36);
    font-weight: 600;
    line-height: 1;
    user-select: none;
    color: light-dark(oklch(0.39 0.1 var(--chat-hue)), oklch(0.95 0.04 var(--chat-hue)));
    background: linear-gradient(
      165deg,
      light-dark(oklch(0.905 0.06 var(--chat-hue)), oklch(0.48 0.068 var(--chat-hue))),
      light-dark(oklch(0.82 0.09 var(--chat-hue)), oklch(0.385 0.068 var(--chat-hue)))
    );
  }
  .square {
    border-radius: 30%;
  }
  [part~='avatar'] img {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    border-radius: inherit;
    object-fit: cover;
  }
  .broken {
    visibility: hidden;
  }
`;
