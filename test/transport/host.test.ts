import { expect } from '@open-wc/testing';
import { browserHost, uuid } from '../../src/transport/host.js';
import { pageHost, type PageSignal } from '../../src/transport/page-host.js';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('browserHost', () => {
  it('gives the surroundings of the page', () => {
    const host = browserHost();

    expect(host.WebSocket).to.equal(WebSocket);
    expect(host.XMLHttpRequest).to.equal(XMLHttpRequest);
    expect(host.online()).to.equal(navigator.onLine);
    expect(host.visible()).to.equal(document.visibilityState !== 'hidden');
  });

  it('lets parts be replaced', () => {
    const host = browserHost({ WebSocket: undefined, random: () => 0.25 });

    expect(host.WebSocket).to.equal(undefined);
    expect(host.random()).to.equal(0.25);
    expect(host.XMLHttpRequest).to.equal(XMLHttpRequest);
  });

  it('runs timers, unless they are cleared', async () => {
    const host = browserHost();
    const ran: string[] = [];

    host.clearTimeout(host.setTimeout(() => ran.push('cleared'), 0));
    await new Promise<void>((resolve) => host.setTimeout(resolve, 0));

    expect(ran).to.deep.equal([]);
  });

  it('tells the signals of the page until it is told to stop', () => {
    const told: PageSignal[] = [];
    const stop = pageHost(browserHost()).onSignal((signal) => told.push(signal));
    const all = () => {
      window.dispatchEvent(new Event('offline'));
      window.dispatchEvent(new Event('online'));
      document.dispatchEvent(new Event('visibilitychange'));
    };

    all();
    stop();
    all();

    const shown = document.visibilityState === 'hidden' ? 'hidden' : 'visible';
    expect(told).to.deep.equal(['offline', 'online', shown]);
  });
});

describe('pageHost, a page put aside', () => {
  it('tells of every way to go and to come back', () => {
    const told: PageSignal[] = [];
    const stop = pageHost(browserHost()).onSignal((signal) => told.push(signal));

    for (const type of ['pagehide', 'pageshow']) window.dispatchEvent(new Event(type));
    for (const type of ['freeze', 'resume']) document.dispatchEvent(new Event(type));
    stop();

    expect(told).to.deep.equal(['suspend', 'resume', 'suspend', 'resume']);
  });
});

describe('uuid', () => {
  it('is a random UUID', () => {
    expect(uuid()).to.match(UUID_V4);
    expect(uuid()).not.to.equal(uuid());
  });

  it('is one on insecure pages, too', () => {
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });

    const many = Array.from({ length: 100 }, () => uuid());
    Reflect.deleteProperty(crypto, 'randomUUID');

    for (const one of many) expect(one).to.match(UUID_V4);
    expect(new Set(many).size).to.equal(100);
  });
});
