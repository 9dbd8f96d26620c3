import type { Clock } from './clock.js';
import type { Gate } from './cluster/gate.js';
import type { ServerOptions } from './config.js';
import type { Connections } from './connections.js';
import type { Credentials } from './credentials.js';
import type { Delivery } from './deliver.js';
import type { Heads } from './heads.js';
import type { Hub } from './hub.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { Rates } from './rates.js';
import type { Standing } from './standing.js';
import type { Store } from './store/open.js';
import type { Speakers } from './store/speakers.js';
import type { Db } from './store/schema.js';
import type { Tokens } from './token.js';
import type { Turnstile } from './turnstile.js';

/** What every part of one server shares; made by `startServer`. */
export interface Deps {
  /** Of `store`. */
  db: Db;
  store: Store;
  /** Of `store`. */
  speakers: Speakers;
  tokens: Tokens;
  hub: Hub;
  /** For heartbeats. */
  heads: Heads;
  /** Names the history that event numbers count. */
  epoch: string;
  clock: Clock;
  options: ServerOptions;
  credentials: Credentials;
  metrics: Metrics;
  /** The server is going down: nobody is told of connections that end. */
  closing: boolean;
  log: Log;
  /** Tells the operator of a failure nobody expected; silent once the server is going down. */
  report: (what: string, error: unknown) => void;
  /** Tells of an event whoever is to hear of it, on this server and on others. What is told next comes next. */
  tell: (delivery: Delivery) => Promise<void>;
  /** Whether the user is connected, to this server or to another. */
  online: (userId: string) => boolean;
  /** How many users watch the channel, on whatever server. */
  watcherCount: (cid: string) => number;
  /** Whether the user watches the channel, on whatever server. */
  watchedBy: (cid: string, userId: string) => boolean;
  connections: Connections;
  /** With other servers: brings the events of channels into their order. */
  lanes?: Pick<Gate, 'open' | 'start'>;
  standing: Standing;
  turnstile: Turnstile;
  /** The same for connections that end. */
  goodbyes: Turnstile;
  rates: Rates;
  /** Runs the tasks of one channel one after the other: events leave in the order in which they were written. */
  inOrder: <T>(cid: string, task: () => Promise<T>) => Promise<T>;
}

/** Makes `Deps.inOrder`. */
export function createOrder(): Deps['inOrder'] {
  const tails = new Map<string, Promise<unknown>>();
  return (key, task) => {
    const run = (tails.get(key) ?? Promise.resolve()).then(task, task);
    const tail = run.catch(() => undefined);
    tails.set(key, tail);
    void tail.then(() => tails.get(key) === tail && tails.delete(key));
    return run;
  };
}
