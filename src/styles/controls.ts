import { css } from 'lit';
import { icons } from './icons.js';
import { people } from './people.js';

/** The small pieces that the templates of a messenger share: buttons, icons, pictures, badges, skeletons. */
export const controls = css`
  ${icons}
  ${people}
  /* Fills vanish in forced colours; an outline that is transparent elsewhere shows there. */
  :where(.skeleton, [part~='badge'], [part~='bubble'], [part~='field'], [part~='jump'], [part~='send']) {
    outline: 1px solid transparent;
    outline-offset: -1px;
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
  .skeleton {
    border-radius: 6px;
    background: var(--chat-fill-hover);
    animation: pulse 1.6s ease-in-out infinite;
  }
  /* Nobody sees the skeleton of what comes at once. */
  .late {
    animation: late 1ms 300ms backwards;
  }
  @keyframes late {
    from {
      visibility: hidden;
    }
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
    .own > [part~='bubble']:not([class]) {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
