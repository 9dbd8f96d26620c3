import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './install.mjs';

/**
 * Runs `node` with `args` at the top of the project.
 *
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, quiet?: boolean, cwd?: string, out?: (text: Buffer) => void, limitMs?: number }} [options] -
 *   `quiet` shows what it printed only when it fails; `out` gets it in the place of the terminal. `limitMs` ends
 *   what hangs.
 * @returns {Promise<number>} Its exit code; 1 when it was killed.
 */
export function node(args, { env = {}, quiet = false, cwd = root, out, limitMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      timeout: limitMs,
      stdio: ['ignore', ...Array(2).fill(quiet || out ? 'pipe' : 'inherit')],
    });
    const said = [];
    for (const pipe of [child.stdout, child.stderr]) pipe?.on('data', out ?? ((data) => said.push(data)));
    // A terminal's Ctrl+C reaches the child by itself; a signal to this process alone has to be passed on.
    const pass = () => child.kill('SIGTERM');
    process.once('SIGTERM', pass);
    child.once('error', reject);
    // What it has started may outlive it, and hold on to its pipes.
    child.once(
      'exit',
      (_, signal) => signal && [child.stdout, child.stderr].forEach((pipe) => pipe?.destroy()),
    );
    child.once('close', (code) => {
      process.off('SIGTERM', pass);
      if (code !== 0) process.stdout.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });
}

/**
 * The script behind a package's command.
 *
 * @param {string} name - The package.
 * @param {string} [command] - Its command, when the package has several.
 * @param {string} [from] - The folder that depends on it.
 */
export function bin(name, command = name, from = root) {
  const manifest = findManifest(name, from);
  const { bin } = createRequire(manifest)(manifest);
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[command]);
}

// Not by `require.resolve`: a package's `exports` may hide its package.json.
function findManifest(name, from) {
  const require = createRequire(join(from, 'package.json'));
  const folders = require.resolve.paths(name) ?? [];
  for (const folder of folders) {
    const file = join(folder, name, 'package.json');
    try {
      require(file);
      return file;
    } catch {
      // Not in this folder; the next one up may have it.
    }
  }
  throw new Error(`${name} is not installed: run npm ci.`);
}
