import { expect, html } from '@open-wc/testing';
import '../../src/index.js';
import type { ChatErrorEvent } from '../../src/elements/events.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { type FakeService, refuse, tokenOf } from '../support/fake-service.js';
import { response } from '../support/fixtures.js';
import {
  eventually,
  live,
  mount,
  newService,
  nextTask,
  text,
  type TestSession,
} from '../support/test-session.js';

before(fetchAll);

describe('<chat-channel>', () => {
  let service: FakeService;
  let errors: ChatErrorEvent['error'][];

  beforeEach(() => {
    service = newService();
    service.channels = [response()];
    errors = [];
  });

  async function withChannel(cid: string): Promise<TestSession> {
    const around = document.createElement('div');
    around.addEventListener('chat-error', (event) => errors.push(event.error));
    const session = await mount(
      html`<test-session api-key="key" base-url="https://chat.test" user="ada" .token=${tokenOf('ada')}>
        <h1>Support</h1>
        <chat-channel cid=${cid}><channel-header></channel-header></chat-channel>
      </test-session>`,
      around,
    );
    await live(session);
    return session;
  }

  const parts = (session: TestSession) => {
    const channel = session.querySelector('chat-channel');
    const header = session.querySelector('channel-header');
    if (!channel || !header) throw new Error('the page has a channel with a header');
    return { channel, header };
  };
  const stops = () => service.requests.filter(({ path }) => path.endsWith('/stop-watching'));

  it('is accessible', async () => {
    const { channel, header } = parts(await withChannel('messaging:general'));
    await eventually(() => text(header).includes('General'));

    await expect(channel).to.be.accessible();
  });

  it('watches its channel and provides it to what is inside', async () => {
    const { header } = parts(await withChannel('messaging:general'));

    await eventually(() => text(header).includes('General'));
    expect(errors).to.deep.equal([]);
  });

  it('stops watching when it is removed', async () => {
    const { channel, header } = parts(await withChannel('messaging:general'));
    await eventually(() => text(header).includes('General'));

    channel.remove();

    await eventually(() => stops().length === 1);
  });

  it('goes on watching when it is moved', async () => {
    const session = await withChannel('messaging:general');
    const { channel, header } = parts(session);
    await eventually(() => text(header).includes('General'));

    channel.remove();
    session.append(channel);
    await nextTask();
    await nextTask();

    expect(stops()).to.have.length(0);
    await eventually(() => text(header).includes('General'));
  });

  it('goes on watching while another one shows the same channel', async () => {
    const session = await withChannel('messaging:general');
    const { channel, header } = parts(session);
    await eventually(() => text(header).includes('General'));
    const second = document.createElement('chat-channel');
    second.cid = 'messaging:general';
    session.append(second);
    await second.updateComplete;

    channel.remove();
    await nextTask();
    await nextTask();

    expect(stops()).to.have.length(0);
  });

  it('follows its cid', async () => {
    const second = response().channel;
    service.channels.push(
      response({ channel: { ...second, id: 'second', cid: 'messaging:second', name: 'Second' } }),
    );
    const { channel, header } = parts(await withChannel('messaging:general'));
    await eventually(() => text(header).includes('General'));

    channel.cid = 'messaging:second';

    await eventually(() => text(header).includes('Second'));
  });

  it('says that an unknown channel did not open', async () => {
    const { channel } = parts(await withChannel('messaging:nowhere'));
    await eventually(() => text(channel).includes('This conversation did not open'));

    expect(errors.map(({ code }) => code)).to.deep.equal(['not-found']);
    await expect(channel).to.be.accessible();
  });

  it('says that a forbidden channel did not open', async () => {
    service.answer = () => refuse(17, 403, 'not allowed');
    const { channel } = parts(await withChannel('messaging:secret'));
    await eventually(() => text(channel).includes('This conversation did not open'));

    expect(errors.map(({ code }) => code)).to.deep.equal(['not-allowed']);
  });

  it('refuses a malformed cid with the rule and what it saw', async () => {
    const { channel } = parts(await withChannel('general'));
    await eventually(() => text(channel).includes('This conversation did not open'));

    expect(errors.map(({ code }) => code)).to.deep.equal(['invalid-channel']);
    expect(errors[0]?.message).to.contain('"type:id"').and.to.contain('"general"');
  });

  it('shows its children again when the cid is set right', async () => {
    const { channel, header } = parts(await withChannel('general'));
    await eventually(() => text(channel).includes('did not open'));

    channel.cid = 'messaging:general';

    await eventually(() => text(header).includes('General'));
    expect(text(channel)).not.to.contain('did not open');
  });

  it('loads what failed by network once the session is live again', async () => {
    service.answer = () => refuse(-1, 503);
    const { header } = parts(await withChannel('messaging:general'));
    await eventually(() => errors.length === 1);
    service.answer = undefined;

    window.dispatchEvent(new Event('offline'));
    window.dispatchEvent(new Event('online'));

    await eventually(() => text(header).includes('General'));
  });
});
