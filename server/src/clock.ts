/** Microseconds since 1970, as the wire counts time. Safe in a `number` until the year 2255. */
export type Micros = number;

/** Tells the time in microseconds, each answer later than the one before, whatever the machine's clock does. */
export class Clock {
  #now: () => number;
  #last: Micros;

  /**
   * @param now - Milliseconds since 1970; `Date.now` unless a test brings its own.
   * @param after - All answers are later than this.
   */
  constructor(now: () => number = Date.now, after: Micros = 0) {
    this.#now = now;
    this.#last = after;
  }

  now(): Micros {
    this.#last = Math.max(this.#now() * 1000, this.#last + 1);
    return this.#last;
  }
}

/** RFC 3339 in UTC with the fraction's trailing zeros dropped, as the protocol writes it. */
export function formatTime(at: Micros): string {
  const seconds = new Date(Math.floor(at / 1000)).toISOString().slice(0, 19);
  const fraction = String(at % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return fraction ? `${seconds}.${fraction}Z` : `${seconds}Z`;
}

const RFC3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;

/** Reads an RFC 3339 time; undefined when `text` is not one. Digits beyond microseconds are dropped. */
export function parseTime(text: unknown): Micros | undefined {
  const parts = typeof text === 'string' ? RFC3339.exec(text) : null;
  if (!parts) return undefined;
  const [, seconds, fraction = '', zone] = parts;
  const at = Date.parse(`${seconds}${zone}`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
  return Number.isNaN(at) || at < 0 ? undefined : at;
}

/** When what begins now ends, in minutes from now; null for 0, never. */
export function endOf(minutes: number, now: Micros): Micros | null {
  return minutes ? now + minutes * 60_000_000 : null;
}
