import type { Frame, Transport, TransportName } from '../../transport/transport.js';
import { Connection, type ConnectionOptions } from '../../transport/connection.js';
import { uuid } from '../../transport/host.js';
import { pageHost, type PageHost } from '../../transport/page-host.js';
import { lazyTransport } from '../../transport/lazy.js';
import { webSocketTransport } from '../../transport/websocket.js';
import type { ChatClient } from '../client.js';
import type { EarlyLink } from '../early.js';
import { endpointFor, judge } from '../wire.js';
import { fallback } from './parts.js';

/**
 * Teaches a connection the words of the protocol: where to open, what a greeting is, what a ping says.
 *
 * @param early - The first WebSocket, if there is one already.
 */
export function openConnection(
  client: ChatClient,
  early: EarlyLink | undefined,
  sync: (greeting: Frame) => Promise<void>,
): Connection {
  const { baseURL, apiKey, options } = client;
  const host = pageHost(client.host);
  const { user } = client.login;
  // Whoever was refused comes again with another source of tokens.
  const tokens = () => client.login.tokens;
  const ping = JSON.stringify([{ type: 'health.check', client_id: `${user.id}--${uuid()}` }]);
  const connection = new Connection({
    host,
    transports: transportsFor(client, host, early),
    endpoint: (name, token) =>
      endpointFor(name, {
        baseURL,
        apiKey,
        user: client.login.user,
        token,
        newest: () => tokens().current ?? token,
      }),
    authorize: (fresh) => tokens().get(fresh),
    judge,
    sync,
    ping: () => ping,
    timers: options.timeouts?.connection,
    ...hints(host, baseURL),
  });
  connection.on('state', ({ previous, state, transport, error }) =>
    client.log(['connection:', previous, '→', state, transport, error?.code].join(' ').trim()),
  );
  connection.on('garbage', () => client.log('A frame that is no JSON object was dropped.'));
  return connection;
}

/** WebSocket first. What only some pages need is loaded when it is opened. */
function transportsFor(
  { baseURL, apiKey, login, options }: ChatClient,
  host: PageHost,
  early?: EarlyLink,
): Transport[] {
  const { enableWSFallback = true, shareConnection = false } = options;
  const scope = JSON.stringify([baseURL, apiKey, login.user.id]);
  const webSocket = webSocketTransport(host);
  const shared = async (open: (part: typeof import('../../transport/fallback.js')) => Transport) => {
    const part = await fallback.load();
    return part.sharedTransport(open(part), host, scope);
  };
  const best = shareConnection ? lazyTransport('websocket', () => shared(() => webSocket)) : webSocket;
  const transports = [early ? early.transport(best) : best];
  if (enableWSFallback)
    transports.push(lazyTransport('longpoll', () => shared((part) => part.longPollTransport(host))));
  return transports;
}

/** What worked here is likely to work again for so long (reliability.md §4). */
const REMEMBERED_MS = 10 * 60_000;

/** Which transport worked last in this tab, towards this server. Storage may be denied or full: it is only a hint. */
function hints(host: PageHost, baseURL: string): Pick<ConnectionOptions, 'remember' | 'remembered'> {
  const key = `chat-session transport ${baseURL}`;
  return {
    remember(name) {
      try {
        host.storage()?.setItem(key, `${name} ${host.now()}`);
      } catch {
        // then the next race takes its full time
      }
    },
    remembered() {
      try {
        const [name, at] = host.storage()?.getItem(key)?.split(' ') ?? [];
        return Math.abs(host.now() - Number(at)) < REMEMBERED_MS ? (name as TransportName) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
