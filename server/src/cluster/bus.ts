import { createClient } from '@redis/client';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** How often a server says that it lives; what it says comes back to itself, too. */
export const BEAT_MS = 500;
/** Without the echo of its own word for so long, a server takes the bus for dead: refused, cut off or frozen alike. */
const SILENT_MS = 3 * BEAT_MS;
/** How long a request waits to be counted. */
const COUNT_MS = 250;

/** Carries messages between servers, to whoever listens just then: nothing is kept, nothing is promised. */
export interface Bus {
  /** Whether what is said arrives. */
  readonly up: boolean;
  /** @returns How many heard it; 0 when the bus is down. */
  say(topic: string, message: unknown): Promise<number>;
  /** Listens until the bus is closed. */
  hear(topic: string, listener: (message: unknown) => void): Promise<void>;
  /** One more for the key, which is forgotten after `windowMs`; undefined when the bus is down. */
  count(key: string, windowMs: number): Promise<number | undefined>;
  close(): Promise<void>;
}

type Client = ReturnType<typeof createClient>;

/** A bus on a Redis or Valkey server. */
export class RedisBus implements Bus {
  #prefix: string;
  #speaker: Client;
  #listener: Client;
  #heardAt = -Infinity;
  #beat: NodeJS.Timeout | undefined;

  private constructor(url: string, prefix: string, report: (what: string) => void) {
    this.#prefix = prefix;
    const socket = {
      connectTimeout: 2000,
      reconnectStrategy: (tries: number) => Math.min(50 * 2 ** tries, 1000),
    };
    // What cannot be said now would only come late: events are found in the database.
    this.#speaker = createClient({ url, socket, disableOfflineQueue: true });
    this.#listener = createClient({ url, socket });
    let told = false;
    for (const client of [this.#speaker, this.#listener]) {
      client.on('error', (error: Error) => {
        if (!told) report(`Redis is away: ${error.message}. Events travel by the database until it is back.`);
        told = true;
      });
      client.on('ready', () => {
        if (told && this.#speaker.isReady && this.#listener.isReady) {
          told = false;
          report('Redis is back.');
        }
      });
    }
  }

  /**
   * @param prefix - Keeps several applications on one Redis apart.
   * @throws {Error} When Redis cannot be reached: at the start that is a mistake in the settings.
   */
  static async connect(url: string, prefix: string, report: (what: string) => void): Promise<RedisBus> {
    await reach(url);
    const bus = new RedisBus(url, prefix, report);
    await Promise.all([bus.#speaker.connect(), bus.#listener.connect()]);
    await bus.#listenToOneself();
    return bus;
  }

  get up(): boolean {
    return performance.now() - this.#heardAt < SILENT_MS;
  }

  async say(topic: string, message: unknown): Promise<number> {
    if (!this.#speaker.isReady) return 0;
    return this.#speaker.publish(`${this.#prefix}:${topic}`, JSON.stringify(message)).catch(() => 0);
  }

  async hear(topic: string, listener: (message: unknown) => void): Promise<void> {
    await this.#listener.subscribe(`${this.#prefix}:${topic}`, (text) => listener(JSON.parse(text)));
  }

  async count(key: string, windowMs: number): Promise<number | undefined> {
    if (!this.up || !this.#speaker.isReady) return undefined;
    const name = `${this.#prefix}:${key}`;
    const counted = this.#speaker
      .multi()
      .incr(name)
      .pExpire(name, 2 * windowMs)
      .exec()
      .catch(() => []);
    // One that is frozen answers when it thaws; nobody's request waits for that.
    const [count] = await Promise.race([counted, delay(COUNT_MS, [], { ref: false })]);
    return typeof count === 'number' ? count : undefined;
  }

  close(): Promise<void> {
    clearInterval(this.#beat);
    // Nothing that waits for an answer matters any more.
    this.#speaker.destroy();
    this.#listener.destroy();
    return Promise.resolve();
  }

  async #listenToOneself(): Promise<void> {
    const own = `echo:${randomUUID()}`;
    await this.hear(own, () => (this.#heardAt = performance.now()));
    this.#heardAt = performance.now();
    this.#beat = setInterval(() => void this.say(own, 1), BEAT_MS);
  }
}

async function reach(url: string): Promise<void> {
  const client = createClient({ url, socket: { connectTimeout: 5000, reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.close();
  } catch (cause) {
    // Neither the address, which may hold a password, nor more than the driver's own words.
    const why =
      cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause);
    throw new Error(`Redis cannot be reached: ${why}. Start it, or set REDIS_URL to another one.`, { cause });
  }
}
