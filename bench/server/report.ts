/** What was measured, line by line. */
export class Report {
  /** Goals that were not reached. */
  missed = 0;
  #lines: [string, string, string][] = [];

  say(figure: string, value: string, goal = ''): void {
    this.#lines.push([figure, value, goal]);
    console.error(`${figure}: ${value} ${goal}`);
  }

  /** A figure that is to be reached; marked when it is not. */
  goal(figure: string, value: number, sign: '≤' | '≥', wanted: number, unit: string): void {
    const met = sign === '≤' ? value <= wanted : value >= wanted;
    if (!met) this.missed++;
    const digits = value < 10 ? 2 : 0;
    this.say(figure, `${value.toFixed(digits)}${unit}${met ? '' : ' !'}`, `${sign} ${wanted}${unit}`);
  }

  /** As a table of Markdown. */
  toString(): string {
    const head: [string, string, string][] = [
      ['Figure', 'Measured', 'Goal'],
      ['---', '---', '---'],
    ];
    return [...head, ...this.#lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  }
}
