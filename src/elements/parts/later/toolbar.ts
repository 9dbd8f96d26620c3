import { css, html, nothing, render } from 'lit';
import { words } from '../../../locales/en-list.js';
import { icon } from '../icons.js';
import { MORE, REACT, REPLY } from './icon-paths.js';

export const toolbarStyles = css`
  [part~='toolbar'] {
    display: flex;
    position: absolute;
    inset-block-start: -20px;
    inset-inline-end: 6px;
    z-index: 3;
    padding: 2px;
    border-radius: 99px;
    outline: 1px solid transparent;
    background: var(--chat-raised);
    box-shadow: var(--chat-shadow-2);
  }
  [part~='toolbar'] button {
    display: grid;
    place-items: center;
    inline-size: 30px;
    block-size: 30px;
    border-radius: 50%;
    color: var(--chat-text-2);
  }
  [part~='toolbar'] button:hover {
    background: var(--chat-fill);
    color: var(--chat-text);
  }
  [part~='toolbar'] .i {
    inline-size: 18px;
    block-size: 18px;
  }
  /* A finger presses long instead. */
  @media (pointer: coarse) {
    [part~='toolbar'] {
      display: none;
    }
  }
`;

/** What the buttons over a message do; undefined for those that are not offered. */
export interface ToolbarView {
  readonly react: (() => void) | undefined;
  readonly reply: (() => void) | undefined;
  readonly more: () => void;
}

/** The buttons over the one message that is pointed at or has the focus: one node that moves from bubble to bubble. */
export class Toolbar {
  #box: HTMLElement | undefined;

  /** Shows it over `bubble`. */
  show(bubble: Element, { react, reply, more }: ToolbarView): void {
    const box = (this.#box ??= toolbarBox());
    const button = (label: string, path: string, run: (() => void) | undefined) =>
      run
        ? html`<button tabindex="-1" aria-label=${label} title=${label} @click=${run}>${icon(path)}</button>`
        : nothing;
    render(
      [button(words.react, REACT, react), button(words.reply, REPLY, reply), button(words.more, MORE, more)],
      box,
    );
    if (box.parentNode !== bubble) bubble.append(box);
  }

  hide(): void {
    this.#box?.remove();
  }

  get holder(): Element | undefined {
    return this.#box?.parentElement ?? undefined;
  }
}

function toolbarBox(): HTMLElement {
  const box = document.createElement('div');
  box.setAttribute('part', 'toolbar');
  box.setAttribute('role', 'toolbar');
  box.ariaLabel = words.menu;
  return box;
}
