import { css } from 'lit';

/** The box of a session. */
export const session = css`
  :host {
    container: chat-session / inline-size;
    contain-intrinsic-inline-size: 360px;
    block-size: 100%;
    overflow: hidden;
    font-family: var(--chat-font-family);
    font-size: var(--chat-size-lg);
    line-height: var(--chat-leading-ui);
    color: var(--chat-text);
    background: var(--chat-surface);
    accent-color: var(--chat-accent-fill);
  }
  [part='layout'] {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    contain: size; /* fills the box it is given, and has a height of its own in a page that gives none */
    contain-intrinsic-block-size: min(560px, 100dvh);
    block-size: 100%;
  }
`;
