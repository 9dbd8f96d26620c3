import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const MACOS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];

const MINIBROWSERS = [
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/libexec/webkit2gtk-4.1/MiniBrowser',
];

/** Flags that keep a browser under test quiet: no first-run pages, no traffic of its own. */
export const QUIET_FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function usable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(usable);
}

function fixedPlaces() {
  if (process.platform === 'darwin')
    return MACOS.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  if (process.platform !== 'win32') return [];
  return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) =>
    process.env[name] ? WINDOWS.map((file) => join(process.env[name], file)) : [],
  );
}

/**
 * Finds a Chromium: `CHROME_PATH`, an installed one, or on Linux x64 the one that comes as an npm package.
 *
 * @returns {Promise<{ path: string, shell: boolean, args: string[] }>} `shell` is true for the bare
 *   headless build; `args` are the flags it needs here.
 * @throws {Error} One sentence that says what to do when there is none.
 */
export async function findChromium() {
  const given = process.env.CHROME_PATH;
  if (given && !usable(given)) {
    throw new Error(`CHROME_PATH is ${given}, which cannot be run: point it at a Chrome or Chromium binary.`);
  }
  const found = given ?? onPath(...CHROMIUM) ?? fixedPlaces().find(usable);
  if (found)
    return { path: found, shell: false, args: [...QUIET_FLAGS, ...(isRoot() ? ['--no-sandbox'] : [])] };
  if (process.platform === 'linux' && process.arch === 'x64') return unpackPackaged();
  throw new Error(
    'No Chromium-based browser was found: install Chrome or Chromium, or set CHROME_PATH to one.',
  );
}

async function unpackPackaged() {
  // Makes the package unpack the NSS libraries it was built with; a bare container has none of its own.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x';
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    return { path: await chromium.executablePath(), shell: true, args: [...QUIET_FLAGS, '--no-sandbox'] };
  } catch (cause) {
    throw new Error(
      'No Chromium was found and the packaged one could not be unpacked: install Chrome or Chromium, or set CHROME_PATH to one.',
      { cause },
    );
  }
}

/**
 * @returns {string} A Firefox binary: `FIREFOX_PATH` or an installed one.
 * @throws {Error} When there is none.
 */
export function findFirefox() {
  const given = process.env.FIREFOX_PATH;
  const found = given ? [given].find(usable) : onPath('firefox-esr', 'firefox');
  if (found) return found;
  throw new Error('Firefox was not found: install firefox-esr, or set FIREFOX_PATH to its binary.');
}

/**
 * @returns {{ driver: string, browser: string }} WebKitGTK's driver and the browser it starts.
 * @throws {Error} When one of them is missing.
 */
export function findWebKit() {
  const driver = onPath('WebKitWebDriver');
  const browser = [process.env.WEBKIT_MINIBROWSER, ...MINIBROWSERS].find((path) => path && usable(path));
  if (driver && browser) return { driver, browser };
  throw new Error(
    'WebKit was not found: install webkit2gtk-driver, or set WEBKIT_MINIBROWSER to MiniBrowser.',
  );
}

/**
 * Finds every engine that this run tests.
 *
 * @returns {Promise<string[]>} Their names.
 * @throws {Error} One sentence for the first that is missing.
 */
export async function findEngines() {
  const find = { chromium: findChromium, firefox: findFirefox, webkit: findWebKit };
  const names = wantedEngines();
  for (const name of names) await find[name]();
  return names;
}

/**
 * Which engines this run tests: `BROWSERS` (a comma list), all three when `CI` is set, else Chromium alone.
 *
 * @returns {string[]} Of `chromium`, `firefox`, `webkit`.
 */
export function wantedEngines() {
  const all = ['chromium', 'firefox', 'webkit'];
  const wanted = process.env.BROWSERS?.split(',') ?? (process.env.CI ? all : ['chromium']);
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length) throw new Error(`BROWSERS names ${unknown.join(', ')}: it takes ${all.join(', ')}.`);
  return wanted;
}

function isRoot() {
  return process.getuid?.() === 0;
}
