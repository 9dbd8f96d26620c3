import type { ConnectionTimers } from '../transport/connection.js';
import type { PageHost } from '../transport/page-host.js';

export interface ChatTimeouts {
  /** Until `connectUser` gives up waiting, in milliseconds. Default 15000. The connection goes on trying. */
  connectMs?: number;
  /** Of one command, in milliseconds. Default 8000. */
  requestMs?: number;
  /** The numbers of the connection itself. */
  connection?: Partial<ConnectionTimers>;
}

export interface ChatClientOptions {
  /** Where the server is. Default: the hosted service. */
  baseURL?: string;
  /** Long-polling where WebSocket fails. Default true; false keeps to WebSocket. */
  enableWSFallback?: boolean;
  /**
   * One WebSocket for all tabs of a browser that have the same user and server, for where connections are counted.
   * Default false: each tab has its own. Tabs on long-polling share theirs in any case.
   */
  shareConnection?: boolean;
  /** Lets `connectUser` run outside a browser. Default false: a server needs no connection per user. */
  allowServerSideConnect?: boolean;
  timeouts?: ChatTimeouts;
  /** Gets one line per thing worth knowing. Never a token, never a URL with one. Default: none. */
  logger?: (line: string) => void;
  /** Clock, timers, random, WebSocket, XMLHttpRequest, fetch: for tests and for other surroundings. */
  host?: Partial<PageHost>;
}
