import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { apply } from './apply.js';
import { Clock } from './clock.js';
import { localConnections } from './connections.js';
import { DEFAULTS, type ServerOptions } from './config.js';
import { loadCredentials, type Credentials } from './credentials.js';
import { seedDemo } from './demo.js';
import { createOrder, type Deps } from './deps.js';
import { drain } from './drain.js';
import { addApplication } from './http/application.js';
import { addChannels } from './http/channels.js';
import { addLongPoll, addWebSocket } from './http/connect.js';
import { addDemo } from './http/demo.js';
import { addDrafts } from './http/drafts.js';
import { addEvents } from './http/events.js';
import { addGuests } from './http/guests.js';
import { addMessages } from './http/messages.js';
import { addModeration } from './http/moderation.js';
import { addPins } from './http/pins.js';
import { addPolls } from './http/polls.js';
import { addReactions } from './http/reactions.js';
import { addRelations } from './http/relations.js';
import { routesOf } from './http/route.js';
import { addSearch } from './http/search.js';
import { createHttp } from './http/server.js';
import { addSync } from './http/sync.js';
import { addMembers, addSystem } from './http/system.js';
import { addThreads } from './http/threads.js';
import { addUploads } from './http/uploads.js';
import { addUsers } from './http/users.js';
import { Heads } from './heads.js';
import { startHousekeeping } from './housekeeping.js';
import { Hub } from './hub.js';
import { lockPlace } from './lock.js';
import { createLog, type Log } from './log.js';
import { createMetrics } from './metrics.js';
import { MemoryCounter, Rates } from './rates.js';
import { Standing } from './standing.js';
import { newestEventTime } from './store/channels.js';
import { loadEpoch } from './store/epoch.js';
import { openStore, type Store } from './store/open.js';
import { Speakers } from './store/speakers.js';
import { activeUsers } from './store/users.js';
import { startSweeping } from './sweep.js';
import { Tokens } from './token.js';
import { Turnstile } from './turnstile.js';

export { serverToken, userToken } from './token.js';
export { IN_MEMORY } from './store/open.js';
export type { ServerOptions } from './config.js';

/** How long requests in flight may take once the server is told to end. */
const MAX_FINISH_MS = 10_000;

/** Of connections that the system has made and the process not yet taken: all of them come at once after a restart. */
const BACKLOG = 4096;

/** Of connections whose end is noted at once: when thousands end, requests are answered in between. */
const GOODBYES = 2;

/** A server that runs. */
export interface RunningServer {
  /** `http://host:port`, the client's `baseURL`. */
  url: string;
  port: number;
  apiKey: string;
  apiSecret: string;
  /** Says goodbye to every connection so that clients come back, finishes what was begun, and frees everything. */
  close(): Promise<void>;
}

/**
 * Starts a chat server; settles when it answers.
 *
 * @param given - See `ServerOptions` for defaults.
 * @throws {Error} When the data folder or the database is in use, the database is no good, or the port is taken.
 */
export async function startServer(given: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const options = { ...DEFAULTS, ...given };
  const unlock = await lockPlace(options);
  try {
    const deps = await createDeps(options);
    try {
      return await listen(deps, unlock);
    } catch (error) {
      await deps.store.close();
      throw error;
    }
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function createDeps(options: ServerOptions): Promise<Deps> {
  const credentials = await loadCredentials(options);
  const log = createLog(options);
  const store = await openStore(options, (what) => log.say(what));
  try {
    return await assemble(options, credentials, store, log);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function assemble(
  options: ServerOptions,
  credentials: Credentials,
  store: Store,
  log: Log,
): Promise<Deps> {
  const { db } = store;
  // The machine's clock may have gone back meanwhile: no channel may lie behind what clients have synced to.
  const clock = new Clock(options.now, await newestEventTime(db));
  const hub = new Hub();
  const standing = new Standing(db, clock);
  await standing.refresh();
  const metrics = createMetrics({
    activeUsers: () => activeUsers(db, clock.now()),
    connections: () => hub.size,
  });
  const deps: Deps = {
    db,
    store,
    speakers: new Speakers(db, store.changes),
    tokens: new Tokens(credentials.apiSecret),
    hub,
    // Whoever has not pinged for longer is gone: each event is in an answer to a ping after it.
    heads: new Heads(options.silenceMs * 1000),
    epoch: await loadEpoch(store),
    clock,
    options,
    credentials,
    metrics,
    closing: false,
    log,
    report: (what, error) => {
      if (!deps.closing) log.fail(what, error);
    },
    standing,
    turnstile: new Turnstile(),
    goodbyes: new Turnstile(GOODBYES, Infinity),
    rates: new Rates(new MemoryCounter(), hub, metrics, options),
    tell: (delivery) => apply(deps, delivery),
    online: (userId) => hub.connected(userId),
    watcherCount: (cid) => hub.watcherCount(cid),
    watchedBy: (cid, userId) => hub.watchedBy(cid, userId),
    connections: localConnections(() => deps),
    inOrder: createOrder(),
  };
  return deps;
}

/** Everything of the protocol that this server answers. */
async function addRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const add = routesOf(app, deps);
  addSystem(app, deps);
  addWebSocket(app, deps);
  addLongPoll(add, deps);
  addGuests(app, deps);
  addApplication(add, deps);
  addUsers(add, deps);
  addChannels(add, deps);
  addMembers(add, deps);
  addMessages(add, deps);
  addReactions(add, deps);
  addRelations(add, deps);
  addModeration(add, deps);
  addThreads(add, deps);
  addPins(add, deps);
  addDrafts(add, deps);
  addPolls(add, deps);
  addSearch(add, deps);
  await addUploads(app, deps);
  addEvents(add, deps);
  addSync(add, deps);
}

async function listen(deps: Deps, unlock: () => Promise<void>): Promise<RunningServer> {
  const { options, credentials } = deps;
  // Before anybody connects; the code for it is loaded where it is used.
  const cluster = options.redisUrl ? await (await import('./cluster/join.js')).joinCluster(deps) : undefined;
  const app = await createHttp(deps);
  await addRoutes(app, deps);
  if (options.demo) {
    await seedDemo(deps);
    await addDemo(app, deps);
  }
  await app.listen({ port: options.port, host: options.host, backlog: BACKLOG }).catch((error: unknown) => {
    throw listenError(error, options);
  });
  const stopHousekeeping = startHousekeeping(deps);
  const stopSweeping = startSweeping(deps);
  const { port } = app.server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  let closed: Promise<void> | undefined;
  const close = async () => {
    deps.closing = true;
    cluster?.leave();
    await drain(deps);
    // A request that never ends must not keep the server from ending.
    const cut = setTimeout(() => app.server.closeAllConnections(), MAX_FINISH_MS);
    await app.close();
    clearTimeout(cut);
    await stopHousekeeping();
    await stopSweeping();
    await cluster?.close();
    await deps.store.close();
    await unlock();
  };
  return { url: `http://${host}:${port}`, port, ...credentials, close: () => (closed ??= close()) };
}

function listenError(error: unknown, { host, port }: ServerOptions): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  const message = `Port ${port} on ${host} is taken. Stop what uses it, or set PORT to another one.`;
  return new Error(message, { cause: error });
}
