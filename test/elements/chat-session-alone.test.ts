import { expect, html } from '@open-wc/testing';
import '../../src/elements/typing-indicator.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { tokenOf } from '../support/fake-service.js';
import { bob, response } from '../support/fixtures.js';
import { eventually, live, mount, newService, text } from '../support/test-session.js';

before(fetchAll);

describe('<chat-session> on a page that imports no messenger', () => {
  it('gives its client and its channel to its children', async () => {
    const service = newService();
    service.channels = [response()];
    const session = await mount(
      html`<test-session
        api-key="key"
        base-url="https://chat.test"
        user="ada"
        .token=${tokenOf('ada')}
        channel="messaging:general"
        ><typing-indicator></typing-indicator
      ></test-session>`,
    );
    await live(session);

    service.push({ type: 'typing.start', cid: 'messaging:general', user: bob });

    const typing = session.querySelector('typing-indicator');
    await eventually(() => typing?.shadowRoot?.querySelector('[part~="dots"]'));
    expect(customElements.get('channel-list')).to.be.undefined;
  });

  it('says calmly what keeps it from beginning', async () => {
    newService();
    const session = await mount(html`<test-session user="ada"><p>The page's own words</p></test-session>`);

    await eventually(() => text(session).includes('Chat did not start'));
  });
});
