// What the test around this page holds in its hand: the network as the widget sees it, and with `timers.js` and
// `listeners.js` all else. `?no-websocket` refuses every upgrade, `?speed=10` lets timers and clock run ten times as
// fast, `?clock=60000` puts the clock forward.
const query = new URLSearchParams(location.search);

const page = {
  online: true,
  /** How many times as fast timers and clock run. */
  speed: Number(query.get('speed') ?? 1),
  visible: true,
  /** Added to the clock, in milliseconds. */
  clockMs: Number(query.get('clock') ?? 0),
  /** Of everything that nobody caught. */
  errors: [],
  webSockets: new Set(),
  requests: new Set(),
};
window.page = page;

addEventListener('error', ({ message }) => page.errors.push(message));
addEventListener('unhandledrejection', ({ reason }) => page.errors.push(String(reason)));

Object.defineProperty(navigator, 'onLine', { get: () => page.online });
Object.defineProperty(document, 'visibilityState', { get: () => (page.visible ? 'visible' : 'hidden') });
Object.defineProperty(document, 'hidden', { get: () => !page.visible });

window.WebSocket = class extends WebSocket {
  constructor(url, ...rest) {
    // Asked for at an address where the server has none to give: the browser sees a real refusal.
    super(query.has('no-websocket') ? new URL('/no-websocket-here', url) : url, ...rest);
    page.webSockets.add(this);
    this.addEventListener('close', () => page.webSockets.delete(this));
  }
};

window.XMLHttpRequest = class extends XMLHttpRequest {
  set timeout(ms) {
    super.timeout = ms / page.speed;
  }

  send(...rest) {
    page.requests.add(this);
    this.addEventListener('loadend', () => page.requests.delete(this));
    super.send(...rest);
  }
};
