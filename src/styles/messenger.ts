import { css } from 'lit';

/** List and conversation, side by side or one of them. */
export const messenger = css`
  .list,
  .conversation {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
  }
  .conversation {
    container-type: inline-size;
    position: relative;
    background: var(--chat-surface);
  }
  channel-list,
  message-list {
    flex: 1;
    min-block-size: 0;
  }
  /* Its room is there before it. */
  message-composer:not(:defined) {
    block-size: 62px;
  }
  [data-view='channel'] > .list,
  [data-view='list'] > .conversation {
    display: none;
  }
  [moved] > [part] {
    animation: pane var(--chat-time-3) var(--chat-ease);
  }
  [moved] > .list,
  [moved]:dir(rtl) > .conversation {
    --_from: -24px;
  }
  [moved]:dir(rtl) > .list {
    --_from: 24px;
  }
  @keyframes pane {
    from {
      opacity: 0;
      translate: calc(var(--_from, 24px) * var(--chat-shift));
    }
  }
  @container chat-session (min-width: 720px) {
    [data-view] {
      grid-template-columns: var(--chat-list-pane) minmax(0, 1fr);
    }
    [data-view] > [part] {
      display: flex;
      animation: none;
    }
    .conversation {
      --_back: none;
    }
    .list {
      border-inline-end: 1px solid var(--chat-line);
    }
    .list > connection-status {
      display: none;
    }
  }
`;
