import { expect } from '@open-wc/testing';
import type { Channel } from '../../src/client/channel.js';
import type { Answer } from '../support/proxy/modes.js';
import { eventually } from '../support/rig/eventually.js';
import { HOSTS, NOTHING_WRONG, stages, TRANSPORTS, type Stage } from './stage.js';

const openStage = stages();

const WAIT_S = 30;
/** Lets pages of another origin read what the server says of its limits, as the server does. */
const EXPOSED = { 'access-control-expose-headers': 'Retry-After, X-RateLimit-Reset' };

const body = (code: number, StatusCode: number) => JSON.stringify({ code, StatusCode, message: 'Not now.' });
/** The window ends in half a minute, in whole seconds since 1970. */
const windowEnd = () => String(Math.ceil(Date.now() / 1_000) + WAIT_S);

/** How a server says that it wants to hear less, by code. */
const LIMITS: Record<string, () => Answer> = {
  9: () => ({ status: 429, body: body(9, 429), headers: { ...EXPOSED, 'x-ratelimit-reset': windowEnd() } }),
  60: () => ({ status: 403, body: body(60, 403), headers: { ...EXPOSED, 'retry-after': String(WAIT_S) } }),
  71: () => ({ status: 429, body: body(71, 429), headers: { ...EXPOSED, 'x-ratelimit-reset': windowEnd() } }),
};

const channelOf = ({ page, cid }: Stage): Channel => page.client.channels.find(cid) as Channel;

/** Attempts after number `since` that a visitor has caused. */
const posted = ({ rig }: Stage, since: number) =>
  rig.proxy.log({ method: 'POST', path: '/(message|event|read)\\?', since });

for (const transport of TRANSPORTS) {
  for (const code of [9, 60]) {
    describe(`F31 a message put off with code ${code} (${transport})`, () => {
      it('waits as long as the server says, and typing and read marks are left out meanwhile', async () => {
        const stage = await openStage({ on: transport });
        const { page, rig } = stage;
        const channel = channelOf(stage);
        await rig.proxy.addFault({ method: 'POST', path: '/message\\?', answer: LIMITS[code]?.() ?? {} });

        const sent = [channel.sendMessage({ text: 'First' }), channel.sendMessage({ text: 'Second' })];
        await eventually(() => page.client.quietMs > 0, 'the wish of the server');
        const { length: known } = await rig.proxy.log();
        await stage.produce(1);
        expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        channel.keystroke();
        const read = channel.markRead();
        page.sleeps(page.client.quietMs - 2_000);
        page.says('online');
        page.shows(true);
        await stage.produce(1);

        expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        expect(page.client.quietMs).to.be.above(0);
        expect(await posted(stage, known)).to.deep.equal([]);

        page.sleeps(page.client.quietMs);
        await Promise.all([...sent, read]);
        expect(await stage.stored()).to.deep.equal(['#1', '#2', 'First', 'Second']);
        expect(await page.texts()).to.deep.equal(await stage.stored());
        // What was typed is not told later.
        expect((await posted(stage, known)).filter(({ path }) => path.includes('/event'))).to.deep.equal([]);
      });
    });
  }
}

for (const code of [9, 71]) {
  describe(`F31 a connection put off with code ${code} (longpoll)`, () => {
    it('is tried again when the server says, no sooner', async () => {
      let known = 0;
      const stage = await openStage({
        before: async (proxy) => {
          known = (await proxy.log()).length;
          await proxy.addFault({ transport: 'longpoll', answer: LIMITS[code]?.() ?? {} });
        },
        open: () => ({ host: HOSTS.longpoll }),
      });
      const { page, rig } = stage;
      const told = () => page.client.state.value.connection;
      await eventually(() => told().retryAt && told().error?.apiCode === code, 'the wait that is asked for');
      const { retryAt = 0 } = told();

      page.sleeps(retryAt - page.clock - 2_000);
      page.says('online');
      page.shows(true);
      expect(page.clock).to.be.below(retryAt);
      expect(await rig.proxy.log({ transport: 'longpoll', since: known })).to.have.lengthOf(1);

      page.sleeps(2_000);
      await page.live('longpoll');
      await page.record();
      await stage.produce(5);
      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      expect(page.changes.map(({ status }) => status)).to.not.include('blocked');
    });
  });

  // A browser cannot read the headers of an upgrade: what is said in a frame names no time.
  describe(`F31 a connection ended with code ${code} (websocket)`, () => {
    it('comes back as a WebSocket, and nothing is missing', async () => {
      const stage = await openStage({ on: 'websocket' });
      const { page, rig } = stage;
      const since = page.changes.length;
      await stage.produce(10);

      const refusal = `{"type":"connection.error","connection_id":"","error":${body(code, 429)}}`;
      await rig.proxy.inject(refusal);
      await page.dropped(since);
      await page.live('websocket', since + 1);
      await stage.produce(10);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      const told = page.changes.slice(since);
      expect(told.map(({ transport }) => transport)).to.not.include('longpoll');
      expect(told.map(({ status }) => status)).to.not.include('blocked');
    });
  });
}

describe('F31 a connection ended while the page still asks for its channel (websocket)', () => {
  it('is followed by one that brings the channel', async () => {
    let known = 0;
    const stage = await openStage({
      before: async (proxy) => {
        known = (await proxy.log()).length;
        await proxy.setShape({ latencyMs: 300 }, 'http');
      },
    });
    const { page, rig } = stage;
    await page.live('websocket');
    const since = page.changes.length;

    await rig.proxy.nextRequest({ method: 'POST', path: '^/channels\\?', since: known });
    await rig.proxy.inject(`{"type":"connection.error","connection_id":"","error":${body(9, 429)}}`);
    await page.dropped(since);
    await rig.proxy.setShape({});
    await page.live('websocket', since + 1);
    await page.record();
    await stage.produce(5);

    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
  });
});
