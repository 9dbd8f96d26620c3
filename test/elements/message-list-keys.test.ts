import { expect, waitUntil } from '@open-wc/testing';
import { html } from 'lit';
import sinon from 'sinon';
import type { ChannelState } from '../../src/client/state.js';
import type { MessageListElement } from '../../src/elements/message-list.js';
import '../../src/elements/message-list.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { find, group, parts, providingChannel, render, settled, text } from '../support/elements.js';
import { ada, bob, cyd, sent } from '../support/fixtures.js';

before(fetchAll);

async function listing(fields: Partial<ChannelState> = {}, dir = 'ltr') {
  const provided = providingChannel({
    ...group,
    messages: [sent(1), sent(2, ada), sent(3, bob, { text: 'https://a.example and https://b.example' })],
    ...fields,
  });
  provided.parentNode.dir = dir;
  const el = await render<MessageListElement>(provided.parentNode, html`<message-list></message-list>`);
  const set = async (changes: Partial<ChannelState>) => {
    provided.set(changes);
    await settled(el);
  };
  return { ...provided, el, set };
}

const row = (el: MessageListElement, id: string) => find(el, `[data-id='${id}']`);
/** As a click or the Tab key does; a browser in the background fires no focus events of its own. */
const focus = (el: MessageListElement, id: string) => {
  row(el, id).focus();
  if (!document.hasFocus()) row(el, id).dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
};
const active = (el: MessageListElement) => el.shadowRoot?.activeElement as HTMLElement | null;
const focused = (el: MessageListElement) => active(el)?.dataset['id'] ?? active(el)?.textContent;
const press = (el: MessageListElement, key: string, init: KeyboardEventInit = {}) =>
  active(el)?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }));
const stops = (el: MessageListElement) =>
  parts(el, 'message')
    .filter((message) => message.tabIndex === 0)
    .map((message) => message.dataset['id']);

describe('message-list, by keyboard', () => {
  it('has one tab stop, the newest message', async () => {
    const { el, set } = await listing();
    expect(stops(el)).to.deep.equal(['m3']);

    await set({ messages: [sent(1), sent(2, ada), sent(3), sent(4)] });
    expect(stops(el)).to.deep.equal(['m4']);
  });

  it('moves with the arrows, Home and End', async () => {
    const { el } = await listing();
    focus(el, 'm3');
    const visited = [];

    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'End', 'Home']) {
      press(el, key);
      visited.push(focused(el));
    }

    expect(visited).to.deep.equal(['m2', 'm1', 'm1', 'm2', 'm3', 'm1']);
    expect(stops(el)).to.deep.equal(['m1']);
  });

  it('jumps to the latest with Alt and the arrow down', async () => {
    const { el } = await listing();
    focus(el, 'm1');

    press(el, 'ArrowDown', { altKey: true });

    expect(focused(el)).to.equal('m3');
  });

  it('leaves keys with Ctrl to the browser', async () => {
    const { el } = await listing();
    focus(el, 'm3');

    press(el, 'Home', { ctrlKey: true });

    expect(focused(el)).to.equal('m3');
  });

  it('goes into the links of a message and out again', async () => {
    const { el } = await listing();
    focus(el, 'm3');
    const visited = [];

    for (const key of ['Enter', 'ArrowRight', 'ArrowLeft', 'ArrowLeft', 'ArrowRight', 'Escape']) {
      press(el, key);
      visited.push(focused(el));
    }

    const [a, b] = ['https://a.example', 'https://b.example'];
    expect(visited).to.deep.equal([a, b, a, 'm3', a, 'm3']);
  });

  it('mirrors the arrows in right-to-left pages', async () => {
    const { el } = await listing({}, 'rtl');
    focus(el, 'm3');

    press(el, 'ArrowLeft');
    expect(focused(el)).to.equal('https://a.example');

    press(el, 'ArrowRight');
    expect(focused(el)).to.equal('m3');
  });

  it('keeps the place of the reader when a message comes', async () => {
    const { el, set, channel } = await listing();
    focus(el, 'm2');

    await set({ messages: [...channel.state.value.messages, sent(9)] });

    expect(focused(el)).to.equal('m2');
    expect(stops(el)).to.deep.equal(['m2']);
  });

  it('tells the place of the message with the focus', async () => {
    const { el } = await listing();

    focus(el, 'm2');

    expect(row(el, 'm2').getAttribute('aria-posinset')).to.equal('2');
    expect(row(el, 'm2').getAttribute('aria-setsize')).to.equal('3');
  });

  it('tells no total while there are older messages', async () => {
    const { el } = await listing({ hasOlder: true });

    focus(el, 'm2');

    expect(row(el, 'm2').getAttribute('aria-setsize')).to.equal('-1');
  });

  it('keeps the focus in the list when a failed message is dropped', async () => {
    const { el, channel, set } = await listing({ messages: [sent(1), sent(2, ada, { status: 'failed' })] });
    channel.discardMessage = sinon.fake(() => set({ messages: [sent(1)] }));
    const remove = find(el, "[part='failure']").querySelectorAll('button')[1];
    remove?.focus();

    remove?.click();

    await waitUntil(() => focused(el) === 'm1', 'the focus is lost');
  });
});

describe('message-list, spoken', () => {
  let clock: sinon.SinonFakeTimers;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    sinon.stub(document, 'visibilityState').value('visible');
  });

  afterEach(() => {
    clock.restore();
    sinon.restore();
  });

  const spoken = (el: MessageListElement) => {
    clock.tick(500);
    return find(el, '.sr[role=status]').textContent;
  };

  it('says who wrote what', async () => {
    const { el, set, channel } = await listing();

    await set({ messages: [...channel.state.value.messages, sent(9, cyd)] });

    expect(spoken(el)).to.equal('Cyd: text 9');
  });

  it('says how many when several come together', async () => {
    const { el, set, channel } = await listing();

    await set({ messages: [...channel.state.value.messages, sent(8), sent(9)] });
    await set({ messages: [...channel.state.value.messages, sent(10)] });

    expect(spoken(el)).to.equal('3 new messages');
  });

  it('is silent for what was there, what is older, what is edited and what the visitor writes', async () => {
    const { el, set, channel } = await listing();
    const messages = channel.state.value.messages;

    await set({ messages: [sent(-5), ...messages] });
    await set({ messages: [...messages.slice(0, 2), sent(3, bob, { text: 'edited' })] });
    await set({ messages: [...messages, sent(9, ada, { status: 'sending' })] });

    expect(spoken(el)).to.equal('');
  });

  it('is silent while the page is not visible', async () => {
    sinon.restore();
    sinon.stub(document, 'visibilityState').value('hidden');
    const { el, set, channel } = await listing();

    await set({ messages: [...channel.state.value.messages, sent(9)] });

    expect(spoken(el)).to.equal('');
    expect(text(el, 'log')).to.contain('text 9');
  });
});
