import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * What is wrong with a lock file: an optional platform package that is named but not locked makes the
 * next `npm ci` fail on that platform, and an address in it ties every clone to one registry.
 *
 * @param {string} text - package-lock.json.
 * @returns {string[]} One sentence per finding.
 */
export function lockProblems(text) {
  const { packages } = JSON.parse(text);
  const paths = Object.keys(packages);
  const unlocked = paths.flatMap((path) =>
    Object.keys(packages[path].optionalDependencies ?? {})
      .filter((name) => !paths.some((other) => other.endsWith(`node_modules/${name}`)))
      .map((name) => `${path || 'The project'} names ${name}, which is not locked.`),
  );
  const addressed = paths
    .filter((path) => /^[a-z+]+:/.test(packages[path].resolved ?? ''))
    .map((path) => `${path} is locked to an address: remove its "resolved".`);
  const unneeded = paths
    .filter((path) => packages[path].extraneous)
    .map((path) => `${path} is locked, but nothing needs it: remove it with npm prune.`);
  return [...unlocked, ...addressed, ...unneeded];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const problems = lockProblems(readFileSync('package-lock.json', 'utf8'));
  if (problems.length) console.error(problems.join('\n'));
  process.exit(problems.length ? 1 : 0);
}
