const INSIDE = 'a, button';

/**
 * One tab stop for a whole list of messages, moved by the arrow keys. Set on the nodes themselves, so
 * that a move renders nothing; positions in the set are told of the message that has the focus alone.
 */
export class MessageKeys {
  #root: () => ParentNode | null;
  #jump: () => void;
  #stop: HTMLElement | undefined;

  /** `jump` goes to the newest message. */
  constructor(root: () => ParentNode | null, jump: () => void) {
    this.#root = root;
    this.#jump = jump;
  }

  /** To be called after rows changed: the newest message is the way in while none has the focus. */
  refresh(): void {
    if (this.#stop?.isConnected && this.#stop.matches(':focus-within')) return;
    const rows = this.#rows();
    this.#moveStop(rows[rows.length - 1]);
  }

  /** To be called on `focusin`. */
  onFocus(event: FocusEvent, total: number): void {
    const row = rowOf(event);
    if (!row) return;
    this.#moveStop(row);
    row.setAttribute('aria-posinset', String(this.#rows().indexOf(row) + 1));
    row.setAttribute('aria-setsize', String(total));
  }

  /** To be called on `keydown`. */
  onKey(event: KeyboardEvent): void {
    const row = rowOf(event);
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const rtl = row.matches(':dir(rtl)');
    if (event.altKey && event.key !== 'ArrowDown') return;
    const rows = this.#rows();
    const at = rows.indexOf(row);
    switch (event.key) {
      case 'ArrowUp':
        return this.#take(event, rows[at - 1]);
      case 'ArrowDown':
        if (event.altKey) return this.#toEnd(event);
        return this.#take(event, rows[at + 1]);
      case 'Home':
        return this.#take(event, rows[0]);
      case 'End':
        return this.#toEnd(event);
      case 'Enter':
        if (event.target === row) this.#take(event, row.querySelector<HTMLElement>(INSIDE));
        return;
      case rtl ? 'ArrowLeft' : 'ArrowRight':
        return this.#take(event, neighbour(row, event.target, 1));
      case rtl ? 'ArrowRight' : 'ArrowLeft':
        return this.#take(event, neighbour(row, event.target, -1) ?? row);
      case 'Escape':
        if (event.target !== row) this.#take(event, row);
    }
  }

  /** Gives the tab stop the focus, as after its neighbour was removed. */
  focus(): void {
    this.#stop?.focus();
  }

  #toEnd(event: Event): void {
    this.#jump();
    const rows = this.#rows();
    this.#take(event, rows[rows.length - 1]);
  }

  #take(event: Event, to: HTMLElement | null | undefined): void {
    if (!to) return;
    event.preventDefault();
    this.#moveStop(to.closest<HTMLElement>('[data-id]') ?? undefined);
    to.focus();
  }

  #rows(): HTMLElement[] {
    return [...(this.#root()?.querySelectorAll<HTMLElement>('[data-id]') ?? [])];
  }

  #moveStop(row: HTMLElement | undefined): void {
    if (row === this.#stop) return;
    if (this.#stop) this.#stop.tabIndex = -1;
    this.#stop = row;
    if (row) row.tabIndex = 0;
  }
}

function rowOf(event: Event): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>('[data-id]') : null;
}

function neighbour(row: HTMLElement, from: EventTarget | null, step: number): HTMLElement | undefined {
  const inside = [...row.querySelectorAll<HTMLElement>(INSIDE)];
  return inside[inside.findIndex((element) => element === from) + step];
}
