import { expect, html } from '@open-wc/testing';
import sinon from 'sinon';
import type { ConnectionView } from '../../src/client/state.js';
import type { ConnectionStatusElement } from '../../src/elements/connection-status.js';
import '../../src/elements/connection-status.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { ChatError } from '../../src/errors.js';
import { fakeChannel, find, outside, parts, providing, render, text } from '../support/elements.js';

before(fetchAll);

describe('<connection-status>', () => {
  async function status(view: Partial<ConnectionView>) {
    const channel = fakeChannel();
    const { client } = channel;
    client.retryNow = sinon.fake();
    const el = await render<ConnectionStatusElement>(
      providing(channel).parentNode,
      html`<connection-status></connection-status>`,
    );
    const show = async (next: Partial<ConnectionView>) => {
      const { value } = client.state;
      client.state.value = { ...value, connection: { ...value.connection, error: undefined, ...next } };
      await el.updateComplete;
    };
    await show(view);
    return { el, show, client };
  }

  for (const view of [
    { status: 'offline' },
    { status: 'reconnecting' },
    { status: 'blocked', error: new ChatError('token-rejected', 'no') },
    { status: 'blocked', error: new ChatError('unknown-key', 'no') },
  ] as const)
    it(`is accessible when ${view.status}${'error' in view ? ` by ${view.error?.code}` : ''}`, async () => {
      const { el } = await status(view);

      find(el, '[part="status-banner"]')
        .getAnimations()
        .forEach((rising) => rising.finish());
      await expect(el).to.be.accessible();
    });

  for (const calm of ['idle', 'connecting', 'live'] as const)
    it(`shows nothing while ${calm}`, async () => {
      const { el } = await status({ status: calm });

      expect(text(el)).to.equal('');
      expect(el.offsetHeight).to.equal(0);
    });

  it('says that the visitor is offline and that messages wait', async () => {
    const { el } = await status({ status: 'offline' });

    expect(text(el)).to.equal('You are offline. Messages send when you are back.');
  });

  it('tries now when asked to while reconnecting', async () => {
    const { el, client } = await status({ status: 'reconnecting' });
    expect(text(el)).to.equal('Reconnecting… Try now');

    find(el, 'button').click();

    expect(client.retryNow).to.have.property('callCount', 1);
  });

  it('says, but does not speak, when it tries next, if that is not soon', async () => {
    const { el, show } = await status({ status: 'reconnecting', retryAt: Date.now() + 12_000 });
    const said = find(el, '.said [aria-hidden="true"]');
    expect(said.textContent.trim()).to.match(/^Next try in 1[12] s$/);

    await show({ status: 'reconnecting', retryAt: Date.now() + 1_000 });

    expect(text(el)).to.equal('Reconnecting… Try now');
  });

  it('asks to keep the page open where the browser keeps no messages', async () => {
    const { el, client, show } = await status({ status: 'live' });
    client.state.value = { ...client.state.value, keepsUnsent: false };

    await show({ status: 'offline' });

    expect(text(el)).to.contain('Keep this page open');
  });

  it('says that the visitor is signed out when a token was refused', async () => {
    const { el } = await status({ status: 'blocked', error: new ChatError('token-expired', 'expired') });

    expect(text(el)).to.equal('You have been signed out Reload');
  });

  it('says calmly that chat is refused for any other reason', async () => {
    const { el } = await status({
      status: 'blocked',
      error: new ChatError('unknown-key', 'api_key is wrong'),
    });

    expect(text(el)).to.equal('You cannot chat here at the moment');
  });

  it('tells those who only hear it that the connection is back', async () => {
    const { el, show } = await status({ status: 'reconnecting' });

    await show({ status: 'live' });

    expect(text(el)).to.equal('Connected');
    expect(parts(el, 'status-banner')).to.have.length(0);
  });

  it('keeps its live region while it is empty', async () => {
    const { el } = await status({ status: 'live' });

    expect(find(el, '[role="status"]')).to.exist;
  });

  it('shows nothing outside a session', async () => {
    const el = await render<ConnectionStatusElement>(
      outside(),
      html`<connection-status></connection-status>`,
    );

    expect(text(el)).to.equal('');
  });
});
