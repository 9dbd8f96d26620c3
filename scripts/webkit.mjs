import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Starts WebKit's driver, on a virtual display when there is none. Both end with this process.
 *
 * @param {string} driver - Path of WebKitWebDriver.
 * @returns {Promise<number>} The port it answers on.
 */
export async function startWebKitDriver(driver) {
  const display = process.env.DISPLAY ?? (process.env.WAYLAND_DISPLAY ? undefined : await startDisplay());
  const port = await freePort();
  const child = run(driver, [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: { ...process.env, ...(display && { DISPLAY: display }) },
  });
  await once(child, 'spawn');
  await answering(`http://127.0.0.1:${port}/status`);
  return port;
}

async function startDisplay() {
  const child = run('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error('WebKit needs a display: install xvfb or set DISPLAY.')));
    child.stdio[3].once('data', (data) => resolve(String(data).trim()));
  });
  return `:${number}`;
}

function run(command, args, options) {
  const child = spawn(command, args, options);
  process.on('exit', () => child.kill());
  return child;
}

async function answering(url) {
  for (let tries = 0; tries < 200; tries++) {
    if (await fetch(url).then(Boolean, () => false)) return;
    await delay(50);
  }
  throw new Error('WebKitWebDriver did not answer within 10 s.');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
