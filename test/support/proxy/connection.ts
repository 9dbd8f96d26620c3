import type { Socket } from 'node:net';
import type { Attempt } from './attempts.js';
import { Exchange } from './exchange.js';
import { cannedAnswer, REFUSAL, reachesServer, type Fate } from './fate.js';
import { Lane } from './lane.js';
import type { Line } from './line.js';
import { MessageSplitter, type Head, type Piece } from './messages.js';
import type { FaultMode, Transport } from './modes.js';
import { Tunnel } from './tunnel.js';

/** What a connection asks of its proxy. */
export interface Network {
  /** A new socket to the server. */
  connect(): Socket;
  line(transport: Transport): Line;
  /** Notes a request and says what becomes of it. */
  meet(request: { transport: Transport; method: string; target: string }): { attempt: Attempt; fate: Fate };
  /** Whether this text of the server gets lost. */
  drops(text: string): boolean;
  /** Both sides of this connection are closed. */
  gone(connection: Connection): void;
}

/** One connection of a client, and the one to the server that goes with it once something may pass. */
export class Connection {
  /** Of its newest request. */
  transport: Transport = 'http';
  #client: Socket;
  #network: Network;
  #toClient: Lane;
  #server: Socket | undefined;
  #toServer: Lane | undefined;
  #requests = new MessageSplitter('request');
  #responses = new MessageSplitter('response');
  #exchange: Exchange | undefined;
  #requestEnded = false;
  /** What the client has sent ahead of the answer that it waits for. */
  #ahead: Piece[] = [];
  #tunnel: Tunnel | undefined;
  /** Blackholed: whatever comes is dropped, and no end is passed on. */
  #mute = false;
  /** The client was cut off; the server does not know. */
  #orphaned = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(client: Socket, network: Network) {
    this.#client = client;
    this.#network = network;
    const line = () => this.#network.line(this.transport);
    this.#toClient = new Lane(client, () => this.#server, line, 'down');
    client.on('data', (bytes) => this.#fromClient(bytes));
    client.once('close', () => this.#clientGone());
    this.touch();
  }

  /** Whether frames go over it now. */
  get upgraded(): boolean {
    return this.#tunnel !== undefined && !this.#client.destroyed;
  }

  /** Whether a request or an upgraded connection is on it. */
  get busy(): boolean {
    return this.upgraded || this.#exchange !== undefined;
  }

  /** Puts what lives on this connection under another mode: `pass`, `swallow` or `blackhole`. */
  become(mode: FaultMode): void {
    if (mode === 'blackhole') this.#mute = true;
    else if (this.#tunnel) this.#tunnel.swallows = mode === 'swallow';
    else if (mode === 'swallow' && this.#exchange) this.#exchange.fate = { mode };
  }

  /** Resets both sides. */
  reset(): void {
    abort(this.#client);
    if (this.#server) abort(this.#server);
  }

  /** Resets the client's side; the server's stays open, and what comes there is dropped. */
  cutClient(): void {
    this.#orphaned = true;
    abort(this.#client);
  }

  inject(text: string): void {
    if (!this.#mute) this.#tunnel?.inject(text);
  }

  /** A byte was carried, or the line's limits have changed. */
  touch(): void {
    clearTimeout(this.#idle);
    const { idleKillMs } = this.#network.line(this.transport).shape;
    if (idleKillMs && !this.#client.destroyed) this.#idle = setTimeout(() => this.reset(), idleKillMs);
  }

  #fromClient(bytes: Buffer): void {
    this.touch();
    if (this.#mute || this.#orphaned) return;
    if (this.#tunnel) return this.#tunnel.fromClient(bytes);
    this.#ahead.push(...this.#requests.push(bytes));
    this.#proceed();
  }

  /** Takes what the client has sent, up to the end of one request. */
  #proceed(): void {
    while (this.#ahead.length && !this.#mute && !this.#orphaned && !this.#requestEnded) {
      const piece = this.#ahead.shift() as Piece;
      if (piece.kind === 'head') this.#begin(piece.head, piece.bytes);
      else if (piece.kind === 'body') this.#forward(piece.bytes);
      else this.#ended();
    }
  }

  #begin({ start, headers }: Head, bytes: Buffer): void {
    const [method = '', target = ''] = start;
    const upgrade = headers.get('upgrade')?.toLowerCase() === 'websocket';
    this.transport = transportOf(method, target, upgrade);
    const { attempt, fate } = this.#network.meet({ transport: this.transport, method, target });
    this.#exchange = new Exchange(attempt, fate, this.#toClient);
    this.#responses.answersHead = method === 'HEAD';
    this.touch();
    if ('mode' in fate && fate.mode === 'reset') return this.reset();
    if ('mode' in fate && fate.mode === 'blackhole') this.#mute = true;
    // Compressed frames could not be read here.
    else this.#forward(upgrade ? withoutHeader(bytes, 'sec-websocket-extensions') : bytes);
    if (upgrade) this.#ended();
  }

  #forward(bytes: Buffer): void {
    if (!this.#exchange || !reachesServer(this.#exchange.fate)) return;
    if (!this.#toServer) this.#connect();
    this.#toServer?.write(bytes);
  }

  #ended(): void {
    this.#requestEnded = true;
    const fate = this.#exchange?.fate;
    if (!fate) return;
    if ('mode' in fate && fate.mode === 'refuse') return this.#answer(REFUSAL);
    if ('answer' in fate) this.#answer(fate.answer);
  }

  #answer(answer: typeof REFUSAL): void {
    const last = this.transport === 'websocket' || answer.headers?.['connection'] === 'close';
    this.#toClient.write(cannedAnswer(answer), () => last && this.#client.end());
    this.#next();
  }

  /** The answer is complete: on to the next request. */
  #next(): void {
    this.#exchange = undefined;
    this.#requestEnded = false;
    this.#proceed();
  }

  #connect(): void {
    const server = (this.#server = this.#network.connect());
    this.#toServer = new Lane(
      server,
      () => this.#client,
      () => this.#network.line(this.transport),
      'up',
    );
    server.on('data', (bytes) => this.#fromServer(bytes));
    server.once('end', () => this.#answered(this.#responses.end()));
    server.once('close', (failed) => this.#serverGone(failed));
  }

  #fromServer(bytes: Buffer): void {
    this.touch();
    if (this.#mute) return;
    if (this.#tunnel) {
      if (!this.#orphaned) this.#tunnel.fromServer(bytes);
      return;
    }
    this.#answered(this.#responses.push(bytes));
  }

  #answered(pieces: Iterable<Piece>): void {
    for (const piece of pieces) {
      if (this.#mute) return;
      if (this.#orphaned) {
        // To the server the answer was delivered; then its peer went away in order.
        if (piece.kind === 'end' && 'cut' in (this.#exchange?.fate ?? {})) this.#server?.end();
        continue;
      }
      if (this.#tunnel && piece.kind === 'body') {
        this.#tunnel.fromServer(piece.bytes);
        continue;
      }
      this.#answerPiece(piece);
    }
  }

  #answerPiece(piece: Piece): void {
    const exchange = this.#exchange;
    const progress = exchange?.answer(piece);
    if (progress === 'cut') {
      this.#orphaned = true;
      this.#toClient.afterwards(() => abort(this.#client));
    } else if (exchange?.attempt.status === 101) this.#upgrade(exchange.fate);
    else if (progress === 'done') this.#next();
  }

  #upgrade(fate: Fate): void {
    const swallows = 'mode' in fate && fate.mode === 'swallow';
    const drops = (text: string) => this.#network.drops(text);
    const tunnel = new Tunnel(this.#toClient, this.#toServer as Lane, swallows, drops);
    this.#tunnel = tunnel;
    for (const piece of this.#ahead.splice(0)) if (piece.kind === 'body') tunnel.fromClient(piece.bytes);
  }

  /** Whether the client waits for an answer that gets lost: the server's end must not tell it so. */
  get #loses(): boolean {
    const fate = this.#exchange?.fate;
    return !this.#tunnel && fate !== undefined && 'mode' in fate && fate.mode === 'swallow';
  }

  #leave(): void {
    if (this.#client.closed && (this.#server?.closed ?? true)) this.#network.gone(this);
  }

  #clientGone(): void {
    clearTimeout(this.#idle);
    this.#leave();
    if (!this.#mute && !this.#orphaned) this.#toServer?.afterwards(() => this.#server?.destroy());
  }

  #serverGone(failed: boolean): void {
    this.#leave();
    if (this.#mute || this.#orphaned || this.#loses) return;
    this.#toClient.afterwards(() => (failed ? abort(this.#client) : this.#client.end()));
  }
}

/** Ends a socket by a TCP reset. One that has said its last word already cannot be reset, and would stay for ever. */
function abort(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function transportOf(method: string, target: string, upgrade: boolean): Transport {
  if (upgrade) return 'websocket';
  return method !== 'OPTIONS' && /\/longpoll(\?|$)/.test(target) ? 'longpoll' : 'http';
}

function withoutHeader(head: Buffer, name: string): Buffer {
  return Buffer.from(
    head.toString('latin1').replace(new RegExp(`\\r\\n${name}:[^\\r]*`, 'gi'), ''),
    'latin1',
  );
}
