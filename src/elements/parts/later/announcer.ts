/** Messages that come together are told together: one sentence, not ten. */
const BURST_MS = 500;

/** Puts what should be spoken into a polite live region, several at once as one sentence. */
export class Announcer {
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Speaks `sentence` in `region` soon, or what `many` says of the number if others come with it. */
  say(region: Element, sentence: string, many: (count: number) => string): void {
    if (this.#waiting.push(sentence) > 1) return;
    this.#timer = setTimeout(() => {
      const { length } = this.#waiting;
      region.textContent = length > 1 ? many(length) : sentence;
      this.#waiting = [];
    }, BURST_MS);
  }

  /** Forgets what was not spoken yet. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }
}
