import { chromium, type Browser } from 'playwright-core';
import { findChromium } from '../../scripts/find-browsers.mjs';

/** Starts the Chromium that this machine has. */
export async function launchBrowser(): Promise<Browser> {
  const { path, args } = await findChromium();
  // The sandbox is switched by `args`, which know where it cannot work.
  return chromium.launch({ executablePath: path, args, chromiumSandbox: !args.includes('--no-sandbox') });
}
