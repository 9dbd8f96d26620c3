import { asFrame } from './frame.js';
import type { Host } from './host.js';
import type { Endpoint, Link, LinkHandlers, Transport } from './transport.js';

/** Frames as JSON texts over WebSocket (protocol.md §2). Binary frames are ignored, as the protocol has none. */
export function webSocketTransport(host: Host): Transport {
  return { name: 'websocket', open: (endpoint, handlers) => open(host, endpoint, handlers) };
}

function open(host: Host, { url }: Endpoint, handlers: LinkHandlers): Link {
  let socket: WebSocket | undefined;
  let timer: unknown;

  const release = (): void => {
    host.clearTimeout(timer);
    if (socket) socket.onmessage = socket.onclose = socket.onerror = null;
    socket = undefined;
  };
  const end = (): void => {
    release();
    handlers.onClose();
  };

  try {
    if (!host.WebSocket) throw new Error('no WebSocket here');
    socket = new host.WebSocket(url);
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string') return;
      const frame = parse(data);
      if (frame) handlers.onFrame(frame);
      else handlers.onGarbage();
    };
    socket.onclose = socket.onerror = end;
  } catch {
    // The constructor throws where a page's policy forbids it. Callers have no link yet, so not at once.
    timer = host.setTimeout(end, 0);
  }

  return {
    send(text) {
      if (socket?.readyState === 1) socket.send(text); // it throws before "open" and is silent after "close"
    },
    close() {
      const open = socket;
      release();
      open?.close(1000);
    },
  };
}

function parse(text: string) {
  try {
    return asFrame(JSON.parse(text));
  } catch {
    return undefined;
  }
}
