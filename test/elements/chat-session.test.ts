import { expect, fixtureSync, html } from '@open-wc/testing';
import '../../src/index.js';
import { ChatClient } from '../../src/client/client.js';
import { type FakeService, tokenOf } from '../support/fake-service.js';
import { bob, message, response } from '../support/fixtures.js';
import {
  eventually,
  inner,
  live,
  mount,
  newService,
  nextTask,
  TestSession,
  text,
} from '../support/test-session.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';

before(fetchAll);

const ADA = tokenOf('ada');
const BASE = 'https://chat.test';

describe('<chat-session>', () => {
  let service: FakeService;

  beforeEach(() => {
    service = newService();
  });

  const adaSession = () =>
    mount(html`<test-session api-key="key" base-url=${BASE} user="ada" token=${ADA}></test-session>`);

  it('is accessible', async () => {
    service.channels = [response()];
    const session = await adaSession();
    session.channel = 'messaging:general';
    await live(session);
    await inner(session, 'message-composer');

    await expect(session).to.be.accessible();
  });

  describe('connecting', () => {
    it('connects the user of its attributes', async () => {
      await live(await adaSession());

      const [seen] = service.connects;
      expect(seen?.apiKey).to.equal('key');
      expect(seen?.user.id).to.equal('ada');
      expect(seen?.url.host).to.equal('chat.test');
    });

    it('takes a user object as JSON, with its custom fields', async () => {
      const user = '{"id":"ada","name":"Ada","colour":"green"}';
      await live(
        await mount(
          html`<test-session api-key="key" base-url=${BASE} user=${user} token=${ADA}></test-session>`,
        ),
      );

      expect(service.connects[0]?.user).to.include({ id: 'ada', name: 'Ada', colour: 'green' });
    });

    it('removes the token from the document and uses it', async () => {
      const session = await adaSession();
      await live(session);

      expect(session.outerHTML).not.to.contain(ADA);
      expect(service.connects[0]?.token).to.equal(ADA);
    });

    it('waits quietly while the page has named nobody', async () => {
      const session = await mount(html`<test-session api-key="key"></test-session>`);
      await nextTask();

      expect(session.client).to.be.undefined;
      expect(session.shadowRoot?.querySelector('[part="problem"]')).to.be.null;
    });

    it('begins once when its properties come one by one', async () => {
      const session = await mount(html`<test-session></test-session>`);
      session.apiKey = 'key';
      await session.updateComplete;
      session.user = { id: 'ada' };
      await session.updateComplete;
      session.tokenProvider = () => Promise.resolve(ADA);
      await live(session);

      expect(service.connects).to.have.length(1);
    });

    it('tells status and transport when they change', async () => {
      const seen: string[] = [];
      const note = (event: { status: string; transport: string | undefined }) =>
        seen.push(`${event.status} ${event.transport}`);
      const session = await mount(
        html`<test-session
          api-key="key"
          base-url=${BASE}
          user="ada"
          .token=${ADA}
          @chat-connection-change=${note}
        ></test-session>`,
      );
      await live(session);

      expect(seen.at(-1)).to.equal('live websocket');
      expect(new Set(seen).size).to.equal(seen.length);
    });
  });

  describe('staying', () => {
    it('does not reconnect when it is moved', async () => {
      const session = await adaSession();
      const client = await live(session);

      const elsewhere = document.body.appendChild(document.createElement('div'));
      session.remove();
      elsewhere.append(session);
      await nextTask();

      expect(session.client).to.equal(client);
      expect(service.connects).to.have.length(1);
      elsewhere.remove();
    });

    it('disconnects when it is removed', async () => {
      const session = await adaSession();
      await live(session);

      session.remove();
      await eventually(() => service.open.length === 0);

      expect(session.client).to.be.undefined;
    });

    it('connects again when it comes back', async () => {
      const session = await adaSession();
      await live(session);
      session.remove();
      await eventually(() => service.open.length === 0);

      document.body.append(session);
      await live(session);

      expect(service.connects).to.have.length(2);
      session.remove();
    });

    it('does not begin anew for a user object with the same content', async () => {
      const session = await adaSession();
      session.user = { id: 'ada' };
      const client = await live(session);

      session.user = { id: 'ada' };
      await session.updateComplete;
      await nextTask();

      expect(session.client).to.equal(client);
      expect(service.connects).to.have.length(1);
    });
  });

  describe('changing the user', () => {
    it('ends the old session before the new one begins', async () => {
      const session = await adaSession();
      await live(session);
      const openAtConnect: number[] = [];
      const { push } = service.connects;
      service.connects.push = (...seen) => {
        openAtConnect.push(service.open.length);
        return push.apply(service.connects, seen);
      };

      session.user = 'bob';
      session.token = tokenOf('bob');
      await eventually(() => session.client?.userId === 'bob');
      await live(session);

      expect(openAtConnect).to.deep.equal([0]);
      expect(service.open).to.have.length(1);
    });

    it('makes one session of a burst of changes', async () => {
      const session = await adaSession();
      await live(session);

      for (const id of ['bob', 'cyd', 'dan']) {
        session.user = id;
        session.token = tokenOf(id);
      }
      await eventually(() => session.client?.userId === 'dan');
      await live(session);

      expect(service.connects.map(({ user }) => user.id)).to.deep.equal(['ada', 'dan']);
    });

    it('drops what comes late for the user before', async () => {
      let answer: (token: string) => void = () => {};
      const session = await mount(html`<test-session api-key="key" base-url=${BASE}></test-session>`);
      session.user = 'ada';
      session.tokenProvider = () => new Promise((resolve) => (answer = resolve));
      await eventually(() => session.client?.userId === 'ada');

      session.user = 'bob';
      session.tokenProvider = () => Promise.resolve(tokenOf('bob'));
      await eventually(() => session.client?.userId === 'bob');
      answer(ADA);
      await live(session);

      expect(service.connects.map(({ user }) => user.id)).to.deep.equal(['bob']);
    });
  });

  describe('a client of the page', () => {
    it('is shown, and neither connected nor disconnected', async () => {
      const client = new ChatClient('key', { baseURL: BASE, host: service.host });
      const session = await mount(html`<test-session .client=${client}></test-session>`);
      await nextTask();
      expect(service.connects).to.have.length(0);

      await client.connectUser({ id: 'ada' }, ADA);
      session.remove();
      await nextTask();

      expect(client.userId).to.equal('ada');
      await client.disconnectUser();
    });

    it('takes the place of a session that runs, which ends', async () => {
      const session = await adaSession();
      await live(session);
      const client = new ChatClient('key', { baseURL: BASE, host: service.host });
      await client.connectUser({ id: 'bob' }, tokenOf('bob'));

      session.client = client;
      await eventually(() => session.client === client);

      expect(service.open).to.have.length(1);
      expect(client.userId).to.equal('bob');
      await client.disconnectUser();
    });
  });

  it('reaches elements that were on the page before it was defined', async () => {
    const around = fixtureSync<TestSession>(
      html`<late-session
        ><h1>Support</h1>
        <channel-list></channel-list
      ></late-session>`,
    );
    service.channels = [response()];

    customElements.define('late-session', class extends TestSession {});
    Object.assign(around, { apiKey: 'key', baseUrl: BASE, user: 'ada', token: ADA });
    const list = around.querySelector('channel-list');

    await eventually(() => list && text(list).includes('General'));
  });

  it('keeps two sessions on one page apart', async () => {
    const two = fixtureSync(
      html`<div>
        <test-session api-key="key" base-url=${BASE} user="ada" token=${ADA}></test-session>
        <test-session api-key="key" base-url=${BASE} user="bob" token=${tokenOf('bob')}></test-session>
      </div>`,
    );
    const [first, second] = two.querySelectorAll<TestSession>('test-session');
    if (!first || !second) throw new Error('two sessions were put on the page');

    expect((await live(first)).userId).to.equal('ada');
    expect((await live(second)).userId).to.equal('bob');
  });

  it('tells of messages of others, not of its own', async () => {
    const session = await adaSession();
    await live(session);
    const seen: string[] = [];
    session.addEventListener('chat-message-new', (event) => seen.push(`${event.cid} ${event.message.id}`));

    service.push({ type: 'message.new', cid: 'messaging:general', message: message(5, bob) });
    service.push({ type: 'message.new', cid: 'messaging:general', message: message(6, { id: 'ada' }) });

    expect(seen).to.deep.equal(['messaging:general m5']);
  });
});
