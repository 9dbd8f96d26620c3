import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { EchoBehindProxy, echoOf, nextText } from '../support/echo.js';
import type { FaultProxy } from '../support/proxy.js';
import { until } from '../support/until.js';

let echo: EchoBehindProxy;
let proxy: FaultProxy;

before(async () => {
  echo = await EchoBehindProxy.start();
  proxy = echo.proxy;
});

afterEach(() => {
  echo.hangUp();
  proxy.reset();
  proxy.clear();
});

after(() => echo.close());

const reset = { code: 'ECONNRESET' };

describe('a mode of FaultProxy for upgrades', () => {
  it('carries a WebSocket both ways when it passes', async () => {
    const socket = await echo.opened();

    assert.equal(await echoOf(socket, 'one'), 'echo one');
  });

  it('carries frames of every length', async () => {
    const socket = await echo.opened();

    for (const length of [0, 125, 126, 65_535, 65_536, 300_000]) {
      const text = 'x'.repeat(length);
      assert.equal(await echoOf(socket, text), `echo ${text}`);
    }
  });

  it('answers with 403 when it refuses', async () => {
    proxy.mode = 'refuse';

    const [, response] = (await once(echo.dial(), 'unexpected-response')) as [
      unknown,
      { statusCode: number },
    ];

    assert.equal(response.statusCode, 403);
  });

  it('cuts at once when it resets', async () => {
    proxy.mode = 'reset';

    const [error] = (await once(echo.dial(), 'error')) as [NodeJS.ErrnoException];

    assert.equal(error.code, 'ECONNRESET');
  });

  it('gives no answer when it hangs', async () => {
    proxy.mode = 'hang';
    const arrived = proxy.nextUpgrade();
    const hanging = echo.dial();
    await arrived;

    proxy.mode = 'pass';
    await echo.opened();

    assert.equal(hanging.readyState, WebSocket.CONNECTING);
  });

  it('lets the 101 through and no frame after it when it swallows', async () => {
    proxy.mode = 'swallow';
    const swallowed = await echo.opened();
    swallowed.send('lost');

    proxy.mode = 'pass';
    await echoOf(await echo.opened(), 'kept');

    assert.ok(echo.heard.includes('kept') && !echo.heard.includes('lost'));
  });

  it('leaves plain HTTP alone', async () => {
    proxy.mode = 'hang';

    assert.equal((await echo.ask('/')).body, 'hello');
  });
});

describe('a mode of FaultProxy for plain HTTP', () => {
  it('answers with 403 when it refuses', async () => {
    proxy.setMode('refuse', { transport: 'http' });

    assert.equal((await echo.ask('/refused')).status, 403);
    assert.ok(!echo.seen.includes('GET /refused'));
  });

  it('cuts at once when it resets', async () => {
    proxy.setMode('reset', { transport: 'http' });

    await assert.rejects(echo.ask('/cut'), reset);
  });

  it('gives no answer when it hangs, and the server sees nothing', async () => {
    proxy.setMode('hang', { transport: 'longpoll' });
    const arrived = proxy.nextPoll();
    const poll = echo.ask('/longpoll?api_key=secret');
    await arrived;
    proxy.reset('longpoll');

    await assert.rejects(poll, reset);
    assert.ok(!echo.seen.some((request) => request.includes('/longpoll')));
  });

  it('lets the server see what it swallows, and loses the answer', async () => {
    proxy.setMode('swallow', { transport: 'http' });
    const lost = echo.ask('/counted', { method: 'POST', body: 'x' });
    await until(() => echo.seen.includes('POST /counted'));
    proxy.reset();

    await assert.rejects(lost, reset);
  });

  it('keeps an answer back until its end when it holds', async () => {
    proxy.setMode('hold');
    const pieces: string[] = [];
    const response = fetch(`${proxy.url}/slow/held`).then(async ({ body }) => {
      for await (const piece of body ?? []) pieces.push(Buffer.from(piece).toString());
    });
    await until(() => proxy.log({ path: 'held' })[0]?.status === 200);
    echo.finishSlow();
    await response;

    assert.deepEqual(pieces, ['first second']);
  });

  it('is met by each request of a connection that is kept alive', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await echo.ask('/first', { agent });
    proxy.setMode('refuse', { transport: 'http' });

    const second = await echo.ask('/second', { agent, method: 'POST', body: 'a body' });
    proxy.setMode('pass');
    const third = await echo.ask('/third', { agent, method: 'POST', body: 'x'.repeat(200_000) });
    agent.destroy();

    assert.equal(second.status, 403);
    assert.equal(third.body.length, 'hello '.length + 200_000);
  });
});

describe('what FaultProxy does to connections that live', () => {
  it('resets both sides', async () => {
    const socket = await echo.opened();
    const closed = once(socket, 'close');
    const seen = echo.serverSawClose();

    proxy.reset('websocket');

    assert.equal((await closed)[0], 1006);
    await seen;
  });

  it('cuts the client off while the server holds it for connected', async () => {
    const socket = await echo.opened();
    await echoOf(socket, 'before');
    const known = echo.serverSockets;
    const closed = once(socket, 'close');

    proxy.cutClients('websocket');
    await closed;
    await echoOf(await echo.opened(), 'after');

    assert.equal(echo.serverSockets, known + 1);
    assert.equal(proxy.counts.servers, proxy.counts.clients + 1);
  });

  it('drops frames while it swallows, and goes on after it', async () => {
    const socket = await echo.opened();
    proxy.setMode('swallow', { transport: 'websocket', to: 'existing' });
    socket.send('between');
    await echoOf(await echo.opened(), 'on another');
    proxy.setMode('pass');

    assert.equal(await echoOf(socket, 'afterwards'), 'echo afterwards');
    assert.ok(!echo.heard.includes('between'));
  });

  it('stays mute for what was blackholed, and lets new ones pass', async () => {
    const socket = await echo.opened();
    const frames: string[] = [];
    socket.on('message', (data: Buffer) => frames.push(data.toString()));
    proxy.setMode('blackhole');
    const arrived = proxy.nextUpgrade();
    const mute = echo.dial();
    await arrived;
    socket.send('into the dark');

    proxy.setMode('pass');
    socket.send('still dark');
    await echoOf(await echo.opened(), 'light');

    assert.deepEqual(frames, []);
    assert.deepEqual([socket.readyState, mute.readyState], [WebSocket.OPEN, WebSocket.CONNECTING]);
    assert.ok(!echo.heard.some((text) => text.includes('dark')));
  });

  it('does not tell the server of an end inside a blackhole', async () => {
    const socket = await echo.opened();
    const known = echo.serverSockets;
    proxy.setMode('blackhole');
    socket.terminate();
    await until(() => proxy.counts.webSockets === 0);
    proxy.setMode('pass');
    await echo.opened();

    assert.equal(echo.serverSockets, known + 1);
  });

  it('sends a text that the server never sent', async () => {
    const socket = await echo.opened();
    const text = nextText(socket);

    assert.equal(proxy.inject('null'), 1);
    assert.equal(await text, 'null');
    assert.equal(await echoOf(socket, 'goes on'), 'echo goes on');
  });

  it('loses exactly the next frame that matches', async () => {
    const socket = await echo.opened();
    const dropped = proxy.dropFrame('two');
    const frames: string[] = [];
    socket.on('message', (data: Buffer) => frames.push(data.toString()));

    for (const text of ['one', 'two', 'two again']) socket.send(text);
    await until(() => frames.length === 2);

    assert.deepEqual(frames, ['echo one', 'echo two again']);
    assert.equal(await dropped, true);
  });
});
