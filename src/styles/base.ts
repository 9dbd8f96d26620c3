import { css } from 'lit';
import { people } from './people.js';

/**
 * What every element's shadow root begins with: a reset, the focus ring, and the small pieces that the
 * templates in `elements/parts/` draw. One constructed sheet, shared by all roots.
 */
export const base = css`
  ${people}
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
  /* Fills vanish in forced colours; an outline that is transparent elsewhere shows there. */
  .button,
  .skeleton,
  [part~='avatar'],
  [part~='badge'],
  [part~='bubble'],
  [part~='dots'],
  [part~='field'],
  [part~='jump'],
  [part~='readonly'],
  [part~='send'] {
    outline: 1px solid transparent;
    outline-offset: -1px;
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
  svg {
    display: block;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .i {
    inline-size: 20px;
    block-size: 20px;
    stroke-width: 1.6;
  }
  .s16 {
    inline-size: 16px;
    block-size: 16px;
    stroke-width: 1.9;
  }
  .flip:dir(rtl) {
    scale: -1 1;
  }
  .truncate {
    min-inline-size: 0;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .sr {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .art,
  [part~='avatar'],
  [part~='badge'],
  [part~='icon-button'],
  [part~='jump'],
  [part~='send'] {
    display: grid;
    flex: none;
    place-items: center;
  }
  [part~='icon-button'],
  [part~='jump'],
  [part~='send'] {
    inline-size: var(--chat-control);
    block-size: var(--chat-control);
    border-radius: 50%;
    color: var(--chat-text-2);
    transition:
      background var(--chat-time-1),
      color var(--chat-time-1);
  }
  [part~='icon-button']:hover {
    background: var(--chat-fill);
    color: var(--chat-text);
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 7px;
    min-block-size: 36px;
    padding: 0 16px;
    border-radius: 99px;
    background: var(--chat-fill);
    font-weight: 500;
  }
  .button:hover {
    background: var(--chat-fill-hover);
  }
  .primary {
    background: var(--chat-accent-fill);
    color: var(--chat-on-accent);
  }
  .primary:hover {
    background: var(--chat-accent-fill-hover);
  }
  .link {
    color: var(--chat-accent-text);
    font-weight: 500;
  }
  .link:hover {
    text-decoration: underline;
    text-underline-offset: 2px;
  }

  [part~='presence'] {
    position: absolute;
    inset-block-end: -1px;
    inset-inline-end: -1px;
    inline-size: 13px;
    block-size: 13px;
    border: 2.5px solid var(--_ring, var(--chat-surface));
    border-radius: 50%;
    background: var(--chat-online);
  }
  [part~='badge'] {
    min-inline-size: 20px;
    block-size: 20px;
    padding-inline: 6px;
    border-radius: 10px;
    background: var(--chat-accent-fill);
    color: var(--chat-on-accent);
    font-size: var(--chat-size-xs);
    font-weight: 600;
    font-variant-numeric: tabular-nums;
    line-height: 1;
  }
  .ticks {
    block-size: 12px;
    stroke-width: 1.35;
    opacity: 0.8;
  }
  .ticks.read {
    stroke-width: 1.75;
    opacity: 1;
  }
  .empty {
    display: grid;
    flex: 1;
    place-content: center;
    justify-items: center;
    gap: 4px;
    padding: 24px;
    text-align: center;
    overflow-wrap: anywhere;
  }
  .art {
    inline-size: 64px;
    block-size: 64px;
    margin-block-end: 12px;
    border-radius: 22px;
    background: var(--chat-accent-soft);
    color: var(--chat-accent-text);
  }
  .art.plain {
    background: var(--chat-fill);
    color: var(--chat-text-2);
  }
  .art .i {
    inline-size: 28px;
    block-size: 28px;
    stroke-width: 1.5;
  }
  .empty :is(h2, h3) {
    font-size: var(--chat-size-xl);
    font-weight: 600;
  }
  .empty p {
    max-inline-size: 30ch;
    color: var(--chat-text-2);
    line-height: 1.45;
    text-wrap: balance;
  }
  .empty .button {
    margin-block-start: 14px;
  }
  .skeleton {
    border-radius: 6px;
    background: var(--chat-fill-hover);
    animation: pulse 1.6s ease-in-out infinite;
  }
  @keyframes pulse {
    50% {
      opacity: 0.5;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .skeleton {
      animation: none;
    }
  }
  /* In forced colours, own things keep their fill. */
  @media (forced-colors: active) {
    [part~='badge'],
    [part~='send']:enabled,
    .primary,
    .own > [part~='bubble']:not([class]) {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
