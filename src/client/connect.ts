import { ChatError } from '../errors.js';
import { Connection } from '../transport/connection.js';
import { uuid, type Host } from '../transport/host.js';
import { longPollTransport } from '../transport/longpoll.js';
import type { Frame } from '../transport/transport.js';
import { webSocketTransport } from '../transport/websocket.js';
import type { ChatClientOptions } from './options.js';
import type { TokenSource } from './token.js';
import { endpointFor, judge, type Opening } from './wire.js';

/** @throws {ChatError} `server-side` outside a browser, unless that is wanted. */
export function assertBrowser(allowed = false): void {
  if (allowed || 'document' in globalThis || 'WorkerGlobalScope' in globalThis) return;
  throw new ChatError(
    'server-side',
    'connectUser is for browsers: on a server it would hold a connection per request. To do so, set allowServerSideConnect.',
  );
}

export interface ConnectOptions extends Pick<ChatClientOptions, 'enableWSFallback' | 'timeouts' | 'logger'> {
  host: Host;
  tokens(): TokenSource;
  /** Who connects where: as of the moment of each attempt. */
  opening(): Omit<Opening, 'token'>;
  sync(greeting: Frame): Promise<void>;
}

/** Teaches a connection the words of the protocol: where to open, what a greeting is, what a ping says. */
export function openConnection(options: ConnectOptions): Connection {
  const { host, enableWSFallback = true, timeouts, logger, tokens, opening, sync } = options;
  const transports = [webSocketTransport(host)];
  if (enableWSFallback) transports.push(longPollTransport(host));
  const ping = JSON.stringify([{ type: 'health.check', client_id: `${opening().user.id}--${uuid()}` }]);
  const connection = new Connection({
    host,
    transports,
    endpoint: (name, token) => endpointFor(name, { ...opening(), token }),
    authorize: (fresh) => tokens().get(fresh),
    judge,
    sync,
    ping: () => ping,
    timers: timeouts?.connection,
    log: logger,
  });
  connection.on('garbage', () => logger?.('A frame that is no JSON object was dropped.'));
  return connection;
}
