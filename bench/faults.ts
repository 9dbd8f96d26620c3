import { Bench } from './faults/bench.js';
import { CASES, type Case } from './faults/cases.js';
import { failedRow, table, type Row } from './faults/table.js';

// Drives the built widget in real Chromium against the real server through each kind of fault, and prints what that
// costs beside what is allowed. Ends with 1 when anything was lost, doubled, misordered or left behind.

const DEFAULT_RUNS = 30;
const HELP = `npm run bench:faults -- [--runs=${DEFAULT_RUNS}] [--only=${Object.keys(CASES).join(',')}]

  --runs  how often each time is taken
  --only  the cases to run, by name (default: all)`;

interface Options {
  runs: number;
  cases: [name: string, run: Case][];
}

/** @throws {Error} Naming the argument that was not understood. */
function read(args: readonly string[]): Options {
  const options: Options = { runs: DEFAULT_RUNS, cases: Object.entries(CASES) };
  for (const arg of args) {
    const [, name, value = ''] = /^--(\w+)=(.+)$/.exec(arg) ?? [];
    if (name === 'runs' && Number(value) >= 1) options.runs = Math.floor(Number(value));
    else if (name === 'only') options.cases = value.split(',').map((each) => [each, named(each)]);
    else throw new Error(`${arg} is not understood.\n\n${HELP}`);
  }
  return options;
}

function named(name: string): Case {
  const found = CASES[name];
  if (!found) throw new Error(`There is no case "${name}"; there are ${Object.keys(CASES).join(', ')}.`);
  return found;
}

async function run(bench: Bench, { cases }: Options): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, measure] of cases) {
    const began = performance.now();
    bench.log(`${name} …`);
    rows.push(...(await measure(bench).catch((error: unknown) => [failedRow(name, error)])));
    await bench.clear();
    bench.log(`${name} took ${Math.round((performance.now() - began) / 1000)} s`);
  }
  return rows;
}

async function main(options: Options): Promise<void> {
  const bench = await Bench.start(options.runs);
  try {
    const rows = await run(bench, options);
    console.log(`\nChromium ${bench.browser.version()}, times of ${options.runs} runs, in real time\n`);
    console.log(table(rows));
    if (rows.some(({ missed }) => missed === 'count')) process.exitCode = 1;
  } finally {
    await bench.close();
  }
}

try {
  const args = process.argv.slice(2);
  if (args.includes('--help')) console.log(HELP);
  else await main(read(args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
