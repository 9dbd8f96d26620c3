import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, root } from './install.mjs';
import { bin, node } from './run.mjs';

/**
 * Builds all there is: the widget's bundles, its types and manifest, the server, the Vue and Svelte demos.
 *
 * @throws {Error} Naming the first part that failed, after its own words.
 */
export async function build() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await Promise.all([
    part('the bundles', [bin('rollup'), '-c', '--silent']),
    part('the types', [bin('typescript', 'tsc'), '-p', 'tsconfig.json']),
    part('the manifest', [bin('@custom-elements-manifest/analyzer', 'cem'), 'analyze', '--quiet']),
    buildServer(),
  ]);
  for (const name of ['vue', 'svelte']) {
    const cwd = join(root, 'demo', name);
    await part(`the ${name} demo`, [bin('vite', 'vite', cwd), 'build', '--logLevel', 'warn'], cwd);
  }
}

/** Builds the server alone, into one file beside its dependencies. */
export async function buildServer() {
  const { build: bundle } = await import('esbuild');
  await bundle({
    absWorkingDir: root,
    entryPoints: ['server/src/main.ts'],
    outfile: 'server/dist/main.js',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  });
}

async function part(name, args, cwd) {
  const status = await node(args, { quiet: true, cwd });
  if (status !== 0) throw new Error(`Building ${name} failed.`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureInstalled();
  await build();
}
