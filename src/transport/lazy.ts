import type { Link, Transport, TransportName } from './transport.js';

/** A transport whose code is loaded when its first link opens; a load that fails is a link that failed. */
export function lazyTransport(name: TransportName, load: () => Promise<Transport>): Transport {
  return {
    name,
    open(endpoint, handlers) {
      let link: Link | undefined;
      let closed = false;
      load().then(
        (transport) => closed || (link = transport.open(endpoint, handlers)),
        () => closed || handlers.onClose(),
      );
      return {
        send: (text) => link?.send(text),
        close() {
          closed = true;
          link?.close();
        },
      };
    },
  };
}
