import { expect } from '@open-wc/testing';
import { browserHost } from '../../src/transport/host.js';
import { webSocketTransport } from '../../src/transport/websocket.js';
import { FakeHost } from '../support/fake-host.js';
import { fakeWebSocket, type FakeSocket } from '../support/fake-websocket.js';
import { recordedLink } from '../support/recorded-link.js';

const ENDPOINT = { url: 'wss://server.test/connect?json=%7B%7D', headers: () => ({}) };

function open(): ReturnType<typeof recordedLink> & { host: FakeHost; socket: FakeSocket } {
  const host = new FakeHost();
  const { WebSocket, sockets } = fakeWebSocket();
  host.WebSocket = WebSocket;
  const recorded = recordedLink(webSocketTransport(host), ENDPOINT);
  const [socket] = sockets;
  if (!socket) throw new Error('No socket was opened.');
  return { ...recorded, host, socket };
}

describe('webSocketTransport', () => {
  it('opens one socket at the address, without a subprotocol', () => {
    const { socket } = open();

    expect(socket.url).to.equal(ENDPOINT.url);
    expect(socket.protocols).to.equal(undefined);
  });

  it('gives each JSON object on as a frame', () => {
    const { socket, told } = open();

    socket.message('{"type":"a"}');
    socket.message('{"type":"b"}');

    expect(told).to.deep.equal([{ type: 'a' }, { type: 'b' }]);
  });

  for (const text of ['<html>', '', 'null', '7', '"text"', '[{"type":"a"}]'])
    it(`calls ${text || 'an empty text'} garbage and goes on`, () => {
      const { socket, told } = open();

      socket.message(text);
      socket.message('{}');

      expect(told).to.deep.equal(['garbage', {}]);
    });

  it('ignores binary frames', () => {
    const { socket, told } = open();

    socket.message(new ArrayBuffer(8));

    expect(told).to.deep.equal([]);
  });

  it('tells once that it has broken', () => {
    const { socket, told } = open();

    socket.break();

    expect(told).to.deep.equal(['close']);
  });

  it('tells that the peer has closed', () => {
    const { socket, told } = open();

    socket.onclose?.();

    expect(told).to.deep.equal(['close']);
  });

  it('sends when the socket is open', () => {
    const { socket, link } = open();
    socket.open();

    link.send('ping');

    expect(socket.sent).to.deep.equal(['ping']);
  });

  it('sends nothing before the socket is open', () => {
    const { socket, link } = open();

    link.send('ping');

    expect(socket.sent).to.deep.equal([]);
  });

  it('closes with code 1000 and is silent from then on', () => {
    const { socket, link, told } = open();

    link.close();
    link.close();
    socket.message('{}');
    socket.break();
    link.send('late');

    expect(socket.closeCode).to.equal(1000);
    expect(told).to.deep.equal([]);
    expect(socket.sent).to.deep.equal([]);
  });

  it('tells of a socket that the page may not open, but not before `open` has returned', () => {
    const host = new FakeHost();
    host.WebSocket = fakeWebSocket(new DOMException('policy', 'SecurityError')).WebSocket;
    const { told } = recordedLink(webSocketTransport(host), ENDPOINT);
    expect(told).to.deep.equal([]);

    host.tick(0);

    expect(told).to.deep.equal(['close']);
  });

  it('tells the same where there is no WebSocket', () => {
    const host = new FakeHost();
    const { told } = recordedLink(webSocketTransport(host), ENDPOINT);

    host.tick(0);

    expect(told).to.deep.equal(['close']);
  });

  it('leaves no timer when it is closed before it could tell', () => {
    const host = new FakeHost();
    const { link } = recordedLink(webSocketTransport(host), ENDPOINT);

    link.close();

    expect(host.timers).to.equal(0);
  });

  it('tells that a real socket found nobody', async () => {
    const transport = webSocketTransport(browserHost());

    await new Promise<void>((resolve) => {
      recordedLink(transport, { url: 'ws://localhost:1/', headers: () => ({}) }, (what) => {
        if (what === 'close') resolve();
      });
    });
  });
});
