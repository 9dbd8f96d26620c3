import { css } from 'lit';

/**
 * What every element's shadow root begins with: a reset, the focus ring, and words for ears alone. One
 * constructed sheet, shared by all roots.
 */
export const base = css`
  :host {
    display: block;
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  /* By name, since outer styles win over the :host of the elements inside. */
  button,
  h2,
  h3,
  p,
  textarea,
  ul {
    margin: 0;
    padding: 0;
  }
  button {
    position: relative;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    text-align: inherit;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  :focus-visible {
    outline: 2px solid var(--chat-accent-text);
    outline-offset: 2px;
  }
  .sr {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
