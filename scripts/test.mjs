import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, root } from './install.mjs';

// `npm test`, all of it or, with `--only=unit,e2e`, the named steps. The last line alone is the sum.

const STEPS = {
  lint: async () => check((await tool(['eslint', '.'])) === 0),
  format: async () => check((await tool(['prettier', '--check', '--log-level', 'warn', '.'])) === 0),
  lock: async () => check((await run(['scripts/check-lock.mjs'])) === 0),
  types: checkTypes,
  build: async () => check(await (await import('./build.mjs')).build().then(() => true, complain)),
  size: async () => check(await (await import('./size.mjs')).printSizes().catch(complain)),
  manifest: async () => check((await run(['scripts/check-manifest.mjs'])) === 0),
  unit: testInBrowsers,
  node: () => testInNode('test/node'),
  server: () => testInNode('server/test'),
  e2e: () => testInNode('test/e2e'),
};

const TYPE_PROJECTS = ['tsconfig.json', 'test/tsconfig.json', 'bench/tsconfig.json', 'server/tsconfig.json'];

async function checkTypes() {
  const sum = { passed: 0, failed: 0 };
  for (const project of TYPE_PROJECTS) {
    add(sum, check((await tool(['typescript', '-p', project, '--noEmit'], 'tsc')) === 0));
  }
  return sum;
}

async function testInBrowsers() {
  const { findEngines } = await import('./find-browsers.mjs');
  console.log(`Engines: ${(await findEngines()).join(', ')}`);
  return counted((file) => tool(['@web/test-runner'], 'wtr', { COUNT_FILE: file }));
}

async function testInNode(folder) {
  const files = readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `${folder}/${file}`);
  if (!files.length) return nothingRan();
  const reporters = ['spec', './scripts/count-node.mjs'].map((name) => `--test-reporter=${name}`);
  return counted((file) =>
    run([
      ...['--import', 'tsx', '--test', ...reporters],
      ...['--test-reporter-destination=stdout', `--test-reporter-destination=${file}`],
      ...files,
    ]),
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

async function tool([name, ...args], command = name, env = {}) {
  const { bin } = await import('./run.mjs');
  return run([bin(name, command), ...args], env);
}

async function run(args, env = {}) {
  const { node } = await import('./run.mjs');
  return node(args, { env });
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

async function main() {
  const sum = { passed: 0, failed: 0 };
  const table = [];
  for (const name of chosenSteps()) {
    console.log(`\n── ${name} ──`);
    const started = performance.now();
    const counts = await STEPS[name]().catch((error) => check(complain(error)));
    add(sum, counts);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    table.push(`${name.padEnd(9)} ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
  }
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
