import { connect } from 'node:net';
import { once } from 'node:events';
import { ProxyControl } from './control.js';
import { FaultProxy } from './fault-proxy.js';

// `npm run proxy`: the fault proxy by hand, in front of a server that runs.

/** Ports on 127.0.0.1. */
export interface ProxyPorts {
  /** Of the server. */
  target: number;
  /** Of the proxy. */
  port: number;
  /** Of its controls. */
  control: number;
}

const OPTIONS = ['target', 'port', 'control'] as const;
const DEFAULT_TARGET = 8080;
const DEFAULT_PORT = 8090;

export const HELP = `npm run proxy -- [--target 8080] [--port 8090] [--control 8091]

Stands between a chat and its server and makes the faults that networks make.

  --target   the server's port on 127.0.0.1 (default ${DEFAULT_TARGET})
  --port     where the proxy listens; point base-url there (default ${DEFAULT_PORT})
  --control  where it is told which fault to make (default: one after --port)
  --help     this text

With npm start running, open faults.html of the demo: a chat through the proxy, beside its switches.`;

/**
 * Reads the arguments of the command.
 *
 * @returns The ports, or `help` when that is asked for.
 * @throws {Error} Naming the rule, the value and a way out.
 */
export function readPorts(args: readonly string[]): ProxyPorts | 'help' {
  if (args.some((arg) => arg === '--help' || arg === '-h')) return 'help';
  const given = new Map<string, number>();
  const rest = args.flatMap((arg) => (/^--\w+=/.test(arg) ? [cut(arg, 0), cut(arg, 1)] : [arg]));
  for (let i = 0; i < rest.length; i += 2) {
    const name = OPTIONS.find((each) => rest[i] === `--${each}`);
    if (!name) throw new Error(`There is no option ${rest[i]}. See npm run proxy -- --help.`);
    given.set(name, portOf(name, rest[i + 1]));
  }
  const { target = DEFAULT_TARGET, port = DEFAULT_PORT, control = port + 1 } = Object.fromEntries(given);
  return distinct({ target, port, control });
}

/** The part of `--name=value` before its first "=" (0) or after it (1). */
function cut(arg: string, part: 0 | 1): string {
  const at = arg.indexOf('=');
  return part ? arg.slice(at + 1) : arg.slice(0, at);
}

function portOf(name: string, text: string | undefined): number {
  const port = Number(text);
  if (text && /^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  const got = text === undefined ? 'nothing' : `"${text}"`;
  throw new Error(`--${name} takes a port from 1 to 65535; got ${got}. For example: --${name} 8090`);
}

function distinct({ target, port, control }: ProxyPorts): ProxyPorts {
  if (control > 65_535) throw new Error(`--control is one after --port, ${control}: name another one.`);
  const clash = [
    port === target && 'the proxy and the server',
    control === target && 'the controls and the server',
    control === port && 'the controls and the proxy',
  ].find(Boolean);
  if (!clash) return { target, port, control };
  const ports = `--target ${target} --port ${port} --control ${control}`;
  throw new Error(`Server, proxy and controls each have their own port; got one for ${clash}: ${ports}.`);
}

/** Where the demo's page for this proxy is. */
export function pageAddress({ target, port, control }: ProxyPorts): string {
  const page = `http://127.0.0.1:${target}/faults.html`;
  if (port === DEFAULT_PORT && control === port + 1) return page;
  return `${page}?proxy=${port}&control=${control}`;
}

/**
 * Starts both, and says where.
 *
 * @returns Ends them.
 * @throws {Error} When a port is taken.
 */
export async function startProxy(
  ports: ProxyPorts,
  say: (text: string) => void,
): Promise<() => Promise<void>> {
  const { target, port } = ports;
  const proxy = await FaultProxy.start(target, port).catch((error: unknown) => taken(error, 'port', port));
  const control = await ProxyControl.start(proxy, { target, port: ports.control }).catch(
    async (error: unknown) => {
      await proxy.close();
      return taken(error, 'control', ports.control);
    },
  );
  say(`Fault proxy on ${proxy.url}, in front of 127.0.0.1:${target}`);
  say(`A chat through it, and its switches: ${pageAddress(ports)}`);
  say(`A chat of your own: base-url="${proxy.url}"`);
  say(`By hand: curl -d '["hang", {"transport": "websocket"}]' ${control.url}/setMode`);
  if (!(await answers(target))) say(`Nothing answers on 127.0.0.1:${target} yet: npm start starts a server.`);
  return async () => {
    await control.close();
    await proxy.close();
  };
}

function taken(error: unknown, option: string, port: number): never {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  throw new Error(`Port ${port} on 127.0.0.1 is taken. Stop what uses it, or give --${option} another one.`, {
    cause: error,
  });
}

async function answers(port: number): Promise<boolean> {
  const probe = connect({ port, host: '127.0.0.1' });
  const there = await once(probe, 'connect').then(
    () => true,
    () => false,
  );
  probe.destroy();
  return there;
}
