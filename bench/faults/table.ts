import { summary } from '../statistics.js';

/** One line of the table. */
export interface Row {
  figure: string;
  /** Of times; of counts the first holds what was counted. */
  cells: [string, string];
  goal: string;
  /** A time over its goal is marked; a count fails the run. */
  missed: 'no' | 'time' | 'count';
  /** How it was run, and what else there is to know. */
  note: string;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function timeRow(figure: string, times: readonly number[], goalMs: number, note = ''): Row {
  const { median, p95, worst } = summary(times);
  const shown = (ms: number) => `${seconds(ms)}${ms > goalMs ? ' !' : ''}`;
  return {
    figure,
    cells: [shown(median), shown(p95)],
    goal: `≤ ${goalMs / 1000} s`,
    missed: p95 > goalMs ? 'time' : 'no',
    note: [`${times.length} runs, worst ${seconds(worst)}`, note].filter(Boolean).join('; '),
  };
}

export function countRow(figure: string, counted: string, goal: string, met: boolean, note = ''): Row {
  const mark = met ? '' : ' !';
  return { figure, cells: [`${counted}${mark}`, ''], goal, missed: met ? 'no' : 'count', note };
}

/** For a case that came to no end. */
export function failedRow(figure: string, error: unknown): Row {
  const [words = ''] = String(error).split('\n');
  return { figure, cells: ['failed !', ''], goal: '', missed: 'count', note: words };
}

/** A line for each row, under a head. */
export function table(rows: readonly Row[]): string {
  const lines = [
    ['', 'median', 'p95', 'goal', ''],
    ...rows.map(({ figure, cells, goal, note }) => [figure, ...cells, goal, note]),
  ];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const padded = lines.map((line) =>
    line.map((cell, i) => (i ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  '),
  );
  return padded.map((line) => line.trimEnd()).join('\n');
}
