import { expect } from '@open-wc/testing';
import type { TransportName } from '../../src/transport/transport.js';
import { eventually } from '../support/rig/eventually.js';
import { NOTHING_WRONG, stages, TRANSPORTS, type Stage } from './stage.js';
import { expiryOf, Tokens } from './tokens.js';

const openStage = stages();

const LIFE_S = 300;
const AHEAD_MS = 60_000;
const HOUR_MS = 3_600_000;

/** What the page's clock is ahead of the server's. */
const WRONG_BY = { websocket: HOUR_MS, longpoll: -HOUR_MS };

/** Requests for one message, which a page makes none of by itself. */
const ASKING = { method: 'GET', path: '^/messages/' };
/** The server calls its token expired. */
const EXPIRED = {
  status: 401,
  body: '{"code":40,"message":"JWTAuth error: token is expired (exp)","StatusCode":401}',
};

/** Says something. @returns Has the page ask for that message. */
async function asking({ page, rig, reader, cid }: Stage): Promise<() => Promise<unknown>> {
  const path = `/channels/${cid.replace(':', '/')}/message`;
  const answer = await rig.command(reader, 'POST', path, { message: { text: 'Asked for' } });
  const { message } = answer as { message: { id: string } };
  return () => page.client.request({ method: 'GET', path: `/messages/${message.id}` });
}

interface Live {
  stage: Stage;
  given: Tokens['given'];
  /** The next tokens are given when this is over. */
  hold(until: Promise<unknown>): void;
}

async function live(on: TransportName, clock = 0): Promise<Live> {
  let given: Tokens['given'] = [];
  let held: Promise<unknown> = Promise.resolve();
  const stage = await openStage({
    on,
    open: (opening) => {
      const tokens = new Tokens(opening, LIFE_S);
      ({ given } = tokens);
      const tokenProvider = () => held.then(() => tokens.provide());
      return { host: { clock: String(clock) }, tokenProvider };
    },
  });
  return { stage, given, hold: (until) => void (held = until) };
}

for (const transport of TRANSPORTS) {
  describe(`F24 a token that expires while it is in use (${transport})`, () => {
    it('is renewed a minute ahead by the time of the server, without a drop', async () => {
      const wrongBy = WRONG_BY[transport];
      const { stage, given } = await live(transport, wrongBy);
      const { page } = stage;
      await stage.produce(5);
      await stage.wrongs();
      const since = page.changes.length;

      const due = expiryOf(given[0]?.token ?? '') - AHEAD_MS + wrongBy;
      page.sleeps(due - page.clock - 1_000);
      const { at = 0 } = await eventually(() => given[1], 'a new token');
      await stage.produce(5);

      expect(await stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      expect(given).to.have.lengthOf(2);
      // How the page knows the time of the server has the latency of one greeting in it.
      expect(at - due).to.be.above(-1_000);
      await stage.rig.measure(`F24 after it was due ${transport}`, at - due, 1_000);
      expect(page.changes.slice(since)).to.deep.equal([]);
    });

    it('is renewed once for all requests that it fails, and these are sent once more', async () => {
      const { stage, given, hold } = await live(transport);
      const { page, rig } = stage;
      const ask = await asking(stage);
      const since = page.changes.length;
      const { length: known } = await rig.proxy.log();

      await rig.proxy.addFault({ ...ASKING, answer: EXPIRED, times: 3 });
      // Else a quick renewal would send one of them again before the last has been refused.
      const refused = async () => (await rig.proxy.log({ ...ASKING, since: known })).length === 3;
      hold(eventually(refused, 'three refusals'));
      await Promise.all([ask(), ask(), ask()]);

      const met = (await rig.proxy.log({ ...ASKING, since: known })).map((attempt) => attempt.met).toSorted();
      expect(met.join()).to.equal('answer 401,answer 401,answer 401,pass,pass,pass');
      expect(given).to.have.lengthOf(2);
      expect(page.changes.slice(since)).to.deep.equal([]);
    });

    it('is not renewed twice for one request', async () => {
      const { stage, given } = await live(transport);
      const { rig } = stage;
      const ask = await asking(stage);
      const { length: known } = await rig.proxy.log();

      await rig.proxy.addFault({ ...ASKING, answer: EXPIRED, times: 0 });
      const refused = await ask().catch(({ code }: { code: string }) => code);

      expect(refused).to.equal('token-expired');
      expect(await rig.proxy.log({ ...ASKING, since: known })).to.have.lengthOf(2);
      expect(given).to.have.lengthOf(2);
    });
  });
}
