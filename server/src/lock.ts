import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { IN_MEMORY, type ServerOptions } from './config.js';

/** Held by servers of this very process, which a process id cannot tell apart. */
const held = new Set<string>();

/**
 * Takes the place where everything is kept: a database locks itself when it is opened, and servers with one each may
 * share a folder for their keys.
 *
 * @returns Gives it back.
 * @throws {Error} When a running server has the data folder.
 */
export function lockPlace({ databaseUrl, dataDir }: Pick<ServerOptions, 'databaseUrl' | 'dataDir'>) {
  return databaseUrl ? Promise.resolve(() => Promise.resolve()) : lockDataDir(dataDir);
}

/**
 * Takes the data folder for this process: the embedded store would let two write into it at once and break.
 * The lock of a process that is gone is taken over.
 *
 * @returns Gives the folder back.
 * @throws {Error} When a running server has it.
 */
async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  if (dataDir === IN_MEMORY) return () => Promise.resolve();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(resolve(dataDir), 'server.lock');
  if (held.has(file)) throw inUse(dataDir, process.pid);
  held.add(file);
  try {
    await take(file, dataDir);
  } catch (error) {
    held.delete(file);
    throw error;
  }
  return async () => {
    await rm(file, { force: true });
    held.delete(file);
  };
}

async function take(file: string, dataDir: string): Promise<void> {
  const owner = `${process.pid} ${await startOf(process.pid)}`;
  for (;;) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(owner);
      return await handle.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid = '', started = ''] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
    if (await runs(Number(pid), started)) throw inUse(dataDir, Number(pid));
    // Renaming picks one winner among several that found the lock stale.
    const stale = `${file}.${process.pid}`;
    await rename(file, stale).catch(() => undefined);
    await rm(stale, { force: true });
  }
}

function inUse(dataDir: string, pid: number): Error {
  return new Error(
    `The data folder ${dataDir} is in use by another server (process ${pid}). Stop that one, or set DATA_DIR to another folder.`,
  );
}

/** Whether the process that wrote the lock still runs; its id alone may have gone to another one since. */
async function runs(pid: number, started: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = await startOf(pid);
  return !started || !now || now === started;
}

/** When a process started, in ticks since boot; empty where the system does not tell (it does on Linux). */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold spaces; the start is the 20th field after it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
