const ROW = '[data-id]';

/** The row that `target` is, or is in. */
export function rowOf(target: EventTarget | null): HTMLElement | undefined {
  return (target as Element | null)?.closest<HTMLElement>(ROW) ?? undefined;
}

/** The row of the message with this id; undefined where it is not drawn. */
export function rowWith(root: ParentNode, id: string): HTMLElement | undefined {
  return root.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`) ?? undefined;
}

/**
 * The one tab stop of a whole list of messages. Set on the nodes themselves, so that a move draws nothing;
 * positions in the set are told of the message that has the focus alone.
 */
export class TabStop {
  #root: () => ParentNode;
  #stop: HTMLElement | undefined;

  constructor(root: () => ParentNode) {
    this.#root = root;
  }

  /** All messages, in order. */
  get rows(): HTMLElement[] {
    return [...this.#root().querySelectorAll<HTMLElement>(ROW)];
  }

  /** To be called after rows changed: the newest message is the way in while none has the focus. */
  refresh(): void {
    if (!this.#stop?.isConnected || !this.#stop.matches(':focus-within')) this.move(this.rows.at(-1));
  }

  /** To be called on `focusin`; `total` is how many messages there are, -1 while that is not known. */
  onFocus({ target }: Event, total: number): void {
    const row = rowOf(target);
    if (!row) return;
    this.move(row);
    row.ariaPosInSet = String(this.rows.indexOf(row) + 1);
    row.ariaSetSize = String(total);
  }

  /** Gives the tab stop the focus, as after its neighbour was removed. */
  focus(): void {
    this.#stop?.focus();
  }

  move(row: HTMLElement | undefined): void {
    if (this.#stop) this.#stop.tabIndex = -1;
    this.#stop = row;
    if (row) row.tabIndex = 0;
  }
}
