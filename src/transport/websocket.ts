import { deliver, parseFrame } from './frame.js';
import type { Host } from './host.js';
import type { Endpoint, Link, LinkHandlers, Transport } from './transport.js';

/** Frames as JSON texts over WebSocket (protocol.md §2). Binary frames are ignored, as the protocol has none. */
export function webSocketTransport(host: Host): Transport {
  return { name: 'websocket', open: (endpoint, handlers) => open(host, endpoint, handlers) };
}

function open(host: Host, { url }: Endpoint, handlers: LinkHandlers): Link {
  let closed = false;
  let socket: WebSocket | undefined;
  let timer: unknown;

  const end = (): void => {
    if (!closed) handlers.onClose();
    closed = true;
  };

  try {
    socket = new (host.WebSocket as typeof WebSocket)(url);
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!closed && typeof data === 'string') deliver(handlers, parseFrame(data));
    };
    socket.onclose = socket.onerror = end;
  } catch {
    // There is none, or the page's policy forbids it. Callers have no link yet, so not at once.
    timer = host.setTimeout(end, 0);
  }

  return {
    send(text) {
      if (socket?.readyState === 1) socket.send(text); // it throws before "open" and is silent after "close"
    },
    close() {
      closed = true;
      host.clearTimeout(timer);
      socket?.close(1000);
    },
  };
}
