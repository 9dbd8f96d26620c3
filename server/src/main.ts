#!/usr/bin/env node
import { startServer } from './app.js';
import { runCommand } from './commands.js';
import { optionsFromEnv } from './config.js';

try {
  const args = process.argv.slice(2);
  const options = optionsFromEnv(process.env);
  if (args.length) await runCommand(args, options, { input: process.stdin, output: process.stdout });
  else await serve(options);
} catch (error) {
  fail(error);
}

async function serve(options: ReturnType<typeof optionsFromEnv>): Promise<void> {
  const server = await startServer(options);
  process.stdout.write(`Chat server on ${server.url} (api key ${server.apiKey})\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      server.close().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
    });
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
