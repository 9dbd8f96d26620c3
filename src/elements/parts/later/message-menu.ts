import { css, html, nothing, render, type TemplateResult } from 'lit';
import type { LocalMessage } from '../../../client/state.js';
import { words } from '../../../locales/en-list.js';
import { icon } from '../icons.js';
import type { Offer } from './message-actions.js';
import { emojiOf, OFFERED } from './reaction-types.js';

export const menuStyles = css`
  [part~='menu'] {
    position: fixed;
    inset: auto;
    z-index: 5;
    inline-size: 228px;
    margin: 0;
    padding: 6px;
    border: 0;
    border-radius: min(16px, var(--chat-radius-bubble));
    outline: 1px solid transparent;
    background: var(--chat-raised);
    box-shadow: var(--chat-shadow-2);
    color: var(--chat-text);
    font-size: var(--chat-size-lg);
    animation: menu var(--chat-time-2) var(--chat-ease);
  }
  [part~='menu'].sheet {
    inset: auto 0 0;
    inline-size: 100%;
    max-inline-size: none;
    padding: 12px 12px max(12px, env(safe-area-inset-bottom));
    border-end-start-radius: 0;
    border-end-end-radius: 0;
  }
  [part~='menu']::backdrop {
    background: transparent;
  }
  [part~='menu'].sheet::backdrop {
    background: oklch(0 0 0 / 0.35);
  }
  .offered {
    display: flex;
    justify-content: space-between;
    padding: 2px 2px 7px;
  }
  .offered:not(:last-child) {
    margin-block-end: 5px;
    border-block-end: 1px solid var(--chat-line);
  }
  .offered button {
    display: grid;
    place-items: center;
    inline-size: 34px;
    block-size: 34px;
    border-radius: 50%;
    font-size: 20px;
  }
  .offered button:hover {
    background: var(--chat-fill-hover);
  }
  .offered [aria-checked='true'] {
    background: var(--chat-accent-soft);
    box-shadow: inset 0 0 0 1px var(--chat-accent-line);
  }
  [part~='menu-item'] {
    display: flex;
    align-items: center;
    gap: 10px;
    inline-size: 100%;
    min-block-size: max(36px, var(--chat-control));
    padding: 4px 9px;
    border-radius: var(--chat-radius-control);
  }
  .sheet [part~='menu-item'] {
    min-block-size: 48px;
  }
  [part~='menu-item']:is(:hover, :focus-visible) {
    background: var(--chat-fill-hover);
  }
  [part~='menu-item'] .i {
    color: var(--chat-text-2);
  }
  [part~='menu-item'].danger,
  .danger .i {
    color: var(--chat-danger);
  }
  [part~='menu-item'] kbd {
    margin-inline-start: auto;
    color: var(--chat-text-3);
    font: inherit;
    font-size: var(--chat-size-sm);
  }
  .sheet kbd {
    display: none;
  }
  .asked {
    padding: 6px 9px 8px;
    line-height: 1.35;
  }
  @keyframes menu {
    from {
      opacity: 0;
      translate: 0 calc(4px * var(--chat-shift));
    }
  }
`;

/** What a menu shows, and what happens when something of it is chosen. */
export interface MenuView {
  readonly message: LocalMessage;
  readonly reacts: boolean;
  readonly offers: readonly Offer[];
  choose(action: Offer['action'] | 'react', reaction?: string): void;
}

/** Room between the menu and the edges of the page, in pixels. */
const EDGE_PX = 8;

/** The menu of one message at a time, over everything else on the page. */
export class MessageMenu {
  #root: ShadowRoot;
  #box: HTMLElement | undefined;
  #closed: (() => void) | undefined;

  constructor(root: ShadowRoot) {
    this.#root = root;
  }

  /**
   * Opens it beside `anchor`, with the focus on its first entry.
   *
   * @param confirm - Asks at once whether the message is to be deleted.
   * @param closed - Runs when it has closed, to give the focus back.
   */
  open(anchor: Element, view: MenuView, closed: () => void, confirm = false): void {
    this.close();
    const box = document.createElement('div');
    box.setAttribute('part', 'menu');
    box.setAttribute('role', 'menu');
    // Not `auto`: that would close with the very finger whose long press has opened it.
    box.popover = 'manual';
    box.ariaLabel = words.menu;
    box.addEventListener('keydown', (event) => this.#onKey(event));
    document.addEventListener('pointerdown', this.#onPointer, true);
    this.#box = box;
    this.#closed = closed;
    this.#root.append(box);
    this.#draw(view, confirm);
    box.showPopover();
    this.#place(anchor, box);
    this.#items[0]?.focus();
  }

  close(): void {
    const [box, closed] = [this.#box, this.#closed];
    this.#box = this.#closed = undefined;
    document.removeEventListener('pointerdown', this.#onPointer, true);
    box?.remove();
    closed?.();
  }

  /** Who points elsewhere is done with it. */
  #onPointer = (event: Event): void => {
    if (this.#box && !event.composedPath().includes(this.#box)) this.close();
  };

  get #items(): HTMLElement[] {
    return [...(this.#box?.querySelectorAll('button') ?? [])];
  }

  #draw(view: MenuView, confirm: boolean): void {
    if (!this.#box) return;
    render(confirm ? this.#confirmation(view) : this.#entries(view), this.#box);
    this.#items[0]?.focus();
  }

  #entries(view: MenuView): TemplateResult {
    const { message, reacts, offers } = view;
    const own = new Set(message.own_reactions?.map(({ type }) => type));
    return html`${
      reacts
        ? html`<div class="offered" role="group" aria-label=${words.react}>
            ${OFFERED.map(
              ([type, emoji]) =>
                html`<button
                  role="menuitemcheckbox"
                  tabindex="-1"
                  aria-checked=${own.has(type)}
                  aria-label=${emojiOf(type).name}
                  @click=${() => this.#choose(view, 'react', type)}
                >
                  ${emoji}
                </button>`,
            )}
          </div>`
        : nothing
    }${offers.map(({ action, label, icon: path, key }) => {
      const run = () => (action === 'delete' ? this.#draw(view, true) : this.#choose(view, action));
      return html`<button
        part="menu-item"
        role="menuitem"
        tabindex="-1"
        class=${action === 'delete' ? 'danger' : ''}
        @click=${run}
      >
        ${icon(path)}${label}<kbd aria-hidden="true">${key === 'Delete' ? '⌫' : key.toUpperCase()}</kbd>
      </button>`;
    })}`;
  }

  #confirmation(view: MenuView): TemplateResult {
    return html`<div class="asked" id="asked">${words.deleteAsk}</div>
      <button
        part="menu-item"
        role="menuitem"
        tabindex="-1"
        class="danger"
        aria-describedby="asked"
        @click=${() => this.#choose(view, 'delete')}
      >
        ${words.delete}
      </button>
      <button part="menu-item" role="menuitem" tabindex="-1" @click=${() => this.close()}>
        ${words.cancel}
      </button>`;
  }

  #choose(view: MenuView, action: Offer['action'] | 'react', reaction?: string): void {
    this.close();
    view.choose(action, reaction);
  }

  #onKey(event: KeyboardEvent): void {
    const items = this.#items;
    const at = items.indexOf(event.target as HTMLElement);
    const ways: Record<string, HTMLElement | undefined> = {
      ArrowDown: items[at + 1] ?? items[0],
      ArrowRight: items[at + 1] ?? items[0],
      ArrowUp: items.at(at - 1),
      ArrowLeft: items.at(at - 1),
      Home: items[0],
      End: items.at(-1),
    };
    const closes = event.key === 'Escape' || event.key === 'Tab';
    if (!closes && !ways[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (closes) this.close();
    else ways[event.key]?.focus();
  }

  /** Below the bubble where there is room, else above it; at the side of its author. A sheet where fingers point. */
  #place(anchor: Element, box: HTMLElement): void {
    if (matchMedia('(pointer: coarse)').matches) return box.classList.add('sheet');
    const at = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    const fits = (from: number, size: number, whole: number) =>
      Math.max(EDGE_PX, Math.min(from, whole - size - EDGE_PX));
    const below = at.bottom + 6;
    const top = below + height < innerHeight - EDGE_PX ? below : at.top - height - 6;
    const atRight = anchor.matches('.own *') !== anchor.matches(':dir(rtl)');
    box.style.top = `${fits(top, height, innerHeight)}px`;
    box.style.left = `${fits(atRight ? at.right - width : at.left, width, innerWidth)}px`;
  }
}
