import { css } from 'lit';

/** Pictures of people and channels, and the eight hues that tell them apart (`hueClass`). */
export const people = css`
  [part~='avatar'] {
    --_size: var(--_s, var(--chat-avatar-bar));
    position: relative;
    display: grid;
    flex: none;
    place-items: center;
    inline-size: var(--_size);
    block-size: var(--_size);
    border-radius: 50%;
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
  img.broken {
    visibility: hidden;
  }
  .h0 {
    --chat-hue: 20;
  }
  .h1 {
    --chat-hue: 55;
  }
  .h2 {
    --chat-hue: 105;
  }
  .h3 {
    --chat-hue: 150;
  }
  .h4 {
    --chat-hue: 195;
  }
  .h5 {
    --chat-hue: 240;
  }
  .h6 {
    --chat-hue: 285;
  }
  .h7 {
    --chat-hue: 340;
  }
`;
