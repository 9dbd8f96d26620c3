import { expect } from '@open-wc/testing';
import { ChatError } from '../../src/errors.js';
import { createRequester, encodeQuery, type RequestOptions } from '../../src/transport/http.js';
import { fakeFetch, jsonAnswer, type FakeCall } from '../support/fake-fetch.js';
import { FakeHost, settled } from '../support/fake-host.js';

const SECRET = 'the-token';
const EXPIRED = { code: 40, StatusCode: 401, message: 'token is expired' };
const POST: RequestOptions = { method: 'POST', path: '/channels/messaging/general/message' };

interface Setup {
  host: FakeHost;
  calls: FakeCall[];
  renewed: string[];
  request: (options?: Partial<RequestOptions>) => Promise<unknown>;
  /** The error that a request ends with. */
  failure: (options?: Partial<RequestOptions>) => Promise<ChatError>;
}

function setUp(...answers: Parameters<typeof fakeFetch>): Setup {
  const host = new FakeHost();
  const { fetch, calls } = fakeFetch(...answers);
  host.fetch = fetch;
  const renewed: string[] = [];
  let token = SECRET;
  const requester = createRequester({
    host,
    baseURL: 'https://server.test',
    common: () =>
      Promise.resolve({ query: { user_id: 'ada', api_key: 'key' }, headers: { Authorization: token } }),
    renew: ({ headers }) => {
      renewed.push(headers['Authorization'] ?? '');
      token = `${token}+`;
      return Promise.resolve();
    },
  });
  const request: Setup['request'] = (options) => requester({ ...POST, ...options });
  const failure: Setup['failure'] = async (options) => {
    const error: unknown = await request(options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof ChatError)) throw new Error('The request did not fail with a ChatError.');
    return error;
  };
  return { host, calls, renewed, request, failure };
}

describe('encodeQuery', () => {
  it('writes the values as the protocol does', () => {
    const text = encodeQuery({ a: 'x y&z', b: true, c: 7, d: { e: [1] }, f: null, g: undefined, h: 'ü' });

    expect(text).to.equal('a=x%20y%26z&b=true&c=7&d=%7B%22e%22%3A%5B1%5D%7D&f=null&h=%C3%BC');
  });
});

describe('createRequester, a request', () => {
  it('goes to the path under the base URL with the common parameters first', async () => {
    const { request, calls } = setUp(jsonAnswer({}));

    await request({ query: { payload: { limit: 2 } } });

    expect(calls[0]?.url.href).to.equal(
      'https://server.test/channels/messaging/general/message?user_id=ada&api_key=key&payload=%7B%22limit%22%3A2%7D',
    );
    expect(calls[0]?.init.method).to.equal('POST');
  });

  it('lets its own parameters win over the common ones', async () => {
    const { request, calls } = setUp(jsonAnswer({}));

    await request({ query: { user_id: 'bob' } });

    expect(calls[0]?.url.search).to.equal('?user_id=bob&api_key=key');
  });

  it('carries the token, a fresh request id and its body as JSON, but no cookies', async () => {
    const { request, calls } = setUp(jsonAnswer({}));

    await request({ body: { message: { text: 'hi' } } });
    await request({ body: {} });

    expect(calls[0]?.headers).to.include({ Authorization: SECRET, 'Content-Type': 'application/json' });
    expect(calls[0]?.init.body).to.equal('{"message":{"text":"hi"}}');
    expect(calls[0]?.init.credentials).to.equal('omit');
    const ids = calls.map(({ headers }) => headers['x-client-request-id']);
    expect(ids[0]).to.match(/^[0-9a-f-]{36}$/);
    expect(ids[0]).not.to.equal(ids[1]);
  });

  it('names no content type without a body', async () => {
    const { request, calls } = setUp(jsonAnswer({}));

    await request({ method: 'GET' });

    expect(calls[0]?.headers).not.to.have.property('Content-Type');
    expect(calls[0]?.init.body).to.equal(undefined);
  });

  for (const status of [200, 201])
    it(`gives the body of a ${status}`, async () => {
      const { request, host } = setUp(jsonAnswer({ ok: true }, status));

      expect(await request()).to.deep.equal({ ok: true });
      expect(host.timers).to.equal(0);
    });

  it('waits for what it shares with all requests, and fails with it', async () => {
    const { fetch, calls } = fakeFetch(jsonAnswer({}));
    const refused = new ChatError('disconnected', 'ended');
    const host = Object.assign(new FakeHost(), { fetch });
    const requester = createRequester({
      host,
      baseURL: '',
      common: () => Promise.reject(refused),
      renew: () => Promise.resolve(),
    });

    const error: unknown = await requester(POST).catch((reason: unknown) => reason);

    expect(error).to.equal(refused);
    expect(calls).to.have.length(0);
  });
});

describe('createRequester, errors', () => {
  for (const [code, status, expected] of [
    [4, 400, 'invalid-input'],
    [2, 401, 'unknown-key'],
    [43, 401, 'token-rejected'],
    [17, 403, 'not-allowed'],
    [16, 404, 'not-found'],
    [22, 413, 'too-large'],
    [9, 429, 'rate-limited'],
    [-1, 500, 'server-error'],
    [1234, 503, 'server-error'],
    [1234, 400, 'refused'],
  ] as const)
    it(`calls code ${code} with status ${status} "${expected}"`, async () => {
      const { failure, calls } = setUp(jsonAnswer({ code, message: 'because' }, status));

      const error = await failure();

      expect(error).to.include({ code: expected, apiCode: code, status });
      expect(error.message).to.contain('because');
      expect(calls).to.have.length(1);
    });

  it('calls a watch on a connection that has ended "connection-unknown", though its code says bad input', async () => {
    const message = 'watch needs the connection_id of a live connection of yours.';
    const { failure } = setUp(jsonAnswer({ code: 4, message }, 400));

    const error = await failure();

    expect(error).to.include({ code: 'connection-unknown', apiCode: 4, retryable: true });
  });

  it('calls a failing network "network" and keeps the cause', async () => {
    const cause = new TypeError('Failed to fetch');
    const { failure, host } = setUp(cause);

    const error = await failure();

    expect(error.code).to.equal('network');
    expect(error.cause).to.equal(cause);
    expect(host.timers).to.equal(0);
  });

  it('calls an answer that breaks off "network"', async () => {
    const broken = new ReadableStream({ start: (stream) => stream.error(new TypeError('cut')) });
    const host = new FakeHost();
    host.fetch = () => Promise.resolve(new Response(broken));
    const requester = createRequester({
      host,
      baseURL: 'https://server.test',
      common: () => Promise.resolve({ query: {}, headers: {} }),
      renew: () => Promise.resolve(),
    });

    const error: unknown = await requester(POST).catch((reason: unknown) => reason);

    expect(error).to.include({ code: 'network' });
  });

  for (const [limit, options] of [
    [8_000, {}],
    [100, { timeoutMs: 100 }],
  ] as const)
    it(`calls ${limit} silent milliseconds "timeout" and gives the request up`, async () => {
      const { failure, host, calls } = setUp('silence');
      const failed = failure(options);
      await settled();

      host.tick(limit - 1);
      expect(calls[0]?.init.signal?.aborted).to.equal(false);
      host.tick(1);

      expect((await failed).code).to.equal('timeout');
      expect(calls[0]?.init.signal?.aborted).to.equal(true);
    });

  for (const [what, answer, code] of [
    ['HTML', new Response('<!doctype html>'), 'bad-response'],
    ['a JSON text that is no object', jsonAnswer('ok'), 'bad-response'],
    ['an HTML 404', new Response('<h1>', { status: 404 }), 'bad-response'],
    ['a JSON 400 of another kind', jsonAnswer({ error: 'x' }, 400), 'bad-response'],
    ['an HTML 502', new Response('<h1>', { status: 502 }), 'server-error'],
    ['a plain 429', new Response('slow down', { status: 429 }), 'rate-limited'],
  ] as const)
    it(`calls ${what} "${code}", with the status and a hint`, async () => {
      const { failure } = setUp(answer);

      const error = await failure();

      expect(error).to.include({ code, status: answer.status });
      expect(error.message).to.contain(`status ${answer.status}`).and.to.contain('base URL');
    });

  it('never names the query or the token', async () => {
    for (const answer of [new TypeError('no'), new Response('<html>'), 'silence'] as const) {
      const { failure, host } = setUp(answer);
      const failed = failure({ query: { payload: 'private' } });
      await settled();
      host.tick(8_000);

      const { message } = await failed;

      expect(message).to.contain('POST https://server.test/channels/messaging/general/message');
      expect(message).not.to.match(/\?|private|the-token/);
    }
  });

  it('ends with the reason it was given up for', async () => {
    const { failure, host } = setUp('silence');
    const aborter = new AbortController();
    const failed = failure({ signal: aborter.signal });
    await settled();
    const reason = new ChatError('disconnected', 'The user has left.');

    aborter.abort(reason);

    expect(await failed).to.equal(reason);
    expect(host.timers).to.equal(0);
  });

  it('leaves nothing on a signal that outlives it', async () => {
    const { request } = setUp(jsonAnswer({}));
    const { signal } = new AbortController();
    const listening = new Set<unknown>();
    signal.addEventListener = (_: string, listener: unknown) => void listening.add(listener);
    signal.removeEventListener = (_: string, listener: unknown) => void listening.delete(listener);

    await request({ signal });

    expect(listening.size).to.equal(0);
  });

  it('calls being given up for no reason "disconnected"', async () => {
    const { failure } = setUp('silence');

    const error = await failure({ signal: AbortSignal.abort() });

    expect(error.code).to.equal('disconnected');
  });
});

describe('createRequester, when to try again', () => {
  it('reads Retry-After', async () => {
    const { failure } = setUp(jsonAnswer({ code: 9 }, 429, { 'Retry-After': '3' }));

    expect((await failure()).retryAfterMs).to.equal(3_000);
  });

  it('reads when the window of a rate limit ends', async () => {
    const { failure, host } = setUp(jsonAnswer({ code: 9 }, 429, { 'X-RateLimit-Reset': '1020' }));

    expect((await failure()).retryAfterMs).to.equal(1_020_000 - host.now());
  });

  it('waits no longer than a window lasts, whatever the clock says', async () => {
    const { failure } = setUp(jsonAnswer({ code: 9 }, 429, { 'X-RateLimit-Reset': '9000' }));

    expect((await failure()).retryAfterMs).to.equal(60_000);
  });

  it('ignores a window that has ended by our clock', async () => {
    const { failure } = setUp(jsonAnswer({ code: 9 }, 429, { 'X-RateLimit-Reset': '900' }));

    expect((await failure()).retryAfterMs).to.equal(undefined);
  });

  it('ignores the window on other errors, where it says nothing', async () => {
    const { failure } = setUp(jsonAnswer({ code: 4 }, 400, { 'X-RateLimit-Reset': '1020' }));

    expect((await failure()).retryAfterMs).to.equal(undefined);
  });
});

describe('createRequester, an expired token', () => {
  it('is renewed once, and the request repeated with the new one', async () => {
    const { request, calls, renewed } = setUp(jsonAnswer(EXPIRED, 401), jsonAnswer({ ok: true }));

    expect(await request()).to.deep.equal({ ok: true });
    expect(renewed).to.deep.equal([SECRET]);
    expect(calls.map(({ headers }) => headers['Authorization'])).to.deep.equal([SECRET, `${SECRET}+`]);
  });

  it('is not renewed twice for one request', async () => {
    const { failure, calls, renewed } = setUp(jsonAnswer(EXPIRED, 401));

    expect((await failure()).code).to.equal('token-expired');
    expect(renewed).to.have.length(1);
    expect(calls).to.have.length(2);
  });

  it('ends the request when it cannot be renewed', async () => {
    const { fetch } = fakeFetch(jsonAnswer(EXPIRED, 401));
    const fixed = new ChatError('token-expired', 'A fixed token cannot be renewed.');
    const requester = createRequester({
      host: Object.assign(new FakeHost(), { fetch }),
      baseURL: 'https://server.test',
      common: () => Promise.resolve({ query: {}, headers: {} }),
      renew: () => Promise.reject(fixed),
    });

    const error: unknown = await requester(POST).catch((reason: unknown) => reason);

    expect(error).to.equal(fixed);
  });
});
