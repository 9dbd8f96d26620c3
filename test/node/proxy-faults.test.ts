import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';
import { EchoBehindProxy } from '../support/echo.js';
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

describe('a fault for single requests', () => {
  it('cuts right before the first byte of an answer that the server has made', async () => {
    proxy.addFault({ method: 'POST', path: '/message$', cut: { after: 0 } });

    await assert.rejects(echo.ask('/message', { method: 'POST', body: 'x' }), { code: 'ECONNRESET' });

    assert.ok(echo.seen.includes('POST /message'));
    assert.equal((await echo.ask('/message', { method: 'POST', body: 'x' })).body, 'hello x');
  });

  it('cuts after so many bytes of the body', async () => {
    proxy.addFault({ path: '/part', cut: { after: 3, of: 'body' } });
    const sent = request(`${proxy.url}/part`, { agent: false });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let body = '';
    response.on('data', (chunk: Buffer) => (body += chunk.toString()));
    const [error] = (await once(response, 'error')) as [NodeJS.ErrnoException];

    assert.deepEqual([body, error.code], ['hel', 'ECONNRESET']);
  });

  it('cuts after so many bytes of the whole answer, in the midst of its head', async () => {
    proxy.addFault({ path: '/part', cut: { after: 20 } });

    await assert.rejects(echo.ask('/part'));
  });

  it('answers in the place of the server, as often as told', async () => {
    const html = '<html>Sign in to the airport</html>';
    proxy.addFault({ answer: { body: html, cors: false }, times: 2 });

    const answers = [await echo.ask('/portal'), await echo.ask('/portal'), await echo.ask('/portal')];

    assert.deepEqual(
      answers.map(({ body }) => body),
      [html, html, 'hello'],
    );
  });

  it('answers with status and headers', async () => {
    proxy.addFault({ path: 'limited', answer: { status: 429, body: '{}', headers: { 'retry-after': '2' } } });

    const response = await fetch(`${proxy.url}/limited`);

    assert.deepEqual([response.status, response.headers.get('retry-after')], [429, '2']);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
  });

  it('does not mean a preflight unless it says so', async () => {
    proxy.addFault({ path: '/message', mode: 'refuse' });

    assert.equal((await echo.ask('/message', { method: 'OPTIONS' })).status, 200);
    assert.equal((await echo.ask('/message')).status, 403);
  });

  it('gives an upgrade a web page', async () => {
    proxy.addFault({ transport: 'websocket', answer: { body: '<html>' } });

    const [, response] = (await once(echo.dial(), 'unexpected-response')) as [
      unknown,
      { statusCode: number },
    ];

    assert.equal(response.statusCode, 200);
  });

  it('is refused when its pattern is none', () => {
    assert.throws(() => proxy.addFault({ path: '(', mode: 'hang' }), SyntaxError);
  });
});

describe('the shape of the line', () => {
  it('delays each way, and the handshake of a connect', async () => {
    proxy.setShape({ latencyMs: 20 }, 'http');
    const started = performance.now();

    await echo.ask('/');

    // At least: what a machine under load adds is not looked at.
    assert.ok(performance.now() - started >= 75, 'two ways of 20 ms, and two for the handshake');
  });

  it('carries no more bytes in a second than told', async () => {
    proxy.setShape({ bytesPerSecond: 100_000 });
    const started = performance.now();

    const { body } = await echo.ask('/', { method: 'POST', body: 'x'.repeat(10_000) });

    assert.equal(body.length, 10_006);
    assert.ok(performance.now() - started >= 190, '10 kB up and 10 kB down at 100 kB/s');
  });

  it('keeps the order of frames while it delays', async () => {
    proxy.setShape({ latencyMs: 5, bytesPerSecond: 20_000 });
    const socket = await echo.opened();
    const sent = Array.from({ length: 30 }, (_, i) => String(i));
    const frames: string[] = [];
    const all = new Promise<void>((resolve) =>
      socket.on('message', (data: Buffer) => {
        frames.push(data.toString());
        if (frames.length === sent.length) resolve();
      }),
    );

    for (const text of sent) socket.send(text);
    await all;

    assert.deepEqual(
      frames,
      sent.map((text) => `echo ${text}`),
    );
  });

  it('kills what is idle, and not what talks', async () => {
    const idle = await echo.opened();
    proxy.setShape({ idleKillMs: 400 }, 'websocket');
    const talking = await echo.opened();
    const heard: string[] = [];
    talking.on('message', (data: Buffer) => heard.push(data.toString()));
    const talk = setInterval(() => talking.send('x'), 5);

    await once(idle, 'close');
    clearInterval(talk);
    talking.send('alive');

    await until(() => heard.at(-1) === 'echo alive'); // behind what was on its way
  });
});

describe('the log of attempts', () => {
  it('says what each met, over which transport, and without what is secret', async () => {
    const since = proxy.log().length;
    proxy.setMode('refuse', { transport: 'websocket' });
    await once(echo.dial(), 'unexpected-response');
    proxy.addFault({ transport: 'longpoll', answer: { status: 429 } });
    await echo.ask('/longpoll?authorization=secret&connection_id=c1&ack=3');
    await echo.ask('/plain?api_key=secret');

    const told = proxy
      .log({ since })
      .map(({ transport, method, path, met, status }) => [transport, method, path, met, status]);

    assert.deepEqual(told, [
      ['websocket', 'GET', '/', 'refuse', undefined],
      ['longpoll', 'GET', '/longpoll?ack=3&connection_id=c1', 'answer 429', undefined],
      ['http', 'GET', '/plain', 'pass', 200],
    ]);
  });

  it('can be waited for, from now on or from a line', async () => {
    const since = proxy.log().length;
    const next = proxy.nextRequest({ path: '/wanted' });
    await echo.ask('/other');
    await echo.ask('/wanted');

    assert.equal((await next).path, '/wanted');
    assert.equal((await proxy.nextRequest({ since })).path, '/other');
  });

  it('tells what came instead of what was waited for', async () => {
    const never = proxy.nextUpgrade({ withinMs: 30 });
    const failed = assert.rejects(
      never,
      /No attempt like .*websocket.* within 30 ms; there came: GET \/instead/,
    );
    await echo.ask('/instead');

    await failed;
  });

  it('counts open sockets', async () => {
    await until(() => proxy.counts.clients + proxy.counts.servers === 0);
    await echo.opened();

    const { clients, servers, webSockets } = proxy.counts;

    assert.deepEqual([webSockets, clients, servers], [1, 1, 1]);
  });
});

describe('a network that is another one', () => {
  it('leaves what is in use without a word, and ends what lies idle', async () => {
    const socket = await echo.opened();
    const agent = new Agent({ keepAlive: true });
    await echo.ask('/', { agent });
    assert.equal(proxy.counts.clients, 2);

    proxy.strand();
    socket.send('Is anybody there?');
    await until(() => proxy.counts.clients === 1);

    assert.deepEqual([(await echo.ask('/')).body, socket.readyState], ['hello', socket.OPEN]);
    assert.ok(!echo.heard.includes('Is anybody there?'));
    agent.destroy();
  });
});
