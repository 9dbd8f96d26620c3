import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * What happens to a WebSocket upgrade from now on; plain HTTP always passes.
 *
 * - `pass`: through.
 * - `refuse`: answered with 403, as a proxy does that knows no WebSocket.
 * - `hang`: never answered.
 * - `swallow`: the server's 101 comes through, and after it not a byte in either direction.
 */
export type ProxyMode = 'pass' | 'refuse' | 'hang' | 'swallow';

const HEAD_END = '\r\n\r\n';

/** A TCP proxy in front of a real server, whose fault can be switched at any time. Made by `FaultProxy.start`. */
export class FaultProxy {
  mode: ProxyMode = 'pass';
  /** The mode that each upgrade so far has met, oldest first. */
  readonly upgrades: ProxyMode[] = [];

  #server: Server;
  #target: number;
  #sockets = new Set<Socket>();
  #events = new EventEmitter();

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((socket) => void this.#accept(this.#own(socket)));
  }

  /** Listens on a free port of 127.0.0.1 for what goes to `target`, another port there. */
  static async start(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when the next upgrade has arrived. */
  async nextUpgrade(): Promise<void> {
    await once(this.#events, 'upgrade');
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  // A browser opens a connection of its own for each WebSocket, so the first head says what it is.
  async #accept(client: Socket): Promise<void> {
    const head = await readHead(client);
    if (!head) return;
    const isUpgrade = /^upgrade:\s*websocket/im.test(head);
    const mode = isUpgrade ? this.mode : 'pass';
    if (isUpgrade) {
      this.upgrades.push(mode);
      this.#events.emit('upgrade');
    }
    if (mode === 'hang') return;
    if (mode === 'refuse') {
      client.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    await this.#forward(client, head, mode);
  }

  async #forward(client: Socket, head: string, mode: 'pass' | 'swallow'): Promise<void> {
    const server = this.#own(connect(this.#target, '127.0.0.1'));
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
    server.write(head, 'latin1');
    if (mode === 'pass') {
      client.pipe(server).pipe(client);
      return;
    }
    client.resume();
    const answer = await readHead(server);
    if (!answer) return;
    client.write(answer.slice(0, answer.indexOf(HEAD_END) + HEAD_END.length), 'latin1');
    server.resume();
  }

  #own(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // what the other side sees of it is the test's business
    return socket;
  }
}

/** The bytes (as latin1) up to the first empty line at least; undefined when the socket ends before. */
async function readHead(socket: Socket): Promise<string | undefined> {
  let read = '';
  return new Promise((resolve) => {
    const onData = (data: Buffer) => {
      read += data.toString('latin1');
      if (!read.includes(HEAD_END)) return;
      socket.pause();
      socket.off('data', onData);
      resolve(read);
    };
    socket.on('data', onData);
    socket.once('close', () => resolve(undefined));
  });
}
