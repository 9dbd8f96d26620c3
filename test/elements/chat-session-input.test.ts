import { expect, html } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import '../../src/index.js';
import type { ChatErrorEvent } from '../../src/elements/events.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { type FakeService, tokenOf } from '../support/fake-service.js';
import { response } from '../support/fixtures.js';
import {
  eventually,
  nextError,
  inner,
  live,
  mount,
  newService,
  nextTask,
  text,
  type TestSession,
} from '../support/test-session.js';

before(fetchAll);

const ADA = tokenOf('ada');
const BASE = 'https://chat.test';

/** What visitors must never read. */
const JARGON = /token|api|key|json|http|socket|server|undefined|\[object/i;

describe('<chat-session> given bad input', () => {
  let service: FakeService;
  let errors: ChatErrorEvent['error'][];

  beforeEach(() => {
    service = newService();
    errors = [];
  });

  // Around the session, so that it hears what is told before the session is drawn.
  function mountHearing(template: TemplateResult): Promise<TestSession> {
    const around = document.createElement('div');
    around.addEventListener('chat-error', (event) => errors.push(event.error));
    return mount(template, around);
  }

  const settings: [string, TemplateResult, string, RegExp][] = [
    [
      'no api key',
      html`<test-session base-url=${BASE} user="ada" token=${ADA}></test-session>`,
      'invalid-option',
      /api-key/,
    ],
    [
      'user JSON that is none',
      html`<test-session api-key="key" user='{"id": "ada",}' token=${ADA}></test-session>`,
      'invalid-user',
      /JSON.*\{\\"id\\": \\"ada\\",\}.*Write/,
    ],
    [
      'a user id with other characters',
      html`<test-session api-key="key" user="ada lovelace" token=${ADA}></test-session>`,
      'invalid-user',
      /ada lovelace/,
    ],
    [
      'a user object over 5 KB',
      html`<test-session
        api-key="key"
        .user=${{ id: 'ada', note: 'x'.repeat(6000) }}
        token=${ADA}
      ></test-session>`,
      'invalid-user',
      /5120 bytes/,
    ],
    [
      'a token but no user',
      html`<test-session api-key="key" token=${ADA}></test-session>`,
      'invalid-user',
      /id/,
    ],
    [
      'a user but no token',
      html`<test-session api-key="key" user="ada"></test-session>`,
      'invalid-token',
      /token-url/,
    ],
    [
      'a token of another user',
      html`<test-session api-key="key" user="ada" token=${tokenOf('bob')}></test-session>`,
      'invalid-token',
      /"ada".*"bob"/,
    ],
    [
      'a base URL that is none',
      html`<test-session api-key="key" base-url="ftp://chat" user="ada" token=${ADA}></test-session>`,
      'invalid-option',
      /base-url.*ftp:/,
    ],
    [
      'a token URL that is none',
      html`<test-session api-key="key" user="ada" token-url="http://"></test-session>`,
      'invalid-option',
      /token-url/,
    ],
  ];

  for (const [what, template, code, says] of settings)
    it(`tells visitors calmly and the page exactly of ${what}`, async () => {
      const session = await mountHearing(template);
      await eventually(() => text(session).includes('Chat did not start'));

      expect(errors.map((error) => error.code)).to.deep.equal([code]);
      expect(errors[0]?.message).to.match(says);
      expect(text(session)).not.to.match(JARGON);
      expect(service.connects).to.have.length(0);
      await expect(session).to.be.accessible();
    });

  it('shows the same calm words above children of the page', async () => {
    const session = await mountHearing(
      html`<test-session user="ada"><p>The page's own words</p></test-session>`,
    );

    await eventually(() => text(session).includes('Chat did not start'));
  });

  it('begins when the page sets right what was wrong', async () => {
    const session = await mountHearing(
      html`<test-session api-key="key" base-url=${BASE} user="{" token=${ADA}></test-session>`,
    );
    await eventually(() => errors.length === 1);

    session.user = { id: 'ada' };
    await live(session);

    expect(text(session)).not.to.contain('Chat did not start');
  });

  it('says that the visitor is signed out when the server refuses the token', async () => {
    service.refusal = { code: 43, message: 'signature', StatusCode: 401 };
    const session = await mountHearing(
      html`<test-session api-key="key" base-url=${BASE} user="ada" token=${ADA}></test-session>`,
    );
    await eventually(() => text(session).includes('You have been signed out'));

    expect(errors.map((error) => error.code)).to.deep.equal(['token-rejected']);
    expect(text(session)).to.contain('Reload').and.not.to.match(JARGON);
    await expect(session).to.be.accessible();
  });

  it('says that chat did not start when the server does not know the key', async () => {
    service.refusal = { code: 2, message: 'api_key not valid', StatusCode: 401 };
    const session = await mountHearing(
      html`<test-session api-key="key" base-url=${BASE} user="ada" token=${ADA}></test-session>`,
    );
    await eventually(() => text(session).includes('Chat did not start'));

    expect(errors.map((error) => error.code)).to.deep.equal(['unknown-key']);
    expect(text(session)).not.to.match(JARGON);
  });

  it('tries again after a refusal when asked to', async () => {
    service.refusal = { code: 43, message: 'signature', StatusCode: 401 };
    const session = await mountHearing(
      html`<test-session api-key="key" base-url=${BASE} user="ada" token=${ADA}></test-session>`,
    );
    await eventually(() => text(session).includes('You have been signed out'));

    service.refusal = undefined;
    session.retry();
    await live(session);

    expect(text(session)).not.to.contain('signed out');
  });

  it('tells once of a server that cannot be reached', async () => {
    service.refusal = { code: -1, message: 'internal', StatusCode: 500 };
    const session = await mountHearing(
      html`<test-session api-key="key" base-url=${BASE} user="ada" token=${ADA}></test-session>`,
    );
    // Not in the client's own time: in a tab behind others it waits for long.
    await eventually(() => {
      session.retry();
      return service.connects.length > 2;
    });

    expect(errors.map((error) => error.code)).to.deep.equal(['server-error']);
    expect(text(session)).not.to.contain('Chat did not start');
  });

  it('says that an unknown channel did not open, and keeps the session', async () => {
    const session = await mountHearing(
      html`<test-session
        api-key="key"
        base-url=${BASE}
        user="ada"
        token=${ADA}
        channel="messaging:nowhere"
      ></test-session>`,
    );
    await eventually(() => text(session).includes('This conversation did not open'));

    expect(errors.map((error) => error.code)).to.deep.equal(['not-found']);
    expect(session.client?.state.value.connection.status).to.equal('live');
    expect(text(session)).not.to.match(JARGON);
  });

  it('says that a channel with a malformed name did not open', async () => {
    const session = await mountHearing(
      html`<test-session
        api-key="key"
        base-url=${BASE}
        user="ada"
        token=${ADA}
        channel="general"
      ></test-session>`,
    );
    await eventually(() => text(session).includes('This conversation did not open'));

    expect(errors.map((error) => error.code)).to.deep.equal(['invalid-channel']);
    expect(errors[0]?.message).to.contain('"general"');
  });

  it('offers to load the list again when HTML came instead of it', async () => {
    service.answer = ({ path }) =>
      path === '/channels' ? new Response('<html>Welcome to the Wi-Fi') : undefined;
    const session = await mountHearing(
      html`<test-session api-key="key" base-url=${BASE} user="ada" token=${ADA}></test-session>`,
    );
    const list = await inner(session, 'channel-list');
    await eventually(() => text(list).includes('Conversations did not load'));
    expect(errors.map((error) => error.code)).to.include('bad-response');

    service.answer = undefined;
    service.channels = [response()];
    list.shadowRoot?.querySelector<HTMLElement>('.button')?.click();
    await eventually(() => text(list).includes('General'));
  });

  it('falls back to English for a locale that is none, and says so', async () => {
    const session = await mountHearing(html`<test-session api-key="key"></test-session>`);
    setTimeout(() => (session.locale = 'not a tag'));
    const error = await nextError(session);

    expect(error.code).to.equal('invalid-option');
    expect(error.message).to.contain('"not a tag"');
  });

  it('never throws out of a change, whatever is set', async () => {
    const session = await mountHearing(html`<test-session api-key="key"></test-session>`);
    const circular: Record<string, unknown> = { id: 'ada' };
    circular['self'] = circular;

    Object.assign(session, { user: circular, token: 5, channel: null, locale: null, baseUrl: {} });
    await session.updateComplete;
    await nextTask();
    await nextTask();

    expect(errors.map((error) => error.code)).to.deep.equal(['invalid-user']);
  });
});
