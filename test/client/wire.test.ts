import { expect } from '@open-wc/testing';
import { parseEvent } from '../../src/client/later/parse-event.js';
import { checkBaseURL, CLIENT_NAME, endpointFor, judge } from '../../src/client/wire.js';

const opening = {
  baseURL: 'https://chat.test/base',
  apiKey: 'key',
  user: { id: 'ada', name: 'Ada Ä' },
  token: 'h.p.s',
  newest: () => 'n.e.w',
};

describe('the words of the protocol', () => {
  describe('an endpoint', () => {
    it('of WebSocket carries everything in its query, in the order of the protocol', () => {
      const url = new URL(endpointFor('websocket', opening).url);

      expect(`${url.protocol}//${url.host}${url.pathname}`).to.equal('wss://chat.test/base/connect');
      expect([...url.searchParams.keys()]).to.deep.equal([
        'json',
        'api_key',
        'authorization',
        'stream-auth-type',
        'X-Stream-Client',
      ]);
      const payload = JSON.parse(url.searchParams.get('json')!) as Record<string, unknown>;
      expect(payload).to.deep.include({ user_id: 'ada', user_details: opening.user });
      expect(payload['client_request_id']).to.match(/^[0-9a-f-]{36}$/);
    });

    it('of long-polling keeps the token in a header, without Bearer', () => {
      const { url, headers } = endpointFor('longpoll', opening);

      expect(url)
        .to.match(/^https:\/\/chat\.test\/base\/longpoll\?/)
        .and.not.to.contain('h.p.s');
      expect(headers()).to.deep.equal({
        Authorization: 'n.e.w',
        'stream-auth-type': 'jwt',
        'X-Stream-Client': CLIENT_NAME,
      });
      expect(JSON.parse(new URL(url).searchParams.get('json')!)).to.not.have.property('client_request_id');
    });
  });

  describe('a base URL', () => {
    it('loses its trailing slash', () => {
      expect(checkBaseURL('http://127.0.0.1:8080/')).to.equal('http://127.0.0.1:8080');
    });

    it('is refused unless it is absolute and http', () => {
      for (const value of ['', '/chat', 'chat.test', 'ws://chat.test', 'javascript:alert(1)'])
        expect(() => checkBaseURL(value), value)
          .to.throw('starts with http:// or https://')
          .with.property('code', 'invalid-option');
    });
  });

  describe('a frame', () => {
    const refusal = (code: number) => judge({ error: { code, StatusCode: 401, message: 'no' } });

    it('greets when it is a health check with a connection id', () => {
      expect(judge({ type: 'health.check', connection_id: 'c' })).to.deep.equal({ kind: 'greeting' });
      expect(judge({ type: 'health.check' })).to.deep.equal({ kind: 'event' });
      expect(judge({ type: 'message.new', connection_id: 'c' })).to.deep.equal({ kind: 'event' });
    });

    it('asks for another token when the last has expired', () => {
      expect(refusal(40)).to.include({ kind: 'error', then: 'reauthorize' });
    });

    it('blocks for a refused token or key, and retries for what may pass', () => {
      for (const code of [2, 5, 41, 42, 43, 99])
        expect(refusal(code), `${code}`).to.include({ then: 'block' });
      for (const code of [-1, 9, 46, 71]) expect(refusal(code), `${code}`).to.include({ then: 'retry' });
    });

    it('says how long to wait, where its transport knows', () => {
      const verdict = judge({ error: { code: 71, message: 'no' }, retryAfterMs: 20_000 });

      expect(verdict).to.have.nested.property('error.retryAfterMs', 20_000);
    });

    it('without a code is no verdict for good', () => {
      expect(judge({ error: 'what?' })).to.include({ kind: 'error', then: 'retry' });
    });
  });

  describe('an event', () => {
    it('passes with the fields of its type, and passes when its type is unknown', () => {
      expect(parseEvent({ type: 'typing.start', user: { id: 'bob' } })).to.not.equal(undefined);
      expect(parseEvent({ type: 'brand.new' })).to.not.equal(undefined);
    });

    it('is dropped when a field of its type is missing', () => {
      for (const frame of [
        {},
        { type: 7 },
        { type: 'message.new' },
        { type: 'message.new', message: null },
        { type: 'message.deleted', message: { id: 'm' } },
        { type: 'typing.start', user: 'bob' },
        { type: 'message.read' },
        { type: 'member.added', user: null },
      ])
        expect(parseEvent(frame), JSON.stringify(frame)).to.equal(undefined);
    });
  });
});
