// With `?no-websocket` this page behaves as behind a proxy that refuses every upgrade: the browser really
// asks for one, at an address where the server has none to give.
if (new URLSearchParams(location.search).has('no-websocket')) {
  window.WebSocket = class extends WebSocket {
    constructor() {
      super(new URL('/no-websocket-here', location.href.replace(/^http/, 'ws')));
    }
  };
}
