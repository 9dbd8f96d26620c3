import { expect } from '@open-wc/testing';
import { NOTHING_WRONG, stages, TRANSPORTS } from './stage.js';

const openStage = stages();

const PORTAL = '<!doctype html><title>Sign in to the airport</title>';
const HUGE = JSON.stringify({ type: 'no.such.event', text: 'x'.repeat(2_000_000) });
const GARBAGE = ['', 'null', '[]', '7', '"words"', '{"type":', '{}', '{"type":7}', PORTAL, HUGE];

describe('F18 garbage', () => {
  it('is dropped on a WebSocket', async () => {
    const stage = await openStage({ on: 'websocket' });
    const { page, rig } = stage;
    const since = page.changes.length;
    await stage.produce();

    for (const text of GARBAGE) expect(await rig.proxy.inject(text)).to.equal(1);
    await rig.produced();
    await stage.produce(20);

    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    expect(page.changes.slice(since)).to.deep.equal([]);
    expect(page.errors).to.deep.equal([]);
  });

  it('is dropped in the place of polls', async () => {
    const stage = await openStage({ on: 'longpoll' });
    const { page, rig } = stage;
    await stage.produce(30, 40);
    const bodies = ['null', '[]', '{"events":null}', '{"events":[null,7,{"type":7},{}]}', PORTAL, '{"eve'];

    for (const body of bodies) await rig.proxy.addFault({ transport: 'longpoll', answer: { body } });

    expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    expect(page.changes.map(({ status }) => status)).to.not.include('blocked');
    expect(page.errors).to.deep.equal([]);
  });
});

describe('F18 an event of an unknown type', () => {
  it('passes through to the page', async () => {
    const { page, rig } = await openStage({ on: 'websocket' });
    const heard = new Promise<object>((resolve) =>
      page.client.on('*', (event) => String(event.type) === 'no.such.event' && resolve(event)),
    );

    await rig.proxy.inject('{"type":"no.such.event","answer":42}');

    expect(await heard).to.include({ answer: 42 });
  });
});

for (const transport of TRANSPORTS) {
  describe(`F18 a captive portal in the place of everything (${transport})`, () => {
    it('signs nobody out', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig } = stage;
      const since = page.changes.length;

      await rig.proxy.addFault({ times: 0, answer: { body: PORTAL } });
      await rig.proxy.reset();
      await page.told('reconnecting', since);
      await stage.produce();
      await rig.proxy.clear();
      await page.live(transport, since + 1);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      expect(page.changes.map(({ status }) => status)).to.not.include('blocked');
      expect(page.errors).to.deep.equal([]);
    });
  });
}
