import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserHost, uuid } from '../../src/transport/host.js';
import { longPollTransport } from '../../src/transport/longpoll.js';
import { pageHost } from '../../src/transport/page-host.js';
import { webSocketTransport } from '../../src/transport/websocket.js';

test('the host of Node has no page: online, visible and without signals', () => {
  const host = pageHost(browserHost());

  const stop = host.onSignal(() => assert.fail('no signal exists here'));
  stop();

  assert.equal(host.online(), true);
  assert.equal(host.visible(), true);
  assert.match(uuid(), /^[0-9a-f-]{36}$/);
});

for (const make of [webSocketTransport, longPollTransport]) {
  const host = browserHost({ WebSocket: undefined, XMLHttpRequest: undefined });
  const transport = make(host);

  test(`${transport.name} says that it is closed where the surroundings lack it`, async () => {
    await new Promise<void>((resolve) => {
      const unexpected = (): void => assert.fail('only the end is told');
      transport.open(
        { url: 'ws://server.test/', headers: () => ({}) },
        { onFrame: unexpected, onGarbage: unexpected, onHeard: unexpected, onClose: resolve },
      );
    });
  });
}
