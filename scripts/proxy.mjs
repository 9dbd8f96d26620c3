import { ensureInstalled } from './install.mjs';

// `npm run proxy`: the fault proxy of the tests, by hand in front of a server that runs.

try {
  ensureInstalled();
  const { register } = await import('tsx/esm/api');
  register(); // the proxy is TypeScript, as the tests that it is made for
  const { HELP, readPorts, startProxy } = await import('../test/support/proxy/cli.ts');
  const ports = readPorts(process.argv.slice(2));
  if (ports === 'help') console.log(HELP);
  else {
    const close = await startProxy(ports, (text) => console.log(text));
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, close);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
