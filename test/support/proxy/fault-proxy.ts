import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Attempts, matches, type Attempt, type NextOptions } from './attempts.js';
import { Connection, type Network } from './connection.js';
import { nameOf, type Fate } from './fate.js';
import { Line } from './line.js';
import {
  resolveWhere,
  type Fault,
  type FaultMode,
  type Match,
  type Shape,
  type Transport,
  type Where,
} from './modes.js';

/** What is open now. */
export interface Counts {
  /** Sockets of clients. */
  clients: number;
  /** Sockets to the server. */
  servers: number;
  /** Upgraded connections whose client is there. */
  webSockets: number;
}

export interface ProxyState {
  modes: Record<Transport, FaultMode>;
  shapes: Record<Transport, Shape>;
  /** Faults that wait for their requests. */
  faults: readonly Fault[];
  counts: Counts;
}

interface Drop {
  pattern: RegExp;
  settle(dropped: boolean): void;
}

/** A TCP proxy in front of a real server, whose faults can be switched at any time. Made by `FaultProxy.start`. */
export class FaultProxy {
  #server: Server;
  #target: number;
  #modes: Record<Transport, FaultMode> = { websocket: 'pass', longpoll: 'pass', http: 'pass' };
  #lines: Record<Transport, Line> = { websocket: new Line(), longpoll: new Line(), http: new Line() };
  #faults: Fault[] = [];
  #drops = new Set<Drop>();
  #attempts = new Attempts();
  #connections = new Set<Connection>();
  #clients = new Set<Socket>();
  #servers = new Set<Socket>();

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /**
   * Listens on 127.0.0.1 for what goes to `target`, another port there.
   *
   * @param port - Default 0, which takes a free one.
   */
  static async start(target: number, port = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.#server.listen(port, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What an upgrade meets from now on. */
  get mode(): FaultMode {
    return this.#modes.websocket;
  }

  set mode(mode: FaultMode) {
    this.setMode(mode, { transport: 'websocket', to: 'new' });
  }

  /** What each upgrade so far has met, oldest first. */
  get upgrades(): string[] {
    return this.log().flatMap(({ transport, met }) => (transport === 'websocket' ? [met] : []));
  }

  /** Switches the mode. @throws {Error} When the mode does not know the transport or scope. */
  setMode(mode: FaultMode, where: Where = {}): void {
    const { transports, to } = resolveWhere(mode, where);
    if (to !== 'existing') for (const transport of transports) this.#modes[transport] = mode;
    if (to !== 'new') for (const connection of this.#of(transports)) connection.become(mode);
  }

  /** Gives the line a speed; `{}` takes every limit away. Default for all transports. */
  setShape(shape: Shape, transport?: Transport): void {
    const line = new Line(shape);
    for (const name of transport ? [transport] : (['websocket', 'longpoll', 'http'] as const))
      this.#lines[name] = line;
    for (const connection of this.#connections) connection.touch();
  }

  /** Adds a fault for the next requests that match. The oldest that matches is met first. */
  addFault(fault: Fault): void {
    if (fault.path !== undefined) new RegExp(fault.path); // throws here, not at the request
    this.#faults.push({ ...fault });
  }

  /** Back to a line without faults for what comes; what lives goes on as it is. */
  clear(): void {
    this.#faults = [];
    for (const drop of this.#drops) drop.settle(false);
    this.setShape({});
    this.setMode('pass');
  }

  /** Resets both sides of every connection, or of those whose newest request was of `transport`. */
  reset(transport?: Transport): void {
    for (const connection of this.#of(transport && [transport])) connection.reset();
  }

  /** Resets the client's sides only. The server's sockets stay open, as behind a phone that lost its network. */
  cutClients(transport?: Transport): void {
    for (const connection of this.#of(transport && [transport])) connection.cutClient();
  }

  /** Sends `text` to the client of each live WebSocket. @returns How many there were. */
  inject(text: string): number {
    const live = [...this.#connections].filter(({ upgraded }) => upgraded);
    for (const connection of live) connection.inject(text);
    return live.length;
  }

  /**
   * The network is another one from now on, or was asleep: what is in use on the old way goes mute for ever, and what
   * lies idle ends, as browsers see to.
   */
  strand(): void {
    for (const connection of this.#connections) {
      if (connection.busy) connection.become('blackhole');
      else connection.reset();
    }
  }

  /**
   * Drops the next text from the server, on any WebSocket, in which `pattern` is found.
   *
   * @returns Resolves to true when it was dropped, to false when `clear` or `close` came before.
   */
  dropFrame(pattern: string): Promise<boolean> {
    return new Promise((resolve) => {
      const drop: Drop = {
        pattern: new RegExp(pattern),
        settle: (dropped) => {
          this.#drops.delete(drop);
          resolve(dropped);
        },
      };
      this.#drops.add(drop);
    });
  }

  /** Every attempt so far that matches, oldest first. */
  log(match: Match & { since?: number } = {}): Attempt[] {
    const { since = 0, ...wanted } = match;
    const named = Object.keys(wanted).length > 0;
    return this.#attempts.all.filter(
      (attempt) => attempt.n > since && (!named || matches(wanted, { ...attempt, target: attempt.path })),
    );
  }

  /** Resolves with the next attempt that matches. @throws {Error} When none comes within the time. */
  nextRequest(options: NextOptions = {}): Promise<Attempt> {
    return this.#attempts.next(options);
  }

  nextUpgrade(options: NextOptions = {}): Promise<Attempt> {
    return this.nextRequest({ ...options, transport: 'websocket' });
  }

  nextPoll(options: NextOptions = {}): Promise<Attempt> {
    return this.nextRequest({ ...options, transport: 'longpoll' });
  }

  get counts(): Counts {
    const webSockets = [...this.#connections].filter(({ upgraded }) => upgraded).length;
    return { clients: this.#clients.size, servers: this.#servers.size, webSockets };
  }

  get state(): ProxyState {
    const { websocket, longpoll, http } = this.#lines;
    return {
      modes: { ...this.#modes },
      shapes: { websocket: websocket.shape, longpoll: longpoll.shape, http: http.shape },
      faults: this.#faults.map((fault) => ({ ...fault })),
      counts: this.counts,
    };
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#attempts.close();
    for (const drop of this.#drops) drop.settle(false);
    for (const socket of [...this.#clients, ...this.#servers]) socket.destroy();
    await once(this.#server, 'close');
  }

  #of(transports: readonly Transport[] | undefined): Connection[] {
    return [...this.#connections].filter(({ transport }) => !transports || transports.includes(transport));
  }

  #accept(client: Socket): void {
    own(client, this.#clients);
    const network: Network = {
      connect: () => own(connect({ port: this.#target, host: '127.0.0.1', noDelay: true }), this.#servers),
      line: (transport) => this.#lines[transport],
      meet: (request) => {
        const fate = this.#fateOf(request);
        return { fate, attempt: this.#attempts.add({ ...request, met: nameOf(fate) }) };
      },
      drops: (text) => this.#drop(text),
      gone: (connection) => this.#connections.delete(connection),
    };
    this.#connections.add(new Connection(client, network));
  }

  #fateOf(request: { transport: Transport; method: string; target: string }): Fate {
    const fault = this.#faults.find((each) => matches(each, request));
    if (!fault) return { mode: this.#modes[request.transport] };
    const { times = 1, mode, answer, cut } = fault;
    if (times === 1) this.#faults.splice(this.#faults.indexOf(fault), 1);
    else if (times > 1) fault.times = times - 1;
    if (answer) return { answer };
    return cut ? { cut } : { mode: mode ?? 'pass' };
  }

  #drop(text: string): boolean {
    for (const drop of this.#drops) {
      if (!drop.pattern.test(text)) continue;
      drop.settle(true);
      return true;
    }
    return false;
  }
}

function own(socket: Socket, sockets: Set<Socket>): Socket {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  socket.on('error', () => socket.destroy()); // what the other side sees of it is the test's business
  return socket;
}
