import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, root } from './install.mjs';
import { node } from './run.mjs';

// `npm start`: the demo and its server on one port, with nothing else done before.

/** What makes the server the demo's: its pages, its users, an embedded store beside the code. */
export const DEMO_ENV = {
  DEMO: '1',
  // The demo's page of faults sends a message every few milliseconds.
  RATE_LIMIT: process.env.RATE_LIMIT ?? '0',
  // The pages name this key.
  CHAT_API_KEY: process.env.CHAT_API_KEY ?? 'demo',
  DEMO_DIRS: JSON.stringify({ '/': join(root, 'demo'), '/dist/': join(root, 'dist') }),
  ...(process.env.DATA_DIR ? {} : { DATA_DIR: join(root, '.data') }),
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    ensureInstalled();
    console.log('Building …');
    const { build } = await import('./build.mjs');
    await build();
    // Ctrl+C reaches the server by itself, which then ends in order; this process only waits for it.
    process.on('SIGINT', () => undefined);
    process.exitCode = await node(['server/dist/main.js'], { env: DEMO_ENV });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
