const ROW = '[data-id]';
const INSIDE = 'a, button';

/**
 * One tab stop for a whole list of messages, moved by the arrow keys. Set on the nodes themselves, so
 * that a move draws nothing; positions in the set are told of the message that has the focus alone.
 */
export class MessageKeys {
  #root: () => ParentNode;
  #jump: () => void;
  #stop: HTMLElement | undefined;

  /** `jump` goes to the newest message. */
  constructor(root: () => ParentNode, jump: () => void) {
    this.#root = root;
    this.#jump = jump;
  }

  /** To be called after rows changed: the newest message is the way in while none has the focus. */
  refresh(): void {
    if (!this.#stop?.isConnected || !this.#stop.matches(':focus-within')) this.#moveStop(this.#rows().at(-1));
  }

  /** To be called on `focusin`. */
  onFocus({ target }: Event, total: number): void {
    const row = rowOf(target);
    if (!row) return;
    this.#moveStop(row);
    row.ariaPosInSet = String(this.#rows().indexOf(row) + 1);
    row.ariaSetSize = String(total);
  }

  /** To be called on `keydown`. */
  onKey(event: KeyboardEvent): void {
    const { key, altKey, target } = event;
    const row = rowOf(target);
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const rows = this.#rows();
    const at = rows.indexOf(row);
    const inside = [row, ...row.querySelectorAll<HTMLElement>(INSIDE)];
    const within = inside.indexOf(target as HTMLElement);
    const [forth, back] = row.matches(':dir(rtl)')
      ? (['ArrowLeft', 'ArrowRight'] as const)
      : (['ArrowRight', 'ArrowLeft'] as const);
    const ways: Record<string, HTMLElement | false | undefined> = altKey
      ? { ArrowDown: rows.at(-1) }
      : {
          ArrowUp: rows[at - 1],
          ArrowDown: rows[at + 1],
          Home: rows[0],
          End: rows.at(-1),
          [forth]: inside[within + 1],
          [back]: inside[within - 1],
          Enter: !within && inside[1],
          Escape: within > 0 && row,
        };
    const to = ways[key];
    if (!to) return;
    event.preventDefault();
    if (altKey || key === 'End') this.#jump();
    this.#moveStop(rowOf(to));
    to.focus();
  }

  /** Gives the tab stop the focus, as after its neighbour was removed. */
  focus(): void {
    this.#stop?.focus();
  }

  #rows(): HTMLElement[] {
    return [...this.#root().querySelectorAll<HTMLElement>(ROW)];
  }

  #moveStop(row: HTMLElement | undefined): void {
    if (this.#stop) this.#stop.tabIndex = -1;
    this.#stop = row;
    if (row) row.tabIndex = 0;
  }
}

function rowOf(target: EventTarget | null): HTMLElement | undefined {
  return (target as Element | null)?.closest<HTMLElement>(ROW) ?? undefined;
}
