import { startServer, type RunningServer, type ServerOptions } from '../../src/app.js';
import { sharedCluster } from '../cluster.js';
import { Redis } from '../redis.js';
import { Person, SECRET } from '../support.js';

/** Servers that share a database and a Redis: what one knows, all know. */
export class Several {
  readonly redis: Redis;
  readonly databaseUrl: string;
  readonly servers: RunningServer[] = [];

  private constructor(redis: Redis, databaseUrl: string) {
    this.redis = redis;
    this.databaseUrl = databaseUrl;
  }

  static async start(count: number, options: Partial<ServerOptions> = {}): Promise<Several> {
    const several = new Several(await Redis.start(), await (await sharedCluster()).database());
    for (let index = 0; index < count; index++) await several.add(options);
    return several;
  }

  async add(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
    const server = await startServer({
      ...{ port: 0, dataDir: 'memory://', apiKey: 'key', apiSecret: SECRET, rateLimit: 0, pollHoldMs: 50 },
      ...{ databaseUrl: this.databaseUrl, redisUrl: this.redis.url, log: () => undefined },
      ...options,
    });
    this.servers.push(server);
    return server;
  }

  /** The settings of a server that is a process of its own. */
  get env(): Record<string, string> {
    return { DATA_DIR: 'memory://', DATABASE_URL: this.databaseUrl, REDIS_URL: this.redis.url };
  }

  /** The same user, at each of the servers. */
  person(id: string): Promise<Person[]> {
    return Promise.all(this.servers.map((server) => Person.of(server, id)));
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
    await this.redis.stop();
  }
}
