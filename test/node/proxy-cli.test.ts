import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { pageAddress, readPorts, startProxy } from '../support/proxy/cli.js';
import { ProxyControl } from '../support/proxy/control.js';
import { FaultProxy } from '../support/proxy/fault-proxy.js';

describe('the arguments of npm run proxy', () => {
  const understood: [args: string[], ports: object][] = [
    [[], { target: 8080, port: 8090, control: 8091 }],
    [['--port', '9000'], { target: 8080, port: 9000, control: 9001 }],
    [['--target=3000', '--port=3001', '--control=3009'], { target: 3000, port: 3001, control: 3009 }],
  ];
  for (const [args, ports] of understood)
    it(`may be ${args.join(' ') || 'left out'}`, () => {
      assert.deepEqual(readPorts(args), ports);
    });

  it('may ask for help', () => {
    assert.equal(readPorts(['--port', 'x', '--help']), 'help');
  });

  const refused: [args: string[], words: RegExp][] = [
    [['--port', 'abc'], /--port takes a port from 1 to 65535; got "abc"\. For example: --port 8090/],
    [['--port', '0'], /got "0"/],
    [['--port', '8090.5'], /got "8090\.5"/],
    [['--target=65536'], /--target takes a port from 1 to 65535; got "65536"/],
    [['--control'], /--control takes a port from 1 to 65535; got nothing/],
    [['--port', '--target'], /got "--target"/],
    [['--prot', '8090'], /There is no option --prot\. See npm run proxy -- --help\./],
    [['8090'], /There is no option 8090/],
    [['--port', '8080'], /got one for the proxy and the server: --target 8080 --port 8080 --control 8081/],
    [['--control', '8090'], /got one for the controls and the proxy/],
    [['--port', '65535'], /--control is one after --port, 65536: name another one/],
  ];
  for (const [args, words] of refused)
    it(`may not be ${args.join(' ')}`, () => {
      assert.throws(() => readPorts(args), words);
    });

  it('are in the address of the page only where they have to be', () => {
    assert.equal(
      pageAddress({ target: 8080, port: 8090, control: 8091 }),
      'http://127.0.0.1:8080/faults.html',
    );
    assert.equal(
      pageAddress({ target: 80, port: 81, control: 82 }),
      'http://127.0.0.1:80/faults.html?proxy=81&control=82',
    );
  });
});

describe('npm run proxy', () => {
  it('says which port is taken and how to take another', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const { port } = busy.address() as AddressInfo;

    try {
      const starting = startProxy({ target: 1, port, control: port + 1 }, () => undefined);

      await assert.rejects(starting, { message: new RegExp(`Port ${port} on 127.0.0.1 is taken.*--port`) });
    } finally {
      busy.close();
    }
  });

  it('says where it listens, and that no server is there yet', async () => {
    const said: string[] = [];
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();

    const close = await startProxy({ target: 1, port, control: port + 1 }, (text) => said.push(text));
    await close();

    assert.match(said.join('\n'), new RegExp(`http://127.0.0.1:${port}`));
    assert.match(said.at(-1) ?? '', /Nothing answers on 127\.0\.0\.1:1 yet/);
  });
});

describe('the controls of the proxy', () => {
  let proxy: FaultProxy;
  let control: ProxyControl;

  before(async () => {
    proxy = await FaultProxy.start(1);
    control = await ProxyControl.start(proxy, { target: 1 });
  });

  after(async () => {
    await control.close();
    await proxy.close();
  });

  async function call(name: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${control.url}/${name}`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body ?? []),
    });
    return { status: response.status, headers: response.headers, reply: (await response.json()) as unknown };
  }

  it('switch a mode', async () => {
    const { status, reply } = await call('setMode', ['hang', { transport: 'websocket' }]);

    assert.deepEqual({ status, reply }, { status: 200, reply: { value: null } });
    assert.deepEqual(proxy.state.modes, { websocket: 'hang', longpoll: 'pass', http: 'pass' });
  });

  it('shape the line, add a fault, and clear both', async () => {
    await call('setShape', [{ latencyMs: 5 }, 'longpoll']);
    await call('addFault', [{ method: 'POST', path: '/message', cut: { after: 0 } }]);
    assert.deepEqual(proxy.state.shapes.longpoll, { latencyMs: 5 });
    assert.deepEqual(proxy.state.faults, [{ method: 'POST', path: '/message', cut: { after: 0 } }]);

    await call('clear');

    assert.deepEqual(proxy.state.shapes.longpoll, {});
    assert.deepEqual(proxy.state.faults, []);
  });

  it('tell of the state to a GET too', async () => {
    const response = await fetch(`${control.url}/state`);
    const { value } = (await response.json()) as { value: object };

    assert.deepEqual(
      { ...value },
      { ...proxy.state, url: proxy.url, target: 1, attempts: proxy.log().length },
    );
  });

  it('tell what has come since', async () => {
    await fetch(`${proxy.url}/one`).catch(() => undefined);
    await fetch(`${proxy.url}/two`).catch(() => undefined);

    const { reply } = await call('log', [{ since: 1 }]);

    const paths = (reply as { value: { path: string }[] }).value.map(({ path }) => path);
    assert.deepEqual(paths, ['/two']);
  });

  const refused: [name: string, body: unknown, words: RegExp][] = [
    ['setMode', ['explode'], /A mode is one of pass, reset, .*; got "explode"/],
    ['setMode', [], /A mode is one of .*; got nothing/],
    ['setMode', ['hang', { transport: 'smoke' }], /A transport is one of .*; got "smoke"/],
    ['setMode', ['hang', { trnsport: 'http' }], /no fields but transport, to; got "trnsport"/],
    ['setMode', ['hang', { to: 'all' }], /hang is for new requests/],
    ['setShape', [{ latencyMs: '5' }], /latencyMs is a whole number from 0 on; got "5"/],
    ['addFault', [{}], /exactly one of mode, answer and cut; got 0/],
    ['addFault', [{ cut: {} }], /after how many bytes/],
    ['addFault', [{ answer: { status: 42 } }], /status of an answer is from 200 to 599; got 42/],
    ['addFault', [{ answer: { headers: { a: 'b\r\nc' } } }], /A header is a name and one line/],
    ['addFault', [{ mode: 'hang', path: '(' }], /regular expression/i],
    ['reset', ['everything'], /A transport is one of/],
    ['reset', '{"not": "an array"}', /Arguments come as a JSON array, as in \["hang"\]; got \{"not"/],
    ['reset', 'no JSON', /got no JSON/],
  ];
  for (const [name, body, words] of refused)
    it(`refuse ${name} ${JSON.stringify(body)}`, async () => {
      const { status, reply } = await call(name, body);

      assert.equal(status, 400);
      assert.match((reply as { error: string }).error, words);
    });

  for (const name of ['explode', 'constructor', 'close'])
    it(`know no call ${name}`, async () => {
      const { status, reply } = await call(name);

      assert.equal(status, 404);
      assert.match((reply as { error: string }).error, /POST to one of: state, log, setMode/);
    });

  it('are open to pages of this machine', async () => {
    const { headers } = await call('state', [], { origin: 'http://localhost:8080' });

    assert.equal(headers.get('access-control-allow-origin'), 'http://localhost:8080');
  });

  for (const origin of ['https://evil.example', 'http://localhost.evil.example', 'null'])
    it(`are closed to a page of ${origin}`, async () => {
      const { status, headers } = await call('setMode', ['hang'], { origin });

      assert.equal(status, 403);
      assert.equal(headers.get('access-control-allow-origin'), null);
      assert.equal(proxy.state.modes.http, 'pass');
    });

  it('are closed to a foreign name that leads to this machine', async () => {
    const asking = httpRequest(`${control.url}/state`, { headers: { host: 'evil.example' } }).end();
    const [response] = (await once(asking, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();

    assert.equal(response.statusCode, 403);
  });
});
