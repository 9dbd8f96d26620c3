import { expect } from '@open-wc/testing';
import type { ChatErrorCode } from '../../src/errors.js';
import { eventually } from '../support/rig/eventually.js';
import { HOSTS, NOTHING_WRONG, stages, TRANSPORTS, type Stage, type StageOptions } from './stage.js';

const openStage = stages();

const LIMIT_MS = 10_000;
const MAX_WAIT_MS = 30_000;
const LIFE_S = 120;
const HOUR_MS = 3_600_000;
/** After so many calls a test takes it that the provider is asked for ever. */
const OFTEN = 8;

type Ask = (stage: Stage) => Promise<string>;

const rejects: Ask = () => Promise.reject(new Error('The backend is away'));
const hangs: Ask = () => new Promise(() => undefined);
const returnsDeadToken: Ask = ({ rig, reader }) => rig.token(reader, { expSeconds: -3_600, iat: 1 });

/** How a provider fails, and what the page is told of it. */
const FAILURES: Record<string, { ask: Ask; code: ChatErrorCode }> = {
  rejects: { ask: rejects, code: 'network' },
  hangs: { ask: hangs, code: 'timeout' },
  'returns the same dead token': { ask: returnsDeadToken, code: 'token-expired' },
};

/** A page, and the provider of its tokens, which fails while it is told to. */
class Failing {
  readonly stage: Stage;
  calls = 0;
  ask: Ask | undefined;

  private constructor(stage: Stage, ask?: Ask) {
    this.stage = stage;
    this.ask = ask;
  }

  static async open(options: StageOptions, ask?: Ask): Promise<Failing> {
    let failing: Failing | undefined;
    await openStage({
      ...options,
      open: (stage) => {
        const made = (failing = new Failing(stage, ask));
        return { ...options.open?.(stage), tokenProvider: () => made.#provide() };
      },
    });
    return failing as Failing;
  }

  async #provide(): Promise<string> {
    this.calls++;
    const { rig, reader } = this.stage;
    return this.ask ? this.ask(this.stage) : rig.token(reader, { expSeconds: LIFE_S });
  }

  /** Lets the page's time go by until the provider is asked once more. @returns How long the page waited for that. */
  async again(): Promise<number> {
    const { calls } = this;
    const { page } = this.stage;
    let waited = 0;
    await eventually(() => {
      if (this.calls > calls) return true;
      const { retryAt } = page.client.state.value.connection;
      const leftMs = retryAt ? retryAt - page.clock : this.ask === hangs ? LIMIT_MS : 0;
      if (leftMs > 0) page.sleeps(leftMs);
      waited += Math.max(0, leftMs);
      return false;
    }, 'another call of the provider');
    return waited;
  }
}

for (const [how, { ask, code }] of Object.entries(FAILURES)) {
  describe(`F26 a token provider that ${how}`, () => {
    for (const transport of TRANSPORTS)
      it(`is asked for ever, ever less often, until there is a connection (${transport})`, async () => {
        const failing = await Failing.open({ open: () => ({ host: HOSTS[transport] }) }, ask);
        const { page, rig } = failing.stage;

        const waits: number[] = [];
        while (waits.length < OFTEN) waits.push(await failing.again());
        expect(Math.max(...waits.slice(3))).to.be.above(1_000);
        await rig.measure(
          `F26 longest wait, ${how} ${transport}`,
          Math.max(...waits),
          MAX_WAIT_MS + LIMIT_MS,
        );
        expect(page.chatErrors).to.include(code);
        expect(page.changes.map(({ status }) => status)).to.not.include('blocked');

        failing.ask = undefined;
        await failing.again();
        await page.live(transport);
        await page.record();
        await failing.stage.produce(5);
        expect(await failing.stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        expect(page.errors).to.deep.equal([]);
      });

    it('is asked no more once the page has disconnected', async () => {
      const failing = await Failing.open({}, ask);
      const { page, rig } = failing.stage;
      for (let i = 0; i < 3; i++) await failing.again();

      page.session.remove();
      await eventually(() => !page.session.client, 'the end of the session');
      const { calls } = failing;
      page.sleeps(HOUR_MS);
      await rig.proxy.state();
      page.sleeps(HOUR_MS);
      await rig.proxy.state();

      expect(failing.calls).to.equal(calls);
      expect(page.errors).to.deep.equal([]);
    });
  });
}

for (const transport of TRANSPORTS) {
  describe(`F26 a provider that fails while the page is live (${transport})`, () => {
    it('is asked ahead again and again, and costs no connection', async () => {
      const failing = await Failing.open({ on: transport });
      const { page } = failing.stage;
      const since = page.changes.length;
      const { calls } = failing;

      failing.ask = rejects;
      while (failing.calls < calls + 3) {
        // What is heard between the leaps keeps the connection out of doubt; longer ones would be taken for a sleep.
        await failing.stage.produce(1);
        expect(await failing.stage.wrongs()).to.deep.equal(NOTHING_WRONG);
        page.sleeps(3_500);
      }
      failing.ask = undefined;
      await failing.stage.produce(5);

      expect(await failing.stage.wrongs()).to.deep.equal(NOTHING_WRONG);
      expect(page.changes.slice(since)).to.deep.equal([]);
    });
  });
}
