import { randomUUID } from 'node:crypto';
import { stillActive, tellWatching } from './session.js';
import type { Deps } from './deps.js';
import { ApiError } from './errors.js';
import { PollStream, type Batch, type Stream } from './stream.js';

/** A live connection that a request names: of this server or, behind a load balancer, of another. */
export interface Connection {
  readonly userId: string;
  /** Watches the channels, and tells of those that the user did not watch before. */
  watch(cids: readonly string[]): Promise<void>;
  unwatch(cid: string): Promise<void>;
  /** Follows the presence of users. */
  follow(userIds: readonly string[]): Promise<void>;
  /**
   * @param ack - The last batch that arrived, if the client says so.
   * @throws {ApiError} 46 for a connection that has ended, or is none that polls.
   */
  poll(ack: number | undefined): Promise<Batch>;
  /** The answer with this batch was written whole. */
  delivered(number: number): void;
  close(): void;
}

/** Finds connections by their ids. */
export interface Connections {
  /** For the next connection to this server. */
  newId(): string;
  /** Another user's is not found. */
  find(id: string, userId: string): Connection | undefined;
  /** Whose connection it is; undefined when it is not live. */
  ownerOf(id: string): Promise<string | undefined>;
}

export function unknownConnection(): ApiError {
  return new ApiError(46, 'connection_id is not known here, or has expired. Connect again.');
}

/** A connection of this server. */
export class LocalConnection implements Connection {
  #deps: Deps;
  #stream: Stream;

  constructor(deps: Deps, stream: Stream) {
    this.#deps = deps;
    this.#stream = stream;
  }

  get userId(): string {
    return this.#stream.userId;
  }

  async watch(cids: readonly string[]): Promise<void> {
    const { hub, lanes } = this.#deps;
    lanes?.open(cids);
    try {
      const { userId } = this.#stream;
      const known = new Set(cids.filter((cid) => this.#deps.watchedBy(cid, userId)));
      for (const cid of cids) hub.watch(this.#stream, cid);
      const begun = cids.filter((cid) => !known.has(cid));
      if (begun.length) await tellWatching(this.#deps, begun, userId, 'user.watching.start');
    } finally {
      await lanes?.start(cids);
    }
  }

  async unwatch(cid: string): Promise<void> {
    const { userId } = this.#stream;
    if (this.#deps.hub.unwatch(this.#stream, cid) && !this.#deps.watchedBy(cid, userId))
      await tellWatching(this.#deps, [cid], userId, 'user.watching.stop');
  }

  follow(userIds: readonly string[]): Promise<void> {
    for (const userId of userIds) if (userId !== this.userId) this.#deps.hub.follow(this.#stream, userId);
    return Promise.resolve();
  }

  poll(ack: number | undefined): Promise<Batch> {
    if (!(this.#stream instanceof PollStream)) return Promise.reject(unknownConnection());
    const asked = this.#stream.poll(ack);
    stillActive(this.#deps, this.#stream).catch((error: unknown) =>
      this.#deps.report('Noting activity failed', error),
    );
    return asked;
  }

  delivered(number: number): void {
    if (this.#stream instanceof PollStream) this.#stream.delivered(number);
  }

  close(): void {
    this.#stream.end();
  }
}

/** The connections of this server, when it is the only one. */
export function localConnections(deps: () => Deps): Connections {
  return {
    newId: () => randomUUID(),
    find: (id, userId) => {
      const stream = deps().hub.find(id, userId);
      return stream && new LocalConnection(deps(), stream);
    },
    ownerOf: (id) => Promise.resolve(deps().hub.ownerOf(id)),
  };
}
