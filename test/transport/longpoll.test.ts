import { expect } from '@open-wc/testing';
import { browserHost } from '../../src/transport/host.js';
import { longPollTransport } from '../../src/transport/longpoll.js';
import type { Link } from '../../src/transport/transport.js';
import { FakeHost } from '../support/fake-host.js';
import { fakeXHR, type FakeRequest } from '../support/fake-xhr.js';
import { recordedLink } from '../support/recorded-link.js';

const ENDPOINT = {
  url: 'https://server.test/longpoll?user_id=ada&api_key=key&json=%7B%22user_id%22%3A%22ada%22%7D',
  headers: () => ({ Authorization: 'token' }),
};
const GREETING = { type: 'health.check', connection_id: 'c-1' };

class Poll {
  readonly host = new FakeHost();
  readonly requests: FakeRequest[];
  readonly link: Link;
  readonly told: unknown[];
  /** The frame whose handler closes the link. */
  closeAt: unknown;

  constructor() {
    const { XMLHttpRequest, requests } = fakeXHR();
    this.host.XMLHttpRequest = XMLHttpRequest;
    this.requests = requests;
    const { link, told } = recordedLink(longPollTransport(this.host), ENDPOINT, (what) => {
      if (this.closeAt && JSON.stringify(what) === JSON.stringify(this.closeAt)) this.link.close();
    });
    this.link = link;
    this.told = told;
  }

  /** The newest request. */
  get last(): FakeRequest {
    const request = this.requests.at(-1);
    if (!request) throw new Error('Nothing was requested.');
    return request;
  }

  get inFlight(): number {
    return this.requests.filter(({ sent, status, aborted }) => sent && !status && !aborted).length;
  }

  greeted(): this {
    this.last.answer({ event: GREETING, duration: '1ms' });
    this.host.tick(0);
    this.told.length = 0;
    return this;
  }
}

describe('longPollTransport, connecting', () => {
  it('asks once, with the address and the headers as given', () => {
    const { requests, last } = new Poll();

    expect(requests).to.have.length(1);
    expect(last.method).to.equal('GET');
    expect(last.url.href).to.equal(ENDPOINT.url);
    expect(last.headers).to.deep.equal(ENDPOINT.headers());
    expect(last.timeout).to.equal(8_000);
    expect(last.responseType).to.equal('json');
  });

  it('gives the event of the answer on', () => {
    const poll = new Poll();

    poll.last.answer({ event: GREETING, duration: '1ms' });
    poll.host.tick(0);

    expect(poll.told).to.deep.equal([GREETING]);
  });

  for (const [what, body] of [
    ['HTML', null],
    ['an answer without an event', {}],
    ['an event without a connection id', { event: { type: 'health.check' } }],
  ] as const)
    it(`calls ${what} garbage and closes`, () => {
      const poll = new Poll();

      poll.last.answer(body);
      poll.host.tick(0);

      expect(poll.told).to.deep.equal(['garbage', 'close']);
      expect(poll.requests).to.have.length(1);
    });

  it('gives a refusal on as a frame, then closes', () => {
    const poll = new Poll();
    const body = { code: 40, StatusCode: 401, message: 'expired' };

    poll.last.answer(body, 401);
    poll.host.tick(0);

    expect(poll.told).to.deep.equal([{ error: body, retryAfterMs: undefined }, 'close']);
  });

  it('gives on how long a refusal asks to wait', () => {
    const poll = new Poll();
    const body = { code: 71, StatusCode: 429, message: 'too many connections' };

    poll.last.answer(body, 429, { 'x-ratelimit-reset': String((poll.host.now() + 20_000) / 1000) });
    poll.host.tick(0);

    expect(poll.told).to.deep.equal([{ error: body, retryAfterMs: 20_000 }, 'close']);
  });

  it('calls a failure that is no JSON garbage and closes', () => {
    const poll = new Poll();

    poll.last.answer(null, 502);
    poll.host.tick(0);

    expect(poll.told).to.deep.equal(['garbage', 'close']);
  });

  for (const failure of ['fail', 'timeOut'] as const)
    it(`closes when the request does "${failure}"`, () => {
      const poll = new Poll();

      poll.last[failure]();
      poll.host.tick(0);

      expect(poll.told).to.deep.equal(['close']);
      expect(poll.requests).to.have.length(1);
    });

  it('closes where there is no XMLHttpRequest, but not before `open` has returned', () => {
    const host = new FakeHost();
    const { told } = recordedLink(longPollTransport(host), ENDPOINT);
    expect(told).to.deep.equal([]);

    host.tick(0);

    expect(told).to.deep.equal(['close']);
  });

  it('closes at an address that is none', () => {
    const host = new FakeHost();
    host.XMLHttpRequest = fakeXHR().XMLHttpRequest;
    const { told } = recordedLink(longPollTransport(host), { url: 'nowhere', headers: () => ({}) });

    host.tick(0);

    expect(told).to.deep.equal(['close']);
  });
});

describe('longPollTransport, polling', () => {
  it('polls at the same address without the payload, with the connection id', () => {
    const poll = new Poll().greeted();

    expect(poll.last.url.href).to.equal(
      'https://server.test/longpoll?user_id=ada&api_key=key&connection_id=c-1',
    );
    expect(poll.last.timeout).to.equal(27_000);
    expect(poll.last.headers).to.deep.equal(ENDPOINT.headers());
  });

  it('keeps one request in flight and its address constant', () => {
    const poll = new Poll().greeted();
    const { href } = poll.last.url;

    for (let i = 0; i < 5; i++) {
      poll.last.answer({ events: [{ type: 'x' }] });
      expect(poll.inFlight).to.equal(1);
      expect(poll.last.url.href).to.equal(href);
    }
  });

  it('gives a batch on in order, at once', () => {
    const poll = new Poll().greeted();

    poll.last.answer({ events: [{ n: 1 }, { n: 2 }, { n: 3 }] });
    poll.last.answer({ events: [{ n: 4 }] });

    expect(poll.told).to.deep.equal([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    expect(poll.host.timers).to.equal(0);
  });

  it('asks anew, saying what has arrived, when it is doubted', () => {
    const poll = new Poll().greeted();
    poll.last.answer({ events: [], ack: 7 });
    const held = poll.last;

    poll.link.send('');

    expect([held.aborted, poll.inFlight]).to.deep.equal([true, 1]);
    expect(poll.last.url.searchParams.get('ack')).to.equal('7');
  });

  it('tells of an idle answer', () => {
    const poll = new Poll().greeted();

    poll.last.answer({ events: [] });
    poll.host.tick(0);

    expect(poll.told).to.deep.equal(['heard']);
  });

  it('drops what is no object in a batch', () => {
    const poll = new Poll().greeted();

    poll.last.answer({ events: [null, { n: 1 }, 'x'] });
    poll.host.tick(0);

    expect(poll.told).to.deep.equal(['garbage', { n: 1 }, 'garbage']);
  });

  for (const failure of ['fail', 'timeOut'] as const)
    it(`repeats a poll that does "${failure}" at once, and closes when the next does too`, () => {
      const poll = new Poll().greeted();

      poll.last[failure]();
      poll.host.tick(0);
      expect(poll.told).to.deep.equal([]);
      poll.last[failure]();
      poll.host.tick(0);

      expect(poll.told).to.deep.equal(['close']);
      expect(poll.requests).to.have.length(3);
    });

  it('says what had arrived when it repeats a poll, and only then', () => {
    const poll = new Poll().greeted();
    const acks = () => poll.requests.map(({ url }) => url.searchParams.get('ack'));

    poll.last.fail();
    poll.last.answer({ events: [{ type: 'a' }], ack: 7 });
    poll.last.answer({ events: [], ack: 7 });
    poll.last.fail();

    expect(acks()).to.deep.equal([null, null, '0', null, null, '7']);
  });

  it('forgets a failure when the next poll is answered', () => {
    const poll = new Poll().greeted();

    for (let i = 0; i < 3; i++) {
      poll.last.fail();
      poll.last.answer({ events: [] });
    }
    poll.host.tick(0);

    expect(poll.told).to.deep.equal(['heard', 'heard', 'heard']);
  });

  it('counts garbage as a failure', () => {
    const poll = new Poll().greeted();

    poll.last.answer(null);
    poll.last.answer({ events: 'none' });
    poll.host.tick(0);

    expect(poll.told).to.deep.equal(['garbage', 'garbage', 'close']);
  });

  it('gives a refusal on after the events before it, then closes', () => {
    const poll = new Poll().greeted();
    const body = { code: 46, StatusCode: 400, message: 'unknown connection' };

    poll.last.answer({ events: [{ n: 1 }] });
    poll.last.answer(body, 400);
    poll.host.tick(0);

    expect(poll.told).to.deep.equal([{ n: 1 }, { error: body, retryAfterMs: undefined }, 'close']);
    expect(poll.inFlight).to.equal(0);
  });
});

describe('longPollTransport, closing', () => {
  it('aborts the poll, tells the server, and nobody else', () => {
    const poll = new Poll().greeted();
    const held = poll.last;

    poll.link.close();

    expect(held.aborted).to.equal(true);
    expect(poll.last.url.searchParams.get('close')).to.equal('true');
    expect(poll.last.url.searchParams.get('connection_id')).to.equal('c-1');
    expect(poll.last.timeout).to.equal(2_000);
  });

  for (const [what, happen] of [
    ['is answered', (request: FakeRequest) => request.answer({ events: [{ n: 1 }] })],
    ['is refused', (request: FakeRequest) => request.answer({ code: 46 }, 400)],
    ['fails', (request: FakeRequest) => request.fail()],
    ['runs out of time', (request: FakeRequest) => request.timeOut()],
  ] as const)
    it(`ignores that the closing request ${what}`, () => {
      const poll = new Poll().greeted();
      poll.link.close();

      happen(poll.last);
      poll.host.tick(0);

      expect(poll.told).to.deep.equal([]);
      expect(poll.requests).to.have.length(3);
    });

  it('ignores that the closing request cannot be made', () => {
    const poll = new Poll().greeted();
    poll.host.XMLHttpRequest = undefined;

    poll.link.close();

    expect(poll.told).to.deep.equal([]);
    expect(poll.host.timers).to.equal(0);
  });

  it('closes once', () => {
    const poll = new Poll().greeted();

    poll.link.close();
    poll.link.close();

    expect(poll.requests).to.have.length(3);
    expect(poll.last.aborted).to.equal(false);
  });

  it('drops the rest of a batch when a frame of it closes the link', () => {
    const poll = new Poll().greeted();
    poll.closeAt = { n: 1 };

    poll.last.answer({ events: [{ n: 1 }, { n: 2 }] });

    expect(poll.told).to.deep.equal([{ n: 1 }]);
    expect(poll.inFlight).to.equal(1); // that tells the server
  });

  it('has nothing to tell a server that never greeted', () => {
    const poll = new Poll();

    poll.link.close();

    expect(poll.requests).to.have.length(1);
    expect(poll.last.aborted).to.equal(true);
  });

  it('has nothing to tell a server that refused', () => {
    const poll = new Poll().greeted();
    poll.last.answer({ code: 46 }, 400);

    poll.link.close();

    expect(poll.requests).to.have.length(2);
  });
});

it('takes an HTML page for garbage through a real XMLHttpRequest', async () => {
  const { told } = await new Promise<ReturnType<typeof recordedLink>>((resolve) => {
    const url = location.href;
    const recorded = recordedLink(longPollTransport(browserHost()), { url, headers: () => ({}) }, (what) => {
      if (what === 'close') resolve(recorded);
    });
  });

  expect(told).to.deep.equal(['garbage', 'close']);
});
