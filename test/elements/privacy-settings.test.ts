import { expect } from '@open-wc/testing';
import { html } from 'lit';
import sinon from 'sinon';
import type { PrivacySettingsElement } from '../../src/elements/privacy-settings.js';
import '../../src/elements/privacy-settings.js';
import { ChatError } from '../../src/errors.js';
import type { PrivacySettings } from '../../src/protocol.js';
import { fakeChannel, outside, providing, render, settled, text, told } from '../support/elements.js';

const tag = html`<privacy-settings></privacy-settings>`;

/** The panel of a user with these settings; `update` is what their client does with a change. */
async function choosing(
  privacy_settings: PrivacySettings = {},
  update: (settings: PrivacySettings) => Promise<unknown> = () => Promise.resolve(),
) {
  const channel = fakeChannel();
  const { client } = channel;
  const set = (settings: PrivacySettings) => {
    const { value } = client.state;
    client.state.value = { ...value, user: { ...value.user!, privacy_settings: settings } };
  };
  set(privacy_settings);
  const updatePrivacy = sinon.fake(update);
  Object.assign(client, { updatePrivacy });
  const { parentNode } = providing(channel);
  const el = await render<PrivacySettingsElement>(parentNode, tag);
  return { el, set, updatePrivacy, parentNode };
}

const switches = (el: PrivacySettingsElement) => [...el.renderRoot.querySelectorAll('input')];
const states = (el: PrivacySettingsElement) => switches(el).map(({ checked }) => checked);

describe('privacy-settings', () => {
  for (const scheme of ['light', 'dark'])
    it(`passes an accessibility audit in ${scheme}`, async () => {
      const { el, parentNode } = await choosing({ read_receipts: { enabled: false } });
      parentNode.style.colorScheme = scheme;

      await expect(el).to.be.accessible();
    });

  it('shows how each is, also when it changes elsewhere; absent is on', async () => {
    const { el, set } = await choosing({ typing_indicators: { enabled: false } });
    const before = states(el);

    set({ typing_indicators: { enabled: true }, delivery_receipts: { enabled: false } });
    await settled(el);

    expect([before, states(el)]).to.deep.equal([
      [false, true, true],
      [true, true, false],
    ]);
  });

  it('changes each by itself', async () => {
    const { el, updatePrivacy } = await choosing();

    for (const one of switches(el)) one.click();

    expect(updatePrivacy.args).to.deep.equal([
      [{ typing_indicators: { enabled: false } }],
      [{ read_receipts: { enabled: false } }],
      [{ delivery_receipts: { enabled: false } }],
    ]);
  });

  it('says when the server refuses, and shows how it is', async () => {
    const { el } = await choosing({}, () => Promise.reject(new ChatError('not-allowed', 'no')));
    const failed = told(el, 'chat-error');

    switches(el)[0]?.click();
    expect((await failed).error.code).to.equal('not-allowed');
    await settled(el);

    expect([text(el, 'note'), states(el)[0]]).to.deep.equal(['This could not be changed', true]);
  });

  it('says when the network fails, and that it is tried again', async () => {
    const its = await choosing({}, () => {
      its.set({ typing_indicators: { enabled: false } });
      return Promise.reject(new ChatError('network', 'no'));
    });
    const failed = told(its.el, 'chat-error');

    switches(its.el)[0]?.click();
    await failed;
    await settled(its.el);

    expect(text(its.el, 'note')).to.contain('tried again');
    expect(states(its.el)[0]).to.equal(false);
  });

  it('is empty outside a session', async () => {
    const el = await render<PrivacySettingsElement>(outside(), tag);

    expect(el.renderRoot.children).to.have.length(0);
  });
});
