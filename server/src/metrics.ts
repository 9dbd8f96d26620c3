import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

export interface Metrics {
  registry: Registry;
  /** Requests that ended with an unexpected failure. */
  failures: Counter;
  /** Bytes of uploads that were kept. */
  uploaded: Counter;
  /** Connections that the server ended, by why. */
  ended: Counter<'cause'>;
  /** Clients that asked for what they missed, by whether they got it or are to query anew. */
  recoveries: Counter<'result'>;
  /** Requests refused for being one too many. */
  limited: Counter;
  /** When each event was written that is not told yet, in milliseconds since the process began. */
  untold: Set<{ at: number }>;
}

/** Where gauges are read from whenever somebody asks. */
interface Sources {
  activeUsers: () => Promise<number>;
  connections: () => number;
}

/** The numbers behind `/metrics`. */
export function createMetrics(sources: Sources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const untold: Metrics['untold'] = new Set();
  addGauges(registry, sources, untold);
  const registers = [registry];
  return {
    registry,
    untold,
    failures: new Counter({
      name: 'chat_unexpected_failures_total',
      help: 'Requests answered with code -1',
      registers,
    }),
    uploaded: new Counter({
      name: 'chat_uploaded_bytes_total',
      help: 'Bytes of uploads that were kept',
      registers,
    }),
    ended: new Counter({
      name: 'chat_connections_ended_total',
      help: 'Connections that the server ended: overflow (a slow consumer), silent, unwanted (banned or revoked)',
      labelNames: ['cause'] as const,
      registers,
    }),
    recoveries: new Counter({
      name: 'chat_recoveries_total',
      help: 'Answers to clients that asked for what they missed: ok, or requery when it was too much',
      labelNames: ['result'] as const,
      registers,
    }),
    limited: new Counter({
      name: 'chat_rate_limited_total',
      help: 'Requests refused by the rate limit (code 9)',
      registers,
    }),
  };
}

function addGauges(registry: Registry, sources: Sources, untold: Metrics['untold']): void {
  new Gauge({
    name: 'chat_monthly_active_users',
    help: 'Users who connected in the current calendar month (UTC)',
    registers: [registry],
    async collect() {
      this.set(await sources.activeUsers());
    },
  });
  new Gauge({
    name: 'chat_concurrent_connections',
    help: 'Live connections, WebSocket and long-poll',
    registers: [registry],
    collect() {
      this.set(sources.connections());
    },
  });
  new Gauge({
    name: 'chat_outbox_lag_seconds',
    help: 'Age of the oldest stored event that is not told yet',
    registers: [registry],
    collect() {
      const oldest = Math.min(...[...untold].map(({ at }) => at));
      this.set(untold.size ? (performance.now() - oldest) / 1000 : 0);
    },
  });
}
