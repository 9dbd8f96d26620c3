import { expect, html } from '@open-wc/testing';
import type { ChatSessionElement } from '../../src/elements/chat-session.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import '../../src/index.js';
import { type FakeService, tokenOf } from '../support/fake-service.js';
import { at, bob, message, response } from '../support/fixtures.js';
import {
  eventually,
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

function channelNamed(id: string, name: string, seconds: number) {
  const cid = `messaging:${id}`;
  return response({
    channel: { id, type: 'messaging', cid, name, created_at: at(0), last_message_at: at(seconds) },
    messages: [message(seconds, bob, { id: `${id}-${seconds}`, cid })],
  });
}

describe("<chat-session>'s messenger", () => {
  let service: FakeService;
  let box: HTMLElement;

  beforeEach(() => {
    service = newService();
    service.channels = [channelNamed('new', 'New channel', 20), channelNamed('old', 'Old channel', 10)];
    box = document.createElement('div'); // a fixture's parent is put on the page and taken from it
  });

  async function messenger(widthPx: number, channel = ''): Promise<TestSession> {
    box.style.inlineSize = `${widthPx}px`;
    const session = await mount(
      html`<test-session
        api-key="key"
        base-url="https://chat.test"
        user="ada"
        .token=${ADA}
        channel=${channel}
      ></test-session>`,
      box,
    );
    await live(session);
    const list = await inner(session, 'channel-list');
    await eventually(() => rows(list).length === 2);
    return session;
  }

  const rows = (list: Element) => [
    ...(list.shadowRoot?.querySelectorAll<HTMLElement>('[part="channel"]') ?? []),
  ];
  const title = (session: Element) => {
    const header = session.shadowRoot?.querySelector('channel-header');
    return header ? text(header) : '';
  };
  const seen = (session: ChatSessionElement, part: string) =>
    session.shadowRoot?.querySelector(`[part="${part}"]`)?.checkVisibility() ?? false;

  it('shows list and newest channel side by side where both fit', async () => {
    const session = await messenger(720);
    await eventually(() => title(session).includes('New channel'));

    expect(seen(session, 'list')).to.be.true;
    expect(seen(session, 'conversation')).to.be.true;
    await expect(session).to.be.accessible();
  });

  it('shows the list alone where only one fits, and reads nothing', async () => {
    const session = await messenger(719);

    expect(seen(session, 'list')).to.be.true;
    expect(seen(session, 'conversation')).to.be.false;
    expect(service.requests.filter(({ path }) => path.endsWith('/read'))).to.have.length(0);
  });

  it('begins with the channel that the page names', async () => {
    const session = await messenger(360, 'messaging:old');
    await eventually(() => title(session).includes('Old channel'));

    expect(seen(session, 'list')).to.be.false;
  });

  it('opens what is chosen, and goes back to its row', async () => {
    const session = await messenger(360);
    const list = await inner(session, 'channel-list');
    rows(list)[1]?.click();
    await eventually(() => title(session).includes('Old channel'));
    expect(seen(session, 'list')).to.be.false;
    session.shadowRoot
      ?.querySelector('[part="conversation"]')
      ?.getAnimations()
      .forEach((sliding) => sliding.finish());
    await expect(session).to.be.accessible();

    const header = await inner(session, 'channel-header');
    header.shadowRoot?.querySelector<HTMLElement>('[part~="back"]')?.click();
    await eventually(() => seen(session, 'list'));
    await eventually(() => list.shadowRoot?.activeElement === rows(list)[1]);

    expect(seen(session, 'conversation')).to.be.false;
  });

  it('has no way back where the list stands beside it', async () => {
    const session = await messenger(800);
    await eventually(() => title(session).includes('New channel'));
    const header = await inner(session, 'channel-header');

    expect(header.shadowRoot?.querySelector('[part~="back"]')?.checkVisibility()).to.be.false;
  });

  it('leaves the choice to a page that prevents it', async () => {
    const session = await messenger(360);
    session.addEventListener('chat-channel-select', (event) => event.preventDefault());

    rows(await inner(session, 'channel-list'))[0]?.click();
    await nextTask();

    expect(session.channel).to.equal('');
    expect(seen(session, 'list')).to.be.true;
  });

  it('opens a channel that the page asks for', async () => {
    const session = await messenger(360);

    session.openChannel('messaging:old');
    await eventually(() => title(session).includes('Old channel'));

    expect(session.channel).to.equal('messaging:old');
  });

  it('puts the focus into the composer after a choice', async () => {
    const session = await messenger(800);
    rows(await inner(session, 'channel-list'))[1]?.click();

    await eventually(() => session.shadowRoot?.activeElement?.localName === 'message-composer');
  });

  it('fills the box that it is given', async () => {
    box.style.blockSize = '300px';
    const session = await messenger(400);

    expect(session.offsetHeight).to.equal(300);
    expect(session.shadowRoot?.querySelector<HTMLElement>('[part="layout"]')?.offsetHeight).to.equal(300);
  });

  it('says across both panes what keeps it from beginning', async () => {
    box.style.inlineSize = '800px';
    const session = await mount(html`<test-session user="ada"></test-session>`, box);
    await eventually(() => session.shadowRoot?.querySelector('[part="problem"]'));

    expect(session.shadowRoot?.querySelector<HTMLElement>('[part="problem"]')?.offsetWidth).to.equal(800);
  });

  it('leaves the elements inside their own spacing', async () => {
    const session = await messenger(400, 'messaging:new');
    const composer = await inner(session, 'message-composer');

    expect(parseFloat(getComputedStyle(composer).paddingInlineStart)).to.be.greaterThan(8);
  });

  it('has a height of its own where the page gives none', async () => {
    const session = await messenger(400);

    expect(session.offsetHeight).to.equal(Math.min(560, innerHeight));
  });

  it('shows its children instead of a messenger', async () => {
    const session = await mount(
      html`<test-session api-key="key" base-url="https://chat.test" user="ada" .token=${ADA}>
        <channel-list></channel-list>
        <chat-channel cid="messaging:old"><channel-header></channel-header></chat-channel>
      </test-session>`,
      box,
    );
    await live(session);
    const list = session.querySelector('channel-list');
    const header = session.querySelector('channel-header');
    await eventually(() => list && rows(list).length === 2);
    await eventually(() => header && text(header).includes('Old channel'));

    expect(session.shadowRoot?.querySelector('channel-list')).to.be.null;
  });

  it('becomes a messenger when its children go', async () => {
    const session = await mount(html`<test-session api-key="key"><p>Loading…</p></test-session>`, box);
    expect(session.shadowRoot?.querySelector('channel-list')).to.be.null;

    session.querySelector('p')?.remove();

    await inner(session, 'channel-list');
  });
});
