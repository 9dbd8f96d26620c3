import type { Clock } from './clock.js';
import type { ServerOptions } from './config.js';
import type { Credentials } from './credentials.js';
import type { Heads } from './heads.js';
import type { Hub } from './hub.js';
import type { Metrics } from './metrics.js';
import type { Store } from './store/open.js';
import type { Db } from './store/schema.js';

/** What every part of one server shares; made by `startServer`. */
export interface Deps {
  /** Of `store`. */
  db: Db;
  store: Store;
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
  /** Tells the operator of a failure nobody expected; silent once the server is going down. */
  report: (what: string, error: unknown) => void;
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
