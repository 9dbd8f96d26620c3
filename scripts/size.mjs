import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rollup } from 'rollup';
import { plugins, virtual } from '../rollup.config.mjs';

const LIT = [/^lit($|\/)/, /^@lit\//];

/**
 * What a page loads, in bytes (minified, gzip -9): what it is to come down to (`goal`), and what it must not
 * exceed on the way there (`limit`, a little above what it is). Lower the limit with every saving.
 */
const BUDGETS = [
  {
    name: 'script tag: everything a first load needs',
    goal: 30_000,
    limit: 37_600,
    code: () => readFileSync('dist/chat-session.js'),
  },
  {
    name: 'headless client with its dependency',
    goal: 9_000,
    limit: 11_600,
    code: () => bundle("export * from './src/client/index.ts';"),
  },
  {
    name: 'session, typing and read receipt with their client, beyond Lit',
    goal: 14_000,
    limit: 21_000,
    code: () =>
      bundle(
        ['chat-session', 'typing-indicator', 'read-receipt']
          .map((name) => `import './src/elements/${name}.ts';`)
          .join(''),
        LIT,
      ),
  },
];

async function bundle(entry, external = []) {
  const built = await rollup({
    input: 'measured',
    external,
    plugins: [virtual('measured', entry), ...plugins()],
    onwarn: () => {},
  });
  const { output } = await built.generate({ format: 'es', inlineDynamicImports: true });
  return output[0].code;
}

/**
 * Measures every bundle that has a budget. The script tag's is read from dist/, so build first.
 *
 * @returns {Promise<{ name: string, goal: number, limit: number, min: number, gzip: number }[]>} In bytes.
 */
export function measure() {
  return Promise.all(
    BUDGETS.map(async ({ code, ...budget }) => {
      const text = await code();
      return { ...budget, min: Buffer.byteLength(text), gzip: gzipSync(text, { level: 9 }).length };
    }),
  );
}

/** Prints the sizes as a table. @returns {Promise<boolean>} Whether every budget is kept. */
export async function printSizes() {
  const sizes = await measure();
  const width = Math.max(...sizes.map(({ name }) => name.length));
  for (const { name, goal, limit, min, gzip } of sizes) {
    const verdict = gzip > limit ? 'OVER THE LIMIT' : gzip > goal ? `${gzip - goal} over the goal` : 'ok';
    console.log(
      `${name.padEnd(width)}  ${min} B min  ${gzip} B gzip  goal ${goal}, limit ${limit}: ${verdict}`,
    );
  }
  return sizes.every(({ limit, gzip }) => gzip <= limit);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exit((await printSizes()) ? 0 : 1);
