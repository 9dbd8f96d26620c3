import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IN_MEMORY, type ServerOptions } from './config.js';

export interface Credentials {
  apiKey: string;
  apiSecret: string;
}

/**
 * The application's key and secret: those given, else those kept in the data folder, else new ones, kept
 * there readable by this user alone.
 */
export async function loadCredentials(options: ServerOptions): Promise<Credentials> {
  const { apiKey, apiSecret, dataDir } = options;
  if (apiKey && apiSecret) return { apiKey, apiSecret };
  const file = dataDir === IN_MEMORY ? undefined : join(dataDir, 'credentials.json');
  const kept = file ? await readKept(file) : undefined;
  const all = kept ?? newCredentials();
  if (file && !kept) {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(file, `${JSON.stringify(all, undefined, 2)}\n`, { mode: 0o600 });
    await chmod(file, 0o600);
  }
  return { apiKey: apiKey || all.apiKey, apiSecret: apiSecret || all.apiSecret };
}

/** Ones that nobody has. */
export function newCredentials(): Credentials {
  return { apiKey: randomBytes(6).toString('hex'), apiSecret: randomBytes(32).toString('hex') };
}

async function readKept(file: string): Promise<Credentials | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { apiKey, apiSecret } = JSON.parse(text) as Partial<Credentials>;
    if (typeof apiKey === 'string' && apiKey && typeof apiSecret === 'string' && apiSecret)
      return { apiKey, apiSecret };
  } catch {
    // Said below, with what to do.
  }
  throw new Error(
    `${file} must hold {"apiKey": …, "apiSecret": …}. Repair it, or remove it to have new ones made.`,
  );
}
