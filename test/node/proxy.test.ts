import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { FaultProxy } from '../support/proxy.js';

describe('FaultProxy', () => {
  let server: Server;
  let proxy: FaultProxy;
  const received: string[] = [];
  const open: WebSocket[] = [];

  before(async () => {
    server = createServer((_request, response) => response.end('hello'));
    new WebSocketServer({ server }).on('connection', (socket) =>
      socket.on('message', (data: Buffer) => {
        received.push(data.toString());
        socket.send(`echo ${data.toString()}`);
      }),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await FaultProxy.start((server.address() as AddressInfo).port);
  });

  afterEach(() => {
    for (const socket of open.splice(0)) socket.terminate();
  });

  after(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });

  function dial(mode: FaultProxy['mode']): WebSocket {
    proxy.mode = mode;
    const socket = new WebSocket(proxy.url.replace('http', 'ws'));
    socket.on('error', () => undefined);
    open.push(socket);
    return socket;
  }

  async function echoOf(socket: WebSocket, text: string): Promise<string> {
    socket.send(text);
    const [data] = (await once(socket, 'message')) as [Buffer];
    return data.toString();
  }

  it('carries a WebSocket both ways when it passes', async () => {
    const socket = dial('pass');
    await once(socket, 'open');

    const answer = await echoOf(socket, 'one');

    assert.equal(answer, 'echo one');
  });

  it('answers an upgrade with 403 when it refuses', async () => {
    const socket = dial('refuse');

    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];

    assert.equal(response.statusCode, 403);
  });

  it('leaves an upgrade without an answer when it hangs', async () => {
    const arrived = proxy.nextUpgrade();
    const hanging = dial('hang');
    await arrived;

    const other = dial('pass');
    await once(other, 'open');

    assert.equal(hanging.readyState, WebSocket.CONNECTING);
  });

  it('lets the upgrade through and nothing after it when it swallows', async () => {
    const swallowed = dial('swallow');
    await once(swallowed, 'open');
    swallowed.send('lost');

    const other = dial('pass');
    await once(other, 'open');
    await echoOf(other, 'kept');

    assert.ok(received.includes('kept') && !received.includes('lost'));
  });

  it('passes plain HTTP in every mode', async () => {
    proxy.mode = 'hang';

    const response = await fetch(proxy.url);

    assert.equal(await response.text(), 'hello');
  });

  it('tells what each upgrade has met', async () => {
    const known = proxy.upgrades.length;
    await once(dial('refuse'), 'unexpected-response');
    await once(dial('pass'), 'open');

    assert.deepEqual(proxy.upgrades.slice(known), ['refuse', 'pass']);
  });
});
