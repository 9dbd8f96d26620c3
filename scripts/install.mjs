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
  const stale = stalePackage(packages(join(root, 'package-lock.json')), packages(noted), (path) =>
    existsSync(join(root, path)),
  );
  return stale && `${stale.replace(/.*node_modules\//, '')} is out of date`;
}

/**
 * The first package of a lock that is missing or of another version. Optional ones are npm's to choose.
 *
 * @param {Record<string, object>} wanted - `packages` of the lock.
 * @param {Record<string, object>} present - `packages` of what is installed.
 * @param {(path: string) => boolean} exists
 * @returns {string | undefined} Its path.
 */
export function stalePackage(wanted, present, exists) {
  return Object.keys(wanted).find((path) => {
    const { version, link, optional, devOptional, extraneous } = wanted[path];
    if (!path.includes('node_modules/') || optional || devOptional || extraneous) return false;
    const same = link ? present[path]?.link : present[path]?.version === version;
    return !same || !exists(path);
  });
}

function packages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
