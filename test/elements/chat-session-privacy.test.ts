import { expect, html } from '@open-wc/testing';
import '../../src/index.js';
import { type FakeService, refuse, tokenOf } from '../support/fake-service.js';
import { eventually, live, mount, newService, nextError } from '../support/test-session.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';

before(fetchAll);

const ADA = tokenOf('ada');
const BASE = 'https://chat.test';

describe('<chat-session> and its secrets', () => {
  let service: FakeService;

  beforeEach(() => {
    service = newService();
  });

  const adaSession = () =>
    mount(html`<test-session api-key="key" base-url=${BASE} user="ada" token=${ADA}></test-session>`);

  describe('privacy', () => {
    const requests = () => service.requests.filter(({ path }) => path === '/users').map(({ body }) => body);
    const set = (privacy_settings: object) => ({ users: [{ id: 'ada', set: { privacy_settings } }] });

    it('hands the switches that are off over at connect', async () => {
      await live(
        await mount(
          html`<test-session
            api-key="key"
            base-url=${BASE}
            user="ada"
            .token=${ADA}
            no-typing-indicators
            no-read-receipts
          ></test-session>`,
        ),
      );

      expect(service.connects[0]?.user.privacy_settings).to.deep.equal({
        typing_indicators: { enabled: false },
        read_receipts: { enabled: false },
      });
      expect(requests()).to.deep.equal([]);
    });

    it('says nothing of switches that are on, so that what is stored stays', async () => {
      await live(await adaSession());

      expect(service.connects[0]?.user).not.to.have.property('privacy_settings');
    });

    it('hands a change over while connected, in both directions', async () => {
      const session = await adaSession();
      await live(session);

      session.noReadReceipts = true;
      await eventually(() => requests().length === 1);
      session.noReadReceipts = false;
      await eventually(() => requests().length === 2);

      expect(requests()).to.deep.equal([
        set({ read_receipts: { enabled: false } }),
        set({ read_receipts: { enabled: true } }),
      ]);
      expect(service.connects).to.have.length(1);
    });

    it('tells when the server refuses a change', async () => {
      const session = await adaSession();
      await live(session);
      service.answer = ({ path }) => (path === '/users' ? refuse(17, 403) : undefined);

      setTimeout(() => (session.noTypingIndicators = true));
      const error = await nextError(session);

      expect(error.code).to.equal('not-allowed');
    });
  });

  describe('token-url', () => {
    const { fetch } = globalThis;
    let asked: { url: URL; init: RequestInit | undefined }[];

    beforeEach(() => {
      asked = [];
    });
    afterEach(() => {
      globalThis.fetch = fetch;
    });

    const answering = (answer: () => Response) => {
      globalThis.fetch = (input, init) => {
        asked.push({ url: new URL(input as URL), init });
        return Promise.resolve(answer());
      };
    };
    const urlSession = () =>
      mount(html`<test-session api-key="key" base-url=${BASE} user="ada" token-url="/token"></test-session>`);

    it("asks the page's own backend, with its credentials, for this user", async () => {
      answering(() => Response.json({ token: ADA }));
      await live(await urlSession());

      expect(asked[0]?.url.href).to.equal(`${location.origin}/token?user_id=ada`);
      expect(asked[0]?.init?.credentials).to.equal('include');
      expect(service.connects[0]?.token).to.equal(ADA);
    });

    it('takes plain text as well', async () => {
      answering(() => new Response(`${ADA}\n`));
      await live(await urlSession());

      expect(service.connects[0]?.token).to.equal(ADA);
    });

    it('asks again when the token has expired', async () => {
      answering(() => Response.json({ token: tokenOf('ada', asked.length) }));
      const session = await urlSession();
      service.refusal = { code: 40, message: 'expired', StatusCode: 401 };
      await eventually(() => service.connects.length > 0);
      service.refusal = undefined;
      await live(session);

      expect(asked.length).to.be.greaterThan(1);
      expect(service.connects.at(-1)?.token).to.equal(tokenOf('ada', asked.length));
    });

    for (const [what, answer] of [
      ['a page of HTML', () => new Response('<!doctype html><p>Please log in')],
      ['an error status', () => new Response('no', { status: 500 })],
      ['JSON without a token', () => Response.json({ jwt: ADA })],
    ] as const)
      it(`refuses ${what}, without repeating it`, async () => {
        answering(answer);
        const session = await urlSession();
        const error = await nextError(session);

        expect(error.code).to.equal('bad-response');
        expect(error.message).not.to.contain('log in').and.not.to.contain(ADA);
        expect(service.connects).to.have.length(0);
      });
  });
});
