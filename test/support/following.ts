import type { Channel } from '../../src/client/channel.js';
import type { ChatClient } from '../../src/client/client.js';
import type { ChannelStateResponse, Message } from '../../src/protocol.js';
import { settled } from './fake-host.js';
import { FakeServer, tokenFor, type Command } from './fake-server.js';
import { ada, at, message, response } from './fixtures.js';

/** A channel as a query answers it, with the messages of these seconds. */
export function room(id: string, seconds: readonly number[] = [], seq?: number): ChannelStateResponse {
  const cid = `messaging:${id}`;
  const messages = seconds.map((second) => messageIn(id, second));
  return response({ channel: { ...response().channel, id, cid, seq }, messages });
}

export function messageIn(id: string, second: number, fields: Partial<Message> = {}): Message {
  return message(second, undefined, { cid: `messaging:${id}`, ...fields });
}

/** The event of a message, of the same second. */
export function news(id: string, second: number, seq?: number) {
  const said = messageIn(id, second);
  return { type: 'message.new', cid: said.cid, created_at: said.created_at, message: said, seq };
}

/** From `first` to `last`, both included. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Runs all that follows from promises that are settled, however long the chain. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await settled();
}

/** Ada's client, which has opened rooms of a server one after the other, and what the server is asked from then on. */
export class Following {
  readonly server = new FakeServer();
  readonly client: ChatClient = this.server.client();
  /** What `/channels` answers with, by id. */
  readonly rooms = new Map<string, ChannelStateResponse>();
  /** What `/sync` tells. */
  missed: object[] = [];
  #since = 0;

  /** @param greeting - More fields of the first greeting; its time is `at(0)`. */
  static async of(rooms: readonly ChannelStateResponse[], greeting: object = {}): Promise<Following> {
    const following = new Following();
    following.know(...rooms);
    following.#serve();
    void following.client.connectUser({ id: 'ada' }, tokenFor('ada'));
    await following.greet(greeting);
    for (const { channel } of rooms) await following.channel(channel.id).watch();
    following.#since = following.server.commands.length;
    return following;
  }

  /** The server's rooms are now these, beside others. */
  know(...rooms: readonly ChannelStateResponse[]): void {
    for (const room of rooms) this.rooms.set(room.channel.id, room);
  }

  channel(id: string): Channel {
    return this.client.channel('messaging', id);
  }

  /** The ids of the messages that stand in a channel. */
  shown(id: string): string[] {
    return this.channel(id).state.value.messages.map((each) => each.id);
  }

  async greet(greeting: object = {}): Promise<void> {
    await settled();
    const { server } = this;
    server.socket.open();
    const connection_id = `c${server.sockets.length}`;
    server.emit({ type: 'health.check', connection_id, me: ada, created_at: at(0), ...greeting });
    await quiet();
  }

  /** Loses the connection and gets another. @param greeting - Fields of its greeting. */
  async reconnect(greeting: object = { created_at: at(1000) }): Promise<void> {
    this.server.socket.break();
    await this.comeBack(greeting);
  }

  /** The next attempt comes through. */
  async comeBack(greeting: object = { created_at: at(1000) }): Promise<void> {
    this.server.host.tick(1000);
    await this.greet(greeting);
  }

  /** One event comes. */
  async tell(event: object): Promise<void> {
    this.server.emit(event);
    await quiet();
  }

  /** Which channels were asked for, by id, since the beginning; `list` for the list. */
  get queries(): string[][] {
    const ids = (command: Command) => filterOf(command).cid?.$in.map((cid) => cid.replace('messaging:', ''));
    return this.#of('/channels').map((command) => ids(command) ?? ['list']);
  }

  /** The bodies of `/sync`, channels by id. */
  get syncs(): { ids: string[]; from: unknown }[] {
    return this.#of('/sync').map((command) => ({ ids: idsOf(command), from: command.body['last_sync_at'] }));
  }

  #of(path: string): Command[] {
    return this.server.commands.slice(this.#since).filter((command) => command.path === path);
  }

  #serve(): void {
    const { routes } = this.server;
    routes['POST /channels'] = (command) => ({ body: { channels: this.found(command) } });
    routes['POST /sync'] = () => ({ body: { events: this.missed } });
  }

  /** What a query finds. */
  found(command: Command): ChannelStateResponse[] {
    const { cid } = filterOf(command);
    return [...this.rooms.values()].filter(({ channel }) => !cid || cid.$in.includes(channel.cid));
  }
}

function filterOf({ body }: Command): { cid?: { $in: string[] } } {
  return body['filter_conditions'] as { cid?: { $in: string[] } };
}

/** Whether a query is for the list, not for channels by name. */
export function isList(command: Command): boolean {
  return !filterOf(command).cid;
}

/** The channels that a `/sync` asks of, by id. */
export function idsOf({ body }: Command): string[] {
  return (body['channel_cids'] as string[]).map((cid) => cid.replace('messaging:', ''));
}

/** An answer of the server that the test gives when it wants. */
export function later<T>(): { promise: Promise<T>; give: (value: T) => Promise<void> } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return {
    promise,
    async give(value) {
      resolve(value);
      await quiet();
    },
  };
}
