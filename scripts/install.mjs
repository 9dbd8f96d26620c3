import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// This file runs before anything is installed: it may import from node: alone.

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Installs what package-lock.json names, unless it is all there already.
 *
 * @throws {Error} When Node is too old or npm fails.
 */
export function ensureInstalled() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) throw new Error(`Node ${process.versions.node} is too old: install Node 20 or later.`);
  const missing = outOfDate();
  if (!missing) return;
  const folder = join(root, 'node_modules');
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error(`${folder} is a link, and npm would empty what it points to: remove the link.`);
  }
  console.log(`Installing dependencies (${missing}) …`);
  // Nothing here needs an install script, so none is run.
  const npm = process.env.npm_execpath;
  const command = npm ? process.execPath : process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(command, [...(npm ? [npm] : []), 'ci', '--ignore-scripts'], {
    cwd: root,
    stdio: 'inherit',
    shell: !npm && process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm ci failed: its own words above say why.');
}

/** What differs between the lock and node_modules, as npm itself noted it; undefined when nothing does. */
function outOfDate() {
  const noted = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(noted)) return 'none are installed';
  const wanted = packages(join(root, 'package-lock.json'));
  const present = packages(noted);
  for (const [path, { version, link, optional, devOptional, extraneous }] of Object.entries(wanted)) {
    if (!path.includes('node_modules/') || optional || devOptional || extraneous) continue;
    const same = link ? present[path]?.link : present[path]?.version === version;
    if (!same || !existsSync(join(root, path)))
      return `${path.replace(/.*node_modules\//, '')} is out of date`;
  }
  return undefined;
}

function packages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
