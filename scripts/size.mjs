import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rollup } from 'rollup';
import { plugins, scriptTag, virtual } from '../rollup.config.mjs';

const LIT = [/^lit($|\/)/, /^@lit\//];

/** What one chunk that is fetched later must not exceed: it comes between a need and its answer. */
const CHUNK_LIMIT = 25_000;

/** What a page must load before it can begin, in bytes (minified, each file with gzip -9): its `limit`. */
const BUDGETS = [
  {
    name: 'script tag: everything a first load needs',
    limit: 30_000,
    options: () => scriptTag(),
  },
  {
    name: 'headless client with its dependency',
    limit: 9_000,
    options: () => measured("export * from './src/client/index.ts';"),
  },
  {
    name: 'session, typing and read receipt with their client, beyond Lit',
    limit: 14_000,
    options: () =>
      measured(
        ['chat-session', 'typing-indicator', 'read-receipt']
          .map((name) => `import './src/elements/${name}.ts';`)
          .join(''),
        LIT,
      ),
  },
];

function measured(entry, external = []) {
  return {
    input: 'measured',
    external,
    plugins: [virtual('measured', entry), ...plugins()],
    // As in a page's own bundle: what the entry and its chunks share is in the entry, not in one more file.
    preserveEntrySignatures: 'allow-extension',
    output: { format: 'es' },
  };
}

async function bundle({ output, ...input }) {
  const built = await rollup({ ...input, onwarn: () => {} });
  const files = await built.generate({ ...output, sourcemap: false });
  await built.close();
  return files.output;
}

/** The entry's file and all it imports, and what these import: fetched before anything runs. */
function firstLoad(files) {
  const byName = new Map(files.map((file) => [file.fileName, file]));
  // The script tag's own file, which only imports the entry, is an asset for Rollup.
  const begin = files.filter(({ isEntry, type }) => isEntry || type === 'asset');
  const names = new Set(begin.map(({ fileName }) => fileName));
  for (const name of names)
    for (const needed of byName.get(name)?.imports ?? []) if (byName.has(needed)) names.add(needed);
  return names;
}

function sizeOf({ code, source }) {
  const text = code ?? source;
  return { min: Buffer.byteLength(text), gzip: gzipSync(text, { level: 9 }).length };
}

function sum(sizes) {
  return sizes.reduce((all, one) => ({ min: all.min + one.min, gzip: all.gzip + one.gzip }), {
    min: 0,
    gzip: 0,
  });
}

/**
 * Builds and measures everything that has a budget.
 *
 * @returns {Promise<{ name: string, limit: number, min: number, gzip: number, later: object[] }[]>} In bytes;
 *   `later` holds the same of each chunk that is fetched when it is needed.
 */
export async function measure() {
  const sizes = [];
  for (const { name, limit, options } of BUDGETS) {
    const files = await bundle(options());
    const first = firstLoad(files);
    const later = files
      .filter(({ fileName }) => !first.has(fileName))
      .map((file) => ({ name: file.name, limit: CHUNK_LIMIT, ...sizeOf(file) }));
    sizes.push({ name, limit, ...sum(files.filter((f) => first.has(f.fileName)).map(sizeOf)), later });
  }
  return sizes;
}

/** Prints the sizes as a table. @returns {Promise<boolean>} Whether every budget is kept. */
export async function printSizes() {
  const sizes = await measure();
  const lines = sizes.flatMap(({ later, ...size }) => [
    size,
    ...later.map((chunk) => ({ ...chunk, name: `  later: ${chunk.name}` })),
  ]);
  const width = Math.max(...lines.map(({ name }) => name.length));
  for (const { name, limit, min, gzip } of lines) {
    const verdict = gzip > limit ? `${gzip - limit} OVER THE LIMIT` : 'ok';
    console.log(`${name.padEnd(width)}  ${min} B min  ${gzip} B gzip  limit ${limit}: ${verdict}`);
  }
  return lines.every(({ limit, gzip }) => gzip <= limit);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exit((await printSizes()) ? 0 : 1);
