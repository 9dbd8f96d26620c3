import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RunningServer } from '../src/app.js';
import { SECRET } from './support.js';

export const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The server as a process of its own, once it answers. */
export async function runServer(
  env: Record<string, string>,
): Promise<{ child: ChildProcess; server: RunningServer }> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: {
      ...process.env,
      PORT: '0',
      RATE_LIMIT: '0',
      CHAT_API_KEY: 'key',
      CHAT_API_SECRET: SECRET,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /http:\S+/.exec(line.toString())?.[0] ?? assert.fail(line.toString());
  const close = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { child, server: { url, port: Number(new URL(url).port), apiKey: 'key', apiSecret: SECRET, close } };
}
