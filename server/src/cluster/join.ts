import type { Deps } from '../deps.js';
import { Rates } from '../rates.js';
import { RedisBus } from './bus.js';
import { Cluster, SharedCounter } from './cluster.js';

/** This server among others. */
export interface Membership {
  /** Says goodbye, before connections are ended. */
  leave(): void;
  close(): Promise<void>;
}

/**
 * Makes the server one of several.
 *
 * @throws {Error} When Redis cannot be reached.
 */
export async function joinCluster(deps: Deps): Promise<Membership> {
  const { options, epoch, log } = deps;
  const bus = await RedisBus.connect(options.redisUrl, `chat-session:${epoch}`, (what) => log.say(what));
  const cluster = new Cluster(deps, bus);
  deps.lanes = cluster.gate;
  deps.connections = cluster;
  deps.tell = (delivery) => cluster.tell(delivery);
  deps.online = (userId) => cluster.peers.isOnline(userId);
  deps.watcherCount = (cid) => cluster.peers.watcherCount(cid);
  deps.watchedBy = (cid, userId) => cluster.peers.isWatchedBy(cid, userId);
  deps.rates = new Rates(new SharedCounter(bus), deps.hub, deps.metrics, options);
  await cluster.open();
  return cluster;
}
