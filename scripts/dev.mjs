import { spawn } from 'node:child_process';
import { build } from './build.mjs';
import { ensureInstalled, root } from './install.mjs';
import { bin } from './run.mjs';
import { DEMO_ENV } from './start.mjs';

// `npm run dev`: everything built once, then the widget's bundles after every change of src/ and the server
// restarted after every change of its own; reload the page to see it.

ensureInstalled();
await build();

const children = [
  [bin('rollup'), '-c', '-w', '--no-watch.clearScreen'],
  ['--import', 'tsx', '--watch', '--watch-preserve-output', 'server/src/main.ts'],
].map((args) =>
  spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...DEMO_ENV } }),
);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => children.forEach((child) => child.kill(signal)));
}
