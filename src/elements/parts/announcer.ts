/** Messages that come together are told together: one sentence, not ten. */
const BURST_MS = 500;

/** Puts what should be spoken into a polite live region, several at once as one sentence. */
export class Announcer {
  #region: () => HTMLElement | null;
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(region: () => HTMLElement | null) {
    this.#region = region;
  }

  /** Speaks `sentence` soon, or what `many` says of the number if others come with it. */
  say(sentence: string, many: (count: number) => string): void {
    this.#waiting.push(sentence);
    this.#timer ??= setTimeout(() => {
      const [first = '', ...others] = this.#waiting;
      const region = this.#region();
      if (region) region.textContent = others.length ? many(others.length + 1) : first;
      this.clear();
    }, BURST_MS);
  }

  /** Forgets what was not spoken yet. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
