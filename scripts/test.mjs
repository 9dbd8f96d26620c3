import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, root } from './install.mjs';

// `npm test`, all of it or, with `--only=unit,e2e`, the named steps. The last line alone is the sum.

// Each step is given where its words go.
const STEPS = {
  lint: async (out) => check((await tool(['eslint', '.'], { out })) === 0),
  format: async (out) =>
    check((await tool(['prettier', '--check', '--log-level', 'warn', '.'], { out })) === 0),
  lock: async (out) => check((await run(['scripts/check-lock.mjs'], { out })) === 0),
  types: checkTypes,
  build: async () => check(await (await import('./build.mjs')).build().then(() => true, complain)),
  size: async () => check(await (await import('./size.mjs')).printSizes().catch(complain)),
  manifest: async (out) => check((await run(['scripts/check-manifest.mjs'], { out })) === 0),
  unit: (out) => testInBrowsers('web-test-runner.config.mjs', out),
  faults: (out) => testInBrowsers('web-test-runner.faults.config.mjs', out),
  node: (out) => testInNode(['test/node'], out),
  server: (out) => testInNode(['server/test'], out, { atOnce: 2 }),
  'server-pg': testOnPostgres,
  e2e: (out) => testInNode(['test/e2e'], out),
};

// Once all else is through: group by group, the lanes of a group beside each other. Faults have the machine alone, since
// their pages' time runs faster than its; and the server's tests, since two of their files at once fill it.
const GROUPS = [[['unit'], ['node']], [['server']], [['faults']], [['e2e'], ['server-pg']]];

/** What takes longer hangs: the longest step, the faults, takes 14 minutes, on a machine half as fast up to twice that. */
const LIMIT_MS = 40 * 60_000;

const TYPE_PROJECTS = ['tsconfig.json', 'test/tsconfig.json', 'bench/tsconfig.json', 'server/tsconfig.json'];

async function checkTypes(out) {
  const sum = { passed: 0, failed: 0 };
  for (const project of TYPE_PROJECTS) {
    const args = ['typescript', '-p', project, '--noEmit'];
    add(sum, check((await tool(args, { command: 'tsc', out })) === 0));
  }
  return sum;
}

async function testInBrowsers(config, out) {
  const { findEngines } = await import('./find-browsers.mjs');
  const engines = (await findEngines()).join(', ');
  const args = ['@web/test-runner', '--config', config];
  const counts = await counted((file) => tool(args, { command: 'wtr', env: { COUNT_FILE: file }, out }));
  return { ...counts, note: engines };
}

/** About files in a folder, which a database has not. */
const EMBEDDED_ONLY = ['store.test.ts'];

/** The server's tests on a Postgres that they start themselves. Only CI must have one. */
async function testOnPostgres(out) {
  if (!existsSync('/usr/lib/postgresql')) {
    console.log(
      "Postgres is not installed (Debian's package postgresql): the server's tests did not run on it.",
    );
    return process.env.CI === 'true' ? check(false) : { passed: 0, failed: 0, note: 'not installed' };
  }
  const folders = ['server/test', 'server/test/postgres'];
  return testInNode(folders, out, { env: { STORE: 'postgres' }, leaveOut: EMBEDDED_ONLY });
}

async function testInNode(folders, out, { env, leaveOut = [], atOnce = 1 } = {}) {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith('.test.ts') && !leaveOut.includes(file))
      .map((file) => `${folder}/${file}`),
  );
  if (!files.length) return nothingRan();
  const reporters = ['spec', './scripts/count-node.mjs'].map((name) => `--test-reporter=${name}`);
  return counted((file) =>
    run(
      [
        ...['--import', 'tsx', '--test', `--test-concurrency=${atOnce}`, ...reporters],
        ...['--test-reporter-destination=stdout', `--test-reporter-destination=${file}`],
        ...files,
      ],
      { out, env },
    ),
  );
}

/** Runs a runner that leaves its counts in a file. No count, no test, or a failure unaccounted for: failed. */
async function counted(start) {
  const folder = mkdtempSync(join(tmpdir(), 'chat-session-test-'));
  const file = join(folder, 'counts.json');
  try {
    const status = await start(file);
    const counts = JSON.parse(readFileSync(file, 'utf8'));
    if (counts.passed + counts.failed === 0) return nothingRan();
    return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch (error) {
    complain(error);
    return check(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function nothingRan() {
  console.log('No test was run, which is a failure.');
  return check(false);
}

async function tool([name, ...args], { command = name, ...options } = {}) {
  const { bin } = await import('./run.mjs');
  return run([bin(name, command), ...args], options);
}

async function run(args, options) {
  const { node } = await import('./run.mjs');
  return node(args, { limitMs: LIMIT_MS, ...options });
}

function check(passed) {
  return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function add(sum, counts) {
  sum.passed += counts.passed;
  sum.failed += counts.failed;
}

function complain(error) {
  console.error(error instanceof Error ? error.message : error);
  return false;
}

function chosenSteps() {
  const only = process.argv.find((arg) => arg.startsWith('--only='));
  const names = only ? only.slice('--only='.length).split(',') : Object.keys(STEPS);
  const unknown = names.filter((name) => !(name in STEPS));
  if (unknown.length) {
    throw new Error(`--only names ${unknown.join(', ')}: it takes ${Object.keys(STEPS).join(', ')}.`);
  }
  return names;
}

/** @returns {Promise<{ passed: number, failed: number }>} Its counts, which `table` gets a line of. */
async function step(name, table, out) {
  const started = performance.now();
  const {
    note = '',
    failures = [],
    ...counts
  } = await STEPS[name](out).catch((error) => check(complain(error)));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  table.push(
    `${name.padEnd(9)} ${counts.passed} passed, ${counts.failed} failed, ${seconds} s  ${note}`.trimEnd(),
  );
  // Once more beside the sums, or they had to be looked for in all the words above.
  table.push(...failures.map((failure) => `  ${failure.replaceAll(`${root}/`, '').slice(0, 1_000)}`));
  return counts;
}

/** One after the other; the words of each come when it is through, or two lanes could not be told apart. */
async function lane(names, sum, table) {
  for (const name of names) {
    const words = [];
    console.log(`── ${name} has begun ──`);
    add(sum, await step(name, table, (text) => words.push(text)));
    console.log(`\n── ${name} ──`);
    process.stdout.write(Buffer.concat(words));
  }
}

async function main() {
  const sum = { passed: 0, failed: 0 };
  const table = [];
  const chosen = chosenSteps();
  const grouped = GROUPS.map((lanes) => lanes.map((names) => names.filter((name) => chosen.includes(name))));
  const alone = chosen.length === 1 ? chosen : chosen.filter((name) => !GROUPS.flat(2).includes(name));
  for (const name of alone) {
    console.log(`\n── ${name} ──`);
    add(sum, await step(name, table));
  }
  if (chosen.length > 1)
    for (const lanes of grouped) await Promise.all(lanes.map((names) => lane(names, sum, table)));
  console.log(`\n${table.join('\n')}\n`);
  return sum;
}

try {
  ensureInstalled();
  const { passed, failed } = await main();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
} catch (error) {
  complain(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
