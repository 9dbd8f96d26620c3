#!/usr/bin/env node
import { startServer } from './app.js';
import { optionsFromEnv } from './config.js';

try {
  const server = await startServer(optionsFromEnv(process.env));
  process.stdout.write(`Chat server on ${server.url} (api key ${server.apiKey})\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      server.close().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
    });
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
