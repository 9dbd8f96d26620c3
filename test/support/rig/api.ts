import type { FaultProxy } from '../proxy.js';
import type { ServerProcess } from '../server.js';
import type { NodeRig } from './node-rig.js';

/** What a test in a browser may ask of the proxy, the server's process and the rig that holds both. */
export const CALLS = {
  proxy: [
    'setMode',
    'setShape',
    'addFault',
    'clear',
    'reset',
    'cutClients',
    'strand',
    'inject',
    'log',
    'nextRequest',
    'nextUpgrade',
    'nextPoll',
    'counts',
    'state',
  ],
  server: ['start', 'kill', 'term', 'stop', 'cont'],
  rig: [
    'token',
    'makeChannel',
    'command',
    'produce',
    'produced',
    'dropFrame',
    'frameDropped',
    'copyStore',
    'restoreStore',
    'measure',
  ],
} as const satisfies {
  proxy: (keyof FaultProxy)[];
  server: (keyof ServerProcess)[];
  rig: (keyof NodeRig)[];
};

export type Target = keyof typeof CALLS;

/** The same, called over the wire: every method answers later, and so does every property. */
type Remote<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : () => Promise<T[K]>;
};

export type RemoteProxy = Remote<Pick<FaultProxy, (typeof CALLS.proxy)[number]>>;
export type RemoteServer = Remote<Pick<ServerProcess, (typeof CALLS.server)[number]>>;
export type RemoteRig = Remote<Pick<NodeRig, (typeof CALLS.rig)[number]>>;

export interface RigOptions {
  /** `shared`: one server in the runner's process, for tests that leave it alone. `own`: a process to kill. */
  server: 'shared' | 'own';
  /** How long a shared server holds an idle poll: where the pages' time goes fast, so must the server's. */
  pollHoldMs?: number;
  /** Settings of an own server. */
  env?: Record<string, string>;
}

/** Asks for a new rig. */
export interface StartRequest extends RigOptions {
  /** The page that asks: rigs of pages before it are ended. */
  session: string;
}

export interface Started {
  id: number;
  url: string;
  apiKey: string;
}

export interface CallRequest {
  id: number;
  on: Target;
  method: string;
  args: unknown[];
}

/** What comes back: a value, or the words of the error that was thrown. */
export type Reply<T = unknown> = { value: T } | { error: string };

export interface Production {
  count: number;
  everyMs: number;
}

export interface Measure {
  /** As the table shows it, e.g. `F1 websocket refused`. */
  name: string;
  ms: number;
  /** What the matrix allows, where it says. */
  boundMs?: number | undefined;
}
