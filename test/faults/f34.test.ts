import { expect } from '@open-wc/testing';
import type { TransportName } from '../../src/transport/transport.js';
import { eventually } from '../support/rig/eventually.js';
import { mostAtOnce, requestsOf, type SentRequest } from '../support/rig/requests.js';
import { NOTHING_WRONG, stages, TRANSPORTS, type Stage } from './stage.js';

const openStage = stages();

const CHANNELS = 200;
/** Of one query. */
const PAGE = 30;

/** A page that follows 200 channels: the one that it shows, and the list as somebody has scrolled through it. */
async function openBusyStage(on: TransportName): Promise<{ stage: Stage; cids: string[] }> {
  const stage = await openStage({ pages: 0 });
  const { rig, reader, cid } = stage;
  const more = Array.from({ length: CHANNELS - 1 }, () => rig.unique('many'));
  for (let at = 0; at < more.length; at += PAGE)
    await Promise.all(
      more
        .slice(at, at + PAGE)
        .map((id) =>
          rig.command(reader, 'POST', `/channels/messaging/${id}/query`, { data: { members: [reader] } }),
        ),
    );
  // Only now, or it would be told of each.
  const page = await stage.openPage({ on });
  // The first page last, since what is asked for last is the list.
  for (let offset = CHANNELS - (CHANNELS % PAGE); offset >= 0; offset -= PAGE)
    await page.client.queryChannels(undefined, [], { offset });
  return { stage, cids: [cid, ...more.map((id) => `messaging:${id}`)] };
}

const pagesIn = (sent: readonly SentRequest[]) => sent.filter(({ path }) => path === '/channels');

/** Which channels a query names; undefined for the list, which is asked for by its filter. */
const namedIn = ({ body }: SentRequest) =>
  (body['filter_conditions'] as { cid?: { $in: string[] } }).cid?.$in;

/** Says something in each of these channels. */
async function speak({ rig, reader }: Stage, cids: readonly string[]): Promise<void> {
  const message = { text: 'Is it watched?' };
  for (const cid of cids)
    await rig.command(reader, 'POST', `/channels/${cid.replace(':', '/')}/message`, { message });
}

for (const transport of TRANSPORTS) {
  describe(`F34 a new connection with ${CHANNELS} channels (${transport})`, () => {
    it('follows all of them again: the open one first, the others in pages, two at a time', async () => {
      const { stage, cids } = await openBusyStage(transport);
      const { page, rig, cid } = stage;
      await stage.begins();
      await page.carried(transport);
      const { connectionId } = page.client;
      const sent = requestsOf(page);

      await stage.breaks();
      await stage.produce(20);
      await eventually(
        () => page.client.isLive && page.client.connectionId !== connectionId,
        'a new connection',
      );

      const live = performance.now();
      const [first, list, ...others] = pagesIn(sent);
      if (!first?.ended || !list) throw new Error('It never asked for its channels.');
      await rig.measure(`F34 all ${transport}`, live - first.began, 5_000);
      await rig.measure(`F34 open channel ${transport}`, first.ended - first.began, 1_000);
      expect(namedIn(first)).to.deep.equal([cid]);
      expect(namedIn(list)).to.equal(undefined);
      expect(others.map((each) => namedIn(each)?.length)).to.deep.equal([30, 30, 30, 30, 30, 20]);
      expect(mostAtOnce([first, list])).to.equal(1);
      expect(mostAtOnce(others)).to.equal(2);

      const some = cids.filter((_, at) => at % 10 === 1);
      const heard: string[] = [];
      page.client.on('*', ({ type, cid: where = '' }) => {
        if (/message.?new/.test(type) && where !== cid) heard.push(`${type} ${where}`);
      });
      await speak(stage, some);
      await eventually(() => heard.length >= some.length, 'something from each channel');

      // Of a channel that is not watched another type of event would tell.
      expect(heard).to.deep.equal(some.map((each) => `message.new ${each}`));
      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
    });
  });
}
