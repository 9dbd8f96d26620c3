import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

export interface Metrics {
  registry: Registry;
  /** Requests that ended with an unexpected failure. */
  failures: Counter;
  /** Bytes of uploads that were kept. */
  uploaded: Counter;
}

/** The counters behind `/metrics`; read from their sources whenever somebody asks. */
export function createMetrics(sources: {
  activeUsers: () => Promise<number>;
  connections: () => number;
}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
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
  const failures = new Counter({
    name: 'chat_unexpected_failures_total',
    help: 'Requests answered with code -1',
    registers: [registry],
  });
  const uploaded = new Counter({
    name: 'chat_uploaded_bytes_total',
    help: 'Bytes of uploads that were kept',
    registers: [registry],
  });
  return { registry, failures, uploaded };
}
