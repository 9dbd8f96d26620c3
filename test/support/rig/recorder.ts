/** What a reader of the list has been shown wrongly. Empty three times: nothing. */
export interface Wrongs {
  /** Numbers that were never shown. */
  lost: number[];
  /** Numbers that were shown twice at one moment. */
  doubled: number[];
  /** Numbers that once stood below a greater one. */
  misordered: number[];
}

/** The texts that a rendered `<message-list>` shows, from top to bottom. */
export function textsIn(root: ParentNode): string[] {
  return [...root.querySelectorAll('[part~="text"]')].map((part) =>
    // The time stands beside the words.
    (part.querySelector('.words') ?? part).textContent.trim(),
  );
}

/** Reads the numbered messages (`#1`, `#2` …) that a list shows, at every change of what is drawn. */
export class Recorder {
  #seen = new Set<number>();
  #doubled = new Set<number>();
  #misordered = new Set<number>();
  #root: ParentNode | undefined;
  #observer = new MutationObserver(() => this.#look());

  /** Reads this list from now on, in the place of any before: a page that was reloaded has a new one. */
  watch(root: ShadowRoot): void {
    this.stop();
    this.#root = root;
    this.#observer.observe(root, { childList: true, subtree: true, characterData: true });
    this.#look();
  }

  stop(): void {
    this.#observer.disconnect();
  }

  /** Whether each number up to `count` has been shown. */
  has(count: number): boolean {
    return this.#lost(count).length === 0;
  }

  /** All that was wrong so far, and what of 1 to `count` is missing. */
  wrongs(count: number): Wrongs {
    return { lost: this.#lost(count), doubled: [...this.#doubled], misordered: [...this.#misordered] };
  }

  #lost(count: number): number[] {
    const lost = [];
    for (let n = 1; n <= count; n++) if (!this.#seen.has(n)) lost.push(n);
    return lost;
  }

  #look(): void {
    const now = new Set<number>();
    let greatest = 0;
    for (const text of this.#root ? textsIn(this.#root) : []) {
      const n = Number(/^#(\d+)$/.exec(text)?.[1]);
      if (!n) continue;
      if (now.has(n)) this.#doubled.add(n);
      else if (n < greatest) this.#misordered.add(n);
      now.add(n);
      this.#seen.add(n);
      greatest = Math.max(greatest, n);
    }
  }
}
