import { expect, html } from '@open-wc/testing';
import type { ChannelHeaderElement } from '../../src/elements/channel-header.js';
import '../../src/elements/channel-header.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import {
  direct,
  fakeChannel,
  find,
  group,
  members,
  outside,
  parts,
  providing,
  render,
  text,
} from '../support/elements.js';
import { ada, bob, channelState, response } from '../support/fixtures.js';

before(fetchAll);

const unnamed = { ...response().channel, name: undefined };

describe('<channel-header>', () => {
  async function header(
    fields: Parameters<typeof fakeChannel>[0],
    template = html`<channel-header></channel-header>`,
  ) {
    const channel = fakeChannel(fields);
    const el = await render<ChannelHeaderElement>(providing(channel).parentNode, template);
    return { el, channel };
  }

  it('is accessible', async () => {
    const { el } = await header(group, html`<channel-header back></channel-header>`);

    await expect(el).to.be.accessible();
  });

  it('names the channel and counts its members and who is online', async () => {
    const { el } = await header({
      members: members({ ...ada, online: true }, { ...bob, online: true }, { id: 'cyd' }),
    });

    expect(text(el, 'header-title')).to.equal('General');
    expect(text(el, 'header-subtitle')).to.equal('3 members, 2 online');
  });

  it('shows the other person of a direct channel, and whether they are online', async () => {
    const { el } = await header({ data: unnamed, members: members(ada, { ...bob, online: true }) });

    expect(text(el, 'header-title')).to.equal('Bob');
    expect(text(el, 'header-subtitle')).to.equal('Online');
    expect(parts(el, 'presence')).to.have.length(1);
  });

  it('says nothing of a person who is away', async () => {
    const { el } = await header({ data: unnamed, ...direct });

    expect(text(el, 'header-subtitle')).to.equal('');
    expect(parts(el, 'presence')).to.have.length(0);
  });

  it('says quietly that updates come by polling', async () => {
    const { el, channel } = await header(group);
    const { state } = channel.client;

    state.value = { ...state.value, connection: { ...state.value.connection, transport: 'longpoll' } };
    await el.updateComplete;

    expect(text(el, 'status-quiet')).to.equal('Updates every few seconds');
  });

  it('asks to go back', async () => {
    const { el } = await header(group, html`<channel-header back></channel-header>`);
    let asked = 0;
    el.addEventListener('chat-back', () => asked++);

    find(el, '[part~="back"]').click();

    expect(asked).to.equal(1);
    expect(find(el, '[part~="back"]').getAttribute('aria-label')).to.equal('Back to channels');
  });

  it('shows its shape while the channel loads', async () => {
    const { el } = await header({ data: undefined, phase: 'loading' });

    expect(el.renderRoot.querySelectorAll('.skeleton')).to.have.length(2);
  });

  it('does not re-render for a new message', async () => {
    const { el, channel } = await header(group);

    channel.state.value = { ...channel.state.value, messages: [...channelState().messages] };

    expect(el.isUpdatePending).to.be.false;
  });

  it('keeps a hostile name text and in its line', async () => {
    const name = `<b>x</b>\u202E${'x'.repeat(10_000)}`;
    const { el } = await header({ data: { ...response().channel, name } });

    expect(text(el, 'header-title')).to.match(/^<b>x<\/b>x+$/);
    expect(el.scrollWidth).to.equal(el.clientWidth);
  });

  it('is empty outside a channel', async () => {
    const el = await render<ChannelHeaderElement>(outside(), html`<channel-header></channel-header>`);

    expect(text(el)).to.equal('');
  });
});
