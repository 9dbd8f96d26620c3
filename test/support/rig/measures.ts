import type { Measure } from './api.js';

const ENGINES = { Firefox: 'firefox', Chrome: 'chromium', AppleWebKit: 'webkit' };

/** Which engine a page runs in, by what it says of itself. */
export function engineOf(userAgent: string): string {
  const [, name = 'unknown'] = Object.entries(ENGINES).find(([word]) => userAgent.includes(word)) ?? [];
  return name;
}

/** What the tests have measured, by name and engine. Of what is measured twice the worst is kept. */
export class Measures {
  #rows = new Map<string, { boundMs: number | undefined; worst: Map<string, number> }>();

  add(engine: string, { name, ms, boundMs }: Measure): void {
    const row = this.#rows.get(name) ?? { boundMs, worst: new Map<string, number>() };
    row.worst.set(engine, Math.max(ms, row.worst.get(engine) ?? 0));
    this.#rows.set(name, row);
  }

  /** As a table with a line for each name; empty when nothing was measured. `!` marks what is over its bound. */
  toString(): string {
    const rows = [...this.#rows].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
    const engines = [...new Set(rows.flatMap(([, { worst }]) => [...worst.keys()]))];
    if (!engines.length) return '';
    const width = Math.max(...rows.map(([name]) => name.length));
    const cell = (text: string) => text.padStart(11);
    const shown = (ms: number | undefined, boundMs = Infinity) =>
      ms === undefined ? '-' : `${Math.round(ms)}${ms > boundMs ? ' !' : ''}`;
    const lines = rows.map(([name, { boundMs, worst }]) => {
      const cells = engines.map((engine) => cell(shown(worst.get(engine), boundMs)));
      return `${name.padEnd(width)}${cell(boundMs ? `≤ ${boundMs}` : '')}${cells.join('')}`;
    });
    return [`${'in ms'.padEnd(width)}${cell('bound')}${engines.map(cell).join('')}`, ...lines].join('\n');
  }
}
