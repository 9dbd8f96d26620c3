import { expect } from '@open-wc/testing';
import type { TransportName } from '../../src/transport/transport.js';
import { eventually } from '../support/rig/eventually.js';
import type { Holdings } from '../support/rig/page-browser.js';
import type { Page } from '../support/rig/page.js';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

const openStage = stages();

/**
 * How many times as fast the page's time goes, once it has opened its storage: that takes its own time, of which a
 * page gives it 3 s.
 */
const SPEED = 10;
const RECONNECTS = 15;
const MOVES = 60;
const ATTACHMENTS = 10;

/**
 * What the page holds once it has all that it needs: its transport, the lock on what it has not sent, and what watches
 * whether the visitor reads, which comes with the first message.
 */
async function settled(page: Page, transport: TransportName): Promise<Holdings> {
  const polls = transport === 'longpoll' ? 1 : 0;
  let seen: Holdings | undefined;
  const all = eventually(async () => {
    const held = (seen = await page.holdings());
    const { webSockets, requests, locks } = held;
    const whole = webSockets === 1 - polls && requests === polls && locks === 1 + polls;
    return whole && page.listensTo('focus') ? held : undefined;
  }, 'a page that has all it needs');
  return all.catch((error: unknown) => {
    const held = JSON.stringify({ ...seen, listens: page.listensTo('focus') });
    throw new Error(`${String(error)}. It held ${held}; its connection: ${page.history}.`, { cause: error });
  });
}

/** What a page without a session holds. A socket that was closed is gone a moment later. */
async function nothingOpen(page: Page): Promise<Holdings | undefined> {
  const held = await page.holdings();
  return held.locks || held.webSockets ? undefined : held;
}

/** Waits until the page holds no more than it did. Less it may: something short may have been due before. */
async function backTo(page: Page, before: Holdings): Promise<void> {
  let now: Holdings | undefined;
  const noMore = async () => {
    const held = (now = await page.holdings());
    return (Object.keys(before) as (keyof Holdings)[]).every((what) => held[what] <= before[what]);
  };
  await eventually(noMore, 'no more than before', 10_000).catch(() => {
    expect(now, 'what has grown').to.deep.equal(before);
  });
}

/** Another connection, which is complete. */
async function reconnected({ client }: Page, before: string | undefined): Promise<void> {
  await eventually(() => client.isLive && client.connectionId !== before, 'a new connection');
}

for (const transport of TRANSPORTS) {
  describe(`F40 what a page holds (${transport})`, () => {
    it(`is the same after ${RECONNECTS} reconnects`, async () => {
      const stage = await openStage({ on: transport });
      const { page } = stage;
      await stage.begins();
      const before = await settled(page, transport);
      page.paces(SPEED);

      for (let i = 0; i < RECONNECTS; i++) {
        const { connectionId } = page.client;
        await stage.breaks();
        await reconnected(page, connectionId);
      }
      await stage.produce(1);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      await backTo(page, before);
    });

    it(`is the same after ${MOVES} moves in the page, and so is its connection`, async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      await stage.begins();
      const before = await settled(page, transport);
      const { connectionId } = page.client;
      const { length: since } = page.changes;
      const { body } = page.window.document;
      const places = [body, body.appendChild(page.window.document.createElement('section'))];
      const { length: tried } = await rig.proxy.log();

      for (let i = 1; i <= MOVES; i++) {
        places[i % 2]?.append(page.session);
        // Every other time the page goes on in between.
        if (i % 4 < 2) await new Promise((resolve) => page.window.setTimeout(resolve));
      }
      await stage.produce(1);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      await backTo(page, before);
      expect(page.client.connectionId).to.equal(connectionId);
      expect(page.changes.slice(since)).to.deep.equal([]);
      expect(await rig.proxy.log({ transport: 'websocket', since: tried })).to.deep.equal([]);
    });

    it(`is the same after ${ATTACHMENTS} times out of the page and in again, and nothing in the end`, async () => {
      const stage = await openStage({ on: transport });
      const { page } = stage;
      await stage.begins();
      const { session } = page;
      const { body } = page.window.document;
      const before = await settled(page, transport);
      let without: Holdings | undefined;
      page.paces(SPEED);

      for (let i = 0; i < ATTACHMENTS; i++) {
        session.remove();
        await eventually(() => !session.client, 'a session that has ended');
        const left = await eventually(() => nothingOpen(page), 'no lock and no socket');
        without ??= left;
        body.append(session);
        await eventually(() => session.client?.isLive, 'a session that has begun');
      }
      await backTo(page, before);
      session.remove();

      await eventually(() => !session.client, 'a session that has ended');
      expect(without).to.include({ timers: 0 });
      await backTo(page, without as Holdings);
    });
  });
}
