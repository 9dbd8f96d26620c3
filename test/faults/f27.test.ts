import { expect } from '@open-wc/testing';
import type { TokenOptions } from '../support/rig/node-rig.js';
import type { Page } from '../support/rig/page.js';
import { eventually } from '../support/rig/eventually.js';
import { HOSTS, stages, TRANSPORTS, type Stage } from './stage.js';

const openStage = stages();

const HOUR_S = 3_600;
const DAY_MS = 24 * HOUR_S * 1_000;

type Ask = (stage: Stage) => Promise<string>;

/** In seconds since 1970. */
const tomorrow = () => Math.floor((Date.now() + DAY_MS) / 1_000);
const tokenWith =
  (options: () => TokenOptions): Ask =>
  ({ rig, reader }) =>
    rig.token(reader, options());

/** Has somebody else's signature. */
async function foreign({ rig, reader }: Stage): Promise<string> {
  const [head, claims] = (await rig.token(reader)).split('.');
  const [, , signature] = (await rig.token('somebody-else')).split('.');
  return [head, claims, signature].join('.');
}

/** Tokens that are refused for good, by the code that the server gives. */
const REFUSED: Record<string, Ask> = {
  41: tokenWith(() => ({ nbf: tomorrow() })),
  42: tokenWith(() => ({ iat: tomorrow() })),
  43: foreign,
};

/** Every sign at which a page that only waits would try again. Resolves when what they bring about is done. */
async function triesNothing({ page, rig }: Stage): Promise<void> {
  const { length: known } = await rig.proxy.log();
  page.says('online');
  page.shows(true);
  page.sleeps(DAY_MS);
  await rig.proxy.state();
  page.sleeps(DAY_MS);
  await rig.proxy.state();
  // Its own end is all that a poll may still tell.
  const tried = (await rig.proxy.log({ since: known })).filter(({ path }) => !path.includes('close='));
  expect(tried).to.deep.equal([]);
}

/** When the proxy saw the last attempt to connect, by `performance.now()`. */
async function lastTry({ rig }: Stage): Promise<number> {
  const tries = await rig.proxy.log({ method: 'GET', path: '^/(connect|longpoll)' });
  return (tries.at(-1)?.at ?? NaN) - performance.timeOrigin;
}

/** What stands in the place of a session that could not begin. */
const instead = ({ session }: Page): string =>
  session.shadowRoot?.querySelector('[part~="problem"]')?.textContent ?? '';

for (const transport of TRANSPORTS) {
  const host = HOSTS[transport];

  for (const [code, ask] of Object.entries(REFUSED)) {
    describe(`F27 a token refused for good with code ${code} (${transport})`, () => {
      it('blocks a page that begins, and is said instead of the chat', async () => {
        const stage = await openStage({ open: (stage) => ({ host, tokenProvider: () => ask(stage) }) });
        const { page, rig } = stage;
        const { at } = await page.told('blocked');
        await rig.measure(`F27 at first, code ${code} ${transport}`, at - (await lastTry(stage)), 1_000);

        await triesNothing(stage);
        expect(page.chatErrors).to.deep.equal(['token-rejected']);
        await eventually(
          () => instead(page).includes('You have been signed out'),
          'what the visitor is told',
        );
      });
    });
  }

  describe(`F27 a token refused for good while the page was live (${transport})`, () => {
    it('blocks the page, which keeps what it shows and says so above it', async () => {
      let good = true;
      const stage = await openStage({
        on: transport,
        open: (stage) => ({
          tokenProvider: () =>
            good ? stage.rig.token(stage.reader, { expSeconds: HOUR_S }) : foreign(stage),
        }),
      });
      const { page, rig } = stage;
      await stage.begins();
      const since = page.changes.length;

      good = false;
      await rig.proxy.setMode('reset');
      await rig.proxy.reset();
      await page.dropped(since);
      page.sleeps(DAY_MS);
      await rig.proxy.clear();
      page.sleeps(30_000);
      const { at } = await page.told('blocked', since);
      await rig.measure(`F27 was live ${transport}`, at - (await lastTry(stage)), 1_000);

      await triesNothing(stage);
      expect(page.chatErrors).to.include('token-rejected');
      await eventually(
        () => page.statusText().includes('You have been signed out'),
        'what the visitor is told',
      );
      expect(await page.texts()).to.deep.equal(['#1']);
    });
  });

  describe(`F27 a key that the server does not know (${transport})`, () => {
    it('blocks a page, and is said instead of the chat', async () => {
      const stage = await openStage({ open: () => ({ host, attributes: { 'api-key': 'unheard-of' } }) });
      const { page, rig } = stage;
      const { at } = await page.told('blocked');
      await rig.measure(`F27 at first, code 2 ${transport}`, at - (await lastTry(stage)), 1_000);

      await triesNothing(stage);
      expect(page.chatErrors).to.deep.equal(['unknown-key']);
      await eventually(() => instead(page).includes('Chat did not start'), 'what the visitor is told');
    });
  });
}
