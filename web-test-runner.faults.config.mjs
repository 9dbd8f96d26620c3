import { register } from 'tsx/esm/api';
import base from './web-test-runner.config.mjs';

// The rig's half on this side of the network is TypeScript, as the server that it starts.
register();
const { faultRig } = await import('./test/support/rig/plugin.ts');
const { plugin, middleware } = faultRig();

/** Fault tests: built files in real browsers, against a real server behind a proxy. */
export default {
  ...base,
  files: ['test/faults/**/*.test.ts'],
  plugins: [...base.plugins, plugin],
  middleware: [middleware],
  concurrentBrowsers: 3, // these tests wait more than they work
  testsFinishTimeout: 600_000,
  testFramework: { config: { timeout: 150_000 } }, // servers are killed, copied and started in some
};
